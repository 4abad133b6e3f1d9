import { printResult } from "./lib/cli/output.ts";
import { type CommonOptions, exitCodes, runAction, runbook } from "./lib/cli/runbook.ts";
import {
    type AccountDeps,
    auditTrail,
    budgets,
    gatewayLogRole,
    identity,
    pageHost,
    personalize,
} from "./lib/doctor/account.ts";
import { type Check, type CheckResult, runChecks } from "./lib/doctor/check.ts";
import { personalizeNames, roleName } from "./lib/doctor/names.ts";
import { permissions } from "./lib/doctor/permissions.ts";
import { priceList } from "./lib/doctor/price-list.ts";
import { readHeld } from "./lib/stack/all-stacks.ts";
import { askPulumi } from "./lib/stack/pulumi.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";

interface Options extends CommonOptions {
    readonly configFile?: string;
}

/** Milliseconds between two progress lines. */
const progressMs = 2000;

/** The checks of what neither `pulumi preview` nor the engine says before `up` fails halfway. */
const checks: Readonly<Record<string, Check<AccountDeps>>> = {
    identity,
    permissions,
    Personalize: personalize,
    role: roleName,
    "Personalize names": personalizeNames,
    "API's log role": gatewayLogRole,
    CloudFront: pageHost,
    CloudTrail: auditTrail,
    budgets,
    prices: priceList,
};

const options = runbook("doctor", ["--stack dev", "--stack dev --json"])
    .option("--config-file <file>", "the stack's configuration, as `pulumi up` takes it; default: Pulumi.<stack>.yaml")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async () => {
    const stack = options.stack ?? (await selectedStack());
    const config = await requireStackConfig(stack, options.configFile);
    const state = await readHeld(askPulumi, ["--stack", stack]);
    const held = "ids" in state ? state.ids : new Set<string>();
    const waiting = new Set(Object.keys(checks));
    const progress = setInterval(
        () => process.stderr.write(`still checking: ${[...waiting].join(", ")}\n`),
        progressMs,
    );
    const results = await runChecks(checks, { config, held, now: Date.now }, ({ name }) =>
        waiting.delete(name),
    ).finally(() => clearInterval(progress));
    printResult(options, { stack, checks: results }, () => print(results));
    return results.some(({ verdict }) => verdict === "fail") ? exitCodes.problem : exitCodes.fine;
});

function print(results: readonly CheckResult[]): void {
    const longest = Math.max(...results.map(({ name }) => name.length));
    for (const { name, verdict, detail, fix } of results) {
        console.log(`${verdict.padEnd("unknown".length)}  ${name.padEnd(longest)}  ${detail}`);
        if (fix !== undefined) console.log(`${" ".repeat("unknown".length + longest + 4)}→ ${fix}`);
    }
}
