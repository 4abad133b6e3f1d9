import { join } from "node:path";
import { approximately, prices } from "../config/prices.ts";
import { printResult } from "./lib/cli/output.ts";
import { type CommonOptions, exitCodes, runAction, runbook } from "./lib/cli/runbook.ts";
import { budgets, groupQuota, identity, lambdaConcurrency, personalize, subscriptions } from "./lib/doctor/account.ts";
import { type Check, type CheckResult, runChecks, unknown } from "./lib/doctor/check.ts";
import { type Forecast, forecast } from "./lib/doctor/forecast.ts";
import { awsPlugin, engine, login, node, packages, passphrase } from "./lib/doctor/machine.ts";
import { bucketName, personalizeNames, roleName } from "./lib/doctor/names.ts";
import { permissions } from "./lib/doctor/permissions.ts";
import { priceList } from "./lib/doctor/price-list.ts";
import { fallbackTables, gatewayLogRole, pageHost, publicApi } from "./lib/doctor/serving.ts";
import { configuration, interactions, readData } from "./lib/doctor/stack.ts";
import { auditTrail } from "./lib/doctor/trail.ts";
import { parseRecordedResources } from "./lib/stack/all-stacks.ts";
import { askPulumi } from "./lib/stack/pulumi.ts";
import { projectName, readStackConfig, selectedStack, stackConfigFile } from "./lib/stack/stack-config.ts";

interface Options extends CommonOptions {
    readonly configFile?: string;
    readonly costExplorer?: boolean;
}

/** Milliseconds between two progress lines. */
const progressMs = 2000;

const projectDir = join(import.meta.dirname, "..");

const options = runbook("doctor", ["--stack dev", "--stack dev --json"])
    .option("--config-file <file>", "the stack's configuration, as `pulumi up` takes it; default: Pulumi.<stack>.yaml")
    .option("--cost-explorer", "print the command that checks Cost Explorer, whose calls cost money")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async () => {
    const stack = options.stack ?? (await selectedStack());
    const configFile = options.configFile ?? stackConfigFile(stack);
    const once = <T>(work: () => Promise<T>) => {
        let answer: Promise<T> | undefined;
        return () => (answer ??= work());
    };
    const readConfig = once(async () => readStackConfig(stack, await projectName(), configFile));
    const base = { stack, projectDir, configFile, env: process.env, ask: askPulumi, configuration: readConfig };
    const data = once(() => readData(base));
    const held = once(async () => {
        const { exitCode, stdout } = await askPulumi("stack", "export", "--stack", stack);
        return exitCode === 0 ? parseRecordedResources(stdout) : undefined;
    });

    const parsed = await readConfig();
    const config = "config" in parsed ? parsed.config : undefined;
    type AccountCheck = typeof identity;
    const ofAccount =
        (check: AccountCheck): Check<object> =>
        async () =>
            config === undefined
                ? unknown("unknown without the stack's configuration")
                : check({ config, held, now: Date.now });
    const checks: Record<string, Check<typeof base & { data: typeof data }>> = {
        Node: node,
        "Pulumi CLI": engine,
        "Pulumi login": login,
        passphrase,
        "AWS plugin": awsPlugin,
        packages,
        configuration,
        interactions,
        "fallback tables": fallbackTables,
        identity: ofAccount(identity),
        permissions: ofAccount(permissions),
        Personalize: ofAccount(personalize),
        bucket: ofAccount(bucketName),
        role: ofAccount(roleName),
        "Personalize names": ofAccount(personalizeNames),
        "dataset groups": ofAccount(groupQuota),
        "Lambda concurrency": ofAccount(lambdaConcurrency),
        "SNS mail": ofAccount(subscriptions),
        "API's log role": ofAccount(gatewayLogRole),
        "public API": ofAccount(publicApi),
        CloudFront: ofAccount(pageHost),
        CloudTrail: ofAccount(auditTrail),
        budgets: ofAccount(budgets),
        prices: ofAccount(priceList),
        ...(options.costExplorer && { "Cost Explorer": costExplorer }),
    };
    const waiting = new Set(Object.keys(checks));
    const progress = setInterval(
        () => process.stderr.write(`still checking: ${[...waiting].join(", ")}\n`),
        progressMs,
    );
    const results = await runChecks(checks, { ...base, data }, ({ name }) => waiting.delete(name)).finally(() =>
        clearInterval(progress),
    );
    const size = await data().catch(() => undefined);
    const expected = config && size && forecast(config, size);
    printResult(options, { stack, checks: results, forecast: expected ?? null }, () => print(results, expected));
    return results.some(({ verdict }) => verdict === "fail") ? exitCodes.problem : exitCodes.fine;
});

function print(results: readonly CheckResult[], expected: Forecast | undefined): void {
    const longest = Math.max(...results.map(({ name }) => name.length));
    for (const { name, verdict, detail, fix } of results) {
        console.log(`${verdict.padEnd("unknown".length)}  ${name.padEnd(longest)}  ${detail}`);
        if (fix !== undefined) {
            console.log(`${" ".repeat("unknown".length + longest + 4)}→ ${fix}`);
        }
    }
    console.log(
        expected?.sentence ??
            "The time and cost of `pulumi up` can be estimated once configuration and interactions exist.",
    );
}

async function costExplorer() {
    const [from, to] = [2, 0].map((days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10));
    return unknown(
        `not checked, because a call costs ${approximately(prices.costExplorerCall.usd)}; Cost Explorer is enabled if the command succeeds`,
        `aws ce get-cost-and-usage --time-period Start=${from},End=${to} --granularity DAILY --metrics UnblendedCost`,
    );
}
