import { exitCodes, printResult, runAction } from "./lib/cli/runbook.ts";
import { auditTrail, budgets, identity, personalize } from "./lib/doctor/account.ts";
import { type Check, type CheckResult, runChecks } from "./lib/doctor/check.ts";
import { permissions } from "./lib/doctor/permissions.ts";
import { priceList } from "./lib/doctor/price-list.ts";
import { stackRunbook } from "./lib/stack/operation.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";

/** The checks of what neither `pulumi preview` nor the engine says before `up` fails halfway. */
const checks: Readonly<Record<string, Check>> = {
    identity,
    permissions,
    Personalize: personalize,
    CloudTrail: auditTrail,
    budgets,
    prices: priceList,
};

const options = stackRunbook("doctor", ["--stack dev", "--stack dev --json"]).parse().opts();

await runAction(options.verbose, async () => {
    const stack = options.stack ?? (await selectedStack());
    const config = await requireStackConfig(stack, options.configFile);
    const results = await runChecks(checks, config);
    const isFailed = results.some(({ verdict }) => verdict === "fail");
    return printResult(
        options,
        { stack, checks: results },
        () => print(results),
        isFailed ? exitCodes.problem : exitCodes.fine,
    );
});

function print(results: readonly CheckResult[]): void {
    const longest = Math.max(...results.map(({ name }) => name.length));
    for (const { name, verdict, detail, fix } of results) {
        console.log(`${verdict.padEnd("unknown".length)}  ${name.padEnd(longest)}  ${detail}`);
        if (fix !== undefined) console.log(`${" ".repeat("unknown".length + longest + 4)}→ ${fix}`);
    }
}
