import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { detectState } from "../packages/local-aws/control.ts";
import { paths } from "../packages/local-aws/instance.ts";
import { countFailed, summarizeFailures, summarizeSources } from "./api/figures.ts";
import { type Asked, load, paced } from "./api/load.ts";
import { startApiStack } from "./api/stack.ts";
import { benchCommand, whole } from "./lib/command.ts";
import { log, printGoals, showTable } from "./lib/goals.ts";
import { startedBy } from "./lib/processes.ts";

/**
 * Measures whether the local AWS stays bounded under a long load of its API: errors, growth of the memory of all its
 * processes after the first quarter, and the size of its saved state.
 */

const { requests } = benchCommand("bench:soak", "Does the local AWS stay bounded under many requests with events?", [
    "",
    "--requests 8000",
])
    .option("--requests <n>", "through the API, 2 % of them events", whole(100), 40_000)
    .parse()
    .opts<{ requests: number }>();

const MIB = 1024 * 1024;
const VIEWERS = 900;
const CALLERS = 8;
/** Requests a second, below the API's default throttle of 100. */
const RATE = 80;
/** The time after which the load ends, even if the run is not complete. */
const MOST_MINUTES = 10;

const stack = await startApiStack();
try {
    const { instance } = stack.aws;
    const state = await detectState(instance);
    if (state.kind !== "running") throw new Error("The local AWS is not running.");
    const { pid } = state.running;
    /** Returns the resident memory of the local AWS with all its processes, in MiB. */
    const memory = () => {
        const pids = [pid, ...startedBy(pid).map((child) => child.pid)].join();
        const sizes = execFileSync("ps", ["-o", "rss=", "-p", pids], { encoding: "utf8" });
        return sizes.split("\n").reduce((sum, size) => sum + Number(size), 0) / 1024;
    };
    const rows: [number, string][] = [];
    const memories = new Map<number, number>();
    const begun = performance.now();
    const note = (at: number) => {
        if (at % (requests / 8) !== 0) return;
        memories.set(at, memory());
        rows.push([at, (memories.get(at) ?? 0).toFixed(0)]);
        log(`${at} requests: ${rows.at(-1)?.[1]} MiB`);
    };
    const shape = { requests, viewers: VIEWERS, exponent: 1, events: 0.02, seed: 1 };
    const timedCalls: Asked[] = await load(
        paced(Array.from({ length: CALLERS }, stack.caller), RATE),
        { ...shape, nameOf: (rank) => String(rank + 1) },
        note,
        AbortSignal.timeout(MOST_MINUTES * 60_000),
    );
    const last = memory();
    rows.push([timedCalls.length, last.toFixed(0)]);
    const saved = sumFileSizes(join(paths(instance).awsData, "ministack", "state"));
    showTable(["requests", "MiB of memory"], rows);
    const perSecond = timedCalls.length / ((performance.now() - begun) / 1000);
    log(`${timedCalls.length} requests, ${perSecond.toFixed(0)} a second; ${(saved / MIB).toFixed(1)} MiB of state`);
    log(
        `failed: ${summarizeFailures(timedCalls)}, not sent in time: ${requests - timedCalls.length}. Lists: ${summarizeSources(timedCalls)}`,
    );
    const first = memories.get(requests / 4);
    process.exitCode = printGoals([
        // Requests that were not sent in time count as errors.
        { name: "soak-errors", figure: countFailed(timedCalls) + requests - timedCalls.length, bound: "=", limit: 0 },
        { name: "soak-growth-mib", figure: last - (first ?? Number.NEGATIVE_INFINITY), bound: "<=", limit: 60 },
        { name: "soak-state-mib", figure: saved / MIB, bound: "<=", limit: 30 },
    ]);
} finally {
    await stack.stop();
}

/** Returns the bytes of all files of a folder. */
function sumFileSizes(folder: string): number {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
