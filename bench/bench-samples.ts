import pMap from "p-map";
import type { SampleCall } from "../packages/local-personalize/bench/samples/service.ts";
import { createSuites, runSuite, type SuiteResult } from "../packages/local-personalize/bench/samples/suites.ts";
import { benchCommand, refuseNone, whole } from "./lib/command.ts";
import { printGoals, showLine, showTable } from "./lib/goals.ts";

/**
 * Runs the calls of AWS's published Personalize samples against the local Personalize, in the samples' order and with
 * their waits.
 */

const { only, parallel } = benchCommand(
    "bench:samples",
    "Do the calls of AWS's Personalize samples succeed on the local Personalize? Downloads nothing.",
    ["", "--only batches --parallel 1"],
)
    .option("--only <suite>", "one suite, by its name in the table")
    .option("--parallel <n>", "suites at the same time", whole(1), 4)
    .parse()
    .opts<{ only?: string; parallel: number }>();

const python = process.env.MOVIE_RECOMMENDER_PYTHON;
if (!python) {
    console.error("MOVIE_RECOMMENDER_PYTHON is not set. Run this bench with: npm run bench:samples");
    process.exit(1);
}
const all = createSuites(python);
const isChosen = (name: string) => only === undefined || name === only;
refuseNone(only ?? "", [...all.keys()], isChosen);
const begun = performance.now();
const chosen = [...all].filter(([name]) => isChosen(name));
const run = async (suite: (typeof chosen)[number]) => {
    const result = await runSuite(...suite);
    process.stderr.write(`${result.name}: ${result.failure === undefined ? "passed" : result.failure}\n`);
    return result;
};
const results = await pMap(chosen, run, { concurrency: parallel });

/**
 * Checks whether a call failed. A Describe call of a missing resource does not count, because the samples use this
 * error to learn that a resource is deleted or not created yet.
 */
const isRefused = ({ operation, status, code }: SampleCall) =>
    status >= 400 && !(operation.startsWith("Describe") && code === "ResourceNotFoundException");
const refusedOf = ({ calls }: SuiteResult) => calls.filter(isRefused);
const distinct = (calls: readonly SampleCall[]) => new Set(calls.map(({ operation }) => operation)).size;
const rows = results
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((result) => [
        result.name,
        String(result.calls.length),
        String(distinct(result.calls)),
        [...new Set(refusedOf(result).map(({ operation }) => operation))].join(", "),
        result.failure === undefined ? "passed" : "stopped",
    ]);
showTable(["suite", "calls", "operations", "refused", "result"], rows);
const operations = distinct(results.flatMap(({ calls }) => calls));
showLine(
    `The suites called ${operations} different operations in ${((performance.now() - begun) / 1000).toFixed(0)} seconds\n`,
);

const passed = results.filter(({ failure }) => failure === undefined).length;
process.exitCode = printGoals([
    { name: "samples-operations-refused", figure: distinct(results.flatMap(refusedOf)), bound: "=", limit: 0 },
    { name: "samples-suites-passed", figure: (100 * passed) / results.length, bound: "=", limit: 100, unit: " %" },
]);
