import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { benchCommand, printGoals, showLine, showTable, whole } from "../../bench/lib/command.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { itemAt } from "../support/item-at.ts";
import { startTestAws, type TestAws } from "../support/local-aws.ts";
import { createCases, fewestRuns, type RevertCase } from "./revert/cases.ts";
import { type Baseline, establish, type RevertResult, runCase } from "./revert/run-case.ts";

/**
 * Stops the `up` of a configuration change halfway, reverts the change and runs further commands. Then counts resources
 * that are lost, left over or trained again, and requests that the API did not answer. Runs on its own local AWS, whose
 * resources boto3 lists.
 */

const { seed, runs, resume } = benchCommand(
    "drill:revert",
    "If up is interrupted and the change is reverted, is anything lost, left over or trained again?",
    ["--seed 7", "--seed 7 --resume"],
)
    .option("--seed <number>", "seed of the operations, interruptions and following commands", whole(0), 1)
    .option("--runs <number>", "number of runs", whole(1), 30)
    .option("--resume", "continue the interrupted drill of this seed", false)
    .parse()
    .opts<{ seed: number; runs: number; resume: boolean }>();

const say = (line: string) => process.stderr.write(`${line}\n`);
const file = join(root, ".local", "drills", `revert-${seed}.json`);
const results: RevertResult[] =
    resume && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RevertResult[]) : [];
const cases = createCases(seed, runs);
let current: { readonly aws: TestAws; readonly baseline: Baseline } | undefined;
try {
    for (const [index, one] of cases.entries()) {
        if (index < results.length) continue;
        const aws: TestAws = current?.aws ?? (await startTestAws("demo"));
        const baseline: Baseline = current?.baseline ?? (await establish(aws));
        current = { aws, baseline };
        const begun = performance.now();
        const result = await runCase(aws, baseline, one);
        results.push(result);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, JSON.stringify(results));
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        say(`${index + 1}/${cases.length} ${nameOf(one)}: ${faultsOf(result).join("; ") || "fine"} (${seconds} s)`);
        // The next run needs the stack as it was before the change, so start a new one if this run destroyed or damaged
        // it.
        if (one.ending === "destroy" || faultsOf(result).length > 0) {
            await aws.stop();
            current = undefined;
        }
    }
} finally {
    await current?.aws.stop();
}

showTable(
    ["run", "change", "stopped by", "at", "then", "more commands", "result"],
    results.map((result, index) => {
        const one = itemAt(cases, index);
        const at = result.struck ? one.operation : `(after ${one.operation})`;
        const verdict = faultsOf(result).length === 0 ? "fine" : "FAULT";
        return [`${index + 1}`, one.change, one.stop, at, one.ending, String(result.steps.length || ""), verdict];
    }),
);
for (const [index, result] of results.entries()) {
    for (const fault of faultsOf(result)) showLine(`run ${index + 1}, ${nameOf(itemAt(cases, index))}: ${fault}`);
}
const endedRuns = results.filter(({ serves }) => serves !== undefined);
const all = (name: string, is: (result: RevertResult) => boolean | undefined) =>
    ({
        name,
        figure: (100 * endedRuns.filter(is).length) / endedRuns.length || 0,
        bound: "=",
        limit: 100,
        unit: "%",
    }) as const;
const none = (name: string, count: (result: RevertResult) => number) =>
    ({ name, figure: results.reduce((total, result) => total + count(result), 0), bound: "=", limit: 0 }) as const;
process.exitCode = printGoals([
    { name: "revert-runs", figure: results.length, bound: ">=", limit: fewestRuns },
    none("revert-lost", ({ lost }) => lost.length),
    all("revert-serving", ({ serves }) => serves),
    all("revert-preview-empty", ({ previewEmpty }) => previewEmpty),
    none("revert-trainings-unneeded", ({ unneededTrainings }) => unneededTrainings),
    none("revert-unanswered", ({ unanswered }) => unanswered),
    none("revert-leftovers", ({ leftovers }) => leftovers.length),
]);

function nameOf({ change, stop, operation, ending }: RevertCase): string {
    return `${change} stopped by ${stop} at ${operation}, then ${ending}`;
}

function faultsOf(result: RevertResult): string[] {
    const { lost, leftovers, serves, previewEmpty, unneededTrainings, unanswered, problem } = result;
    return [
        ...(problem === undefined ? [] : [`the ending failed: ${problem}`]),
        ...(lost.length > 0 ? [`lost ${lost.join(", ")}`] : []),
        ...(leftovers.length > 0 ? [`left ${leftovers.join(", ")}`] : []),
        ...(serves === false ? ["does not serve"] : []),
        ...(previewEmpty === false ? ["preview shows changes"] : []),
        ...(unneededTrainings > 0 ? [`${unneededTrainings} unneeded trainings`] : []),
        ...(unanswered > 0 ? [`${unanswered} requests unanswered`] : []),
    ];
}
