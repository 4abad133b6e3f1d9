import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handlerCaller } from "./api/call.ts";
import { createViewerIds, listRequest } from "./api/load.ts";
import { createApiProcess, simulated } from "./api/simulated.ts";
import { simulateRun, twiceFixed } from "./experiment/simulate.ts";
import { benchCommand, log, printGoals, runForJson, seededRandom, showLine, showTable, whole } from "./lib/command.ts";
import { benchPython } from "./lib/python.ts";

/**
 * Measures how often the intervals of simulated experiments are wrong, how often the intervals show an effect, and what
 * an experiment adds to a request of the API. The figures are those of a program that calculates every interval again
 * with scipy, from the sums in a CSV file.
 */

const { runs, csv } = benchCommand(
    "bench:experiment",
    "How often is an experiment wrong, how often does it show an effect, and what does it add to a request?",
    ["", "--runs 200"],
)
    .option("--runs <n>", "simulated experiments of each kind", whole(1), 1000)
    .option("--csv <file>", "a new file for the sums and intervals; default: a temporary file")
    .parse()
    .opts<{ runs: number; csv?: string }>();

/** Days on which a simulated experiment is looked at. */
const days = 30;
const watches = { mean: 1, lift: 0.1 };
const kinds = { same: 0, more: watches.lift };

interface Judged {
    readonly falsePositive: number;
    readonly power: number;
    readonly coverage: number;
    readonly sampleRatioAlarms: number;
}

/** Simulates the experiments, and returns the figures in percent, by scipy. */
async function judge(): Promise<Judged> {
    const folder = await mkdtemp(join(tmpdir(), "bench-experiment-"));
    try {
        const file = csv ?? join(folder, "days.csv");
        const viewers = twiceFixed(watches.mean, watches.lift);
        log(`${runs} experiments of each kind, with ${viewers} viewers in ${days} days`);
        const lines = Object.entries(kinds).flatMap(([kind, lift], place) =>
            Array.from({ length: runs }, (_, run) =>
                simulateRun({
                    mean: watches.mean,
                    lift,
                    viewers,
                    days,
                    random: seededRandom(place * runs + run + 1),
                }).map((row) => [kind, run, ...row].join(",")),
            ).flat(),
        );
        const head = "kind,run,day,n0,sum0,squares0,n1,sum1,squares1,lower,upper,liftLower,liftUpper,ratioP";
        await writeFile(file, `${[head, ...lines].join("\n")}\n`, { flag: "wx" });
        const program = new URL("experiment/judge.py", import.meta.url).pathname;
        const args = [program, file, String(watches.mean), String(watches.lift)];
        return await runForJson<Judged>(await benchPython("bench/serve"), args);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** Number of viewers whose lists are timed, and how often each of them requests the list. */
const [timed, repetitions] = [200, 200];

/**
 * Returns the milliseconds by which an experiment makes a request longer, for viewers whose lists are in memory: for the
 * group with the campaign's lists, and for the control group. Requests with and without the experiment alternate.
 */
async function overhead() {
    const experiment = { name: "bench", control: "similar", windowHours: 24, since: 0 } as const;
    const callerWith = (share: number | undefined) =>
        handlerCaller(
            createApiProcess(simulated(1), share === undefined ? {} : { experiment: { ...experiment, share } }),
        );
    const callers = { without: callerWith(undefined), campaign: callerWith(0), control: callerWith(100) };
    const sums = { without: 0, campaign: 0, control: 0 };
    const ids = createViewerIds("timed", timed);
    // The first round makes the lists, and the second one compiles the code.
    for (let round = -2; round < repetitions; round++) {
        for (const id of ids) {
            for (const name of ["without", "campaign", "control"] as const) {
                const { milliseconds } = await callers[name](listRequest(id));
                if (round >= 0) sums[name] += milliseconds / (timed * repetitions);
            }
        }
    }
    return sums;
}

const judged = await judge();
log("requests with and without an experiment");
const times = await overhead();
showTable(
    ["", "percent of the runs"],
    [
        ["same watches in both groups, and an interval without 0", judged.falsePositive.toFixed(1)],
        [`${100 * watches.lift} % more watches, and an interval without 0`, judged.power.toFixed(1)],
        [`${100 * watches.lift} % more watches, which all intervals contain`, judged.coverage.toFixed(1)],
        ["equal groups, and a sample ratio that seems wrong (p < 0.01)", judged.sampleRatioAlarms.toFixed(1)],
    ],
);
showLine(
    `a list from memory takes ${times.without.toFixed(3)} ms; with an experiment ${times.campaign.toFixed(3)} ms, ` +
        `in the control group ${times.control.toFixed(3)} ms`,
);
process.exitCode = printGoals([
    { name: "experiment-false-positive", figure: judged.falsePositive, bound: "<=", limit: 6.4, unit: "%" },
    { name: "experiment-power", figure: judged.power, bound: ">=", limit: 80, unit: "%" },
    { name: "experiment-coverage", figure: judged.coverage, bound: ">=", limit: 93.6, unit: "%" },
    {
        name: "experiment-overhead-ms",
        figure: Math.max(times.campaign, times.control) - times.without,
        bound: "<=",
        limit: 0.2,
        unit: "ms",
    },
]);
