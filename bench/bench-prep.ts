import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { benchCommand, type Goal, log, printGoals, runForJson, showLine, showTable, whole } from "./lib/command.ts";
import { benchPython } from "./lib/python.ts";

/**
 * Compares time and memory of data-prep with a polars program that does the same work: validation, conversion,
 * catalog and fallback tables. Each run is a separate process on the same generated files, and the runs do not
 * overlap.
 */

const { sizes, runs } = benchCommand(
    "bench:prep",
    "How fast is data-prep, beside a polars program that does the same work?",
    ["", "--sizes 1,10 --runs 3"],
)
    .option("--sizes <millions>", "millions of rows, separated by commas", millions, [1, 10, 25])
    .option("--runs <number>", "runs of each program; the fastest counts", whole(1), 1)
    .parse()
    .opts<{ sizes: number[]; runs: number }>();

const here = (name: string) => new URL(`prep/${name}`, import.meta.url).pathname;
const event = "rating >= 4 → Like, else Watch";
const python = await benchPython("bench/prep");
const work = await mkdtemp(join(tmpdir(), "bench-prep-"));
const goals: Goal[] = [];
let [equal, compared] = [0, 0];
try {
    for (const size of sizes) goals.push(...(await runBench(size)));
    const small = join(work, "100k");
    await generate(100_000, small);
    const { seconds } = await best(() => ours(join(small, "ratings.csv"), "small"));
    goals.push({ name: "prep-100k-seconds", figure: seconds, bound: "<", limit: 1, unit: "s" });
    goals.push({ name: "prep-equal", figure: (100 * equal) / compared, bound: "=", limit: 100, unit: "%" });
} finally {
    await rm(work, { recursive: true, force: true });
}
process.exitCode = printGoals(goals);

/** Parses sizes in millions of rows, separated by commas, from the command line. */
function millions(text: string): number[] {
    const sizes = text.split(",").map(Number);
    if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
        throw new InvalidArgumentError("Give the numbers of rows in millions, as whole numbers, such as 1,10,25.");
    }
    return sizes;
}

/** Generates ratings as a CSV file in a folder, unless the folder exists. */
async function generate(rows: number, folder: string): Promise<void> {
    if (existsSync(folder)) return;
    log(`generating ${rows.toLocaleString("en-US")} rows in ${folder}`);
    await measured(python, [here("make_input.py"), String(rows), folder]);
}

async function runBench(size: number): Promise<Goal[]> {
    const folder = join("data", "bench-prep", `${size}m`);
    await generate(size * 1_000_000, folder);
    const csv = join(folder, "ratings.csv");
    const rows: string[][] = [];
    const run = async (name: string, program: () => Promise<Measured>) => {
        log(`preparing ${size} million rows with ${name}`);
        const result = await best(program);
        rows.push([name, result.seconds.toFixed(2), result.peakMib?.toFixed(0) ?? "?"]);
        return result;
    };
    const peer = (what: string) => () => measured(python, [here("peer.py"), what, csv, join(work, "polars")]);
    const bare = await run("polars, conversion only, no checks", peer("convert"));
    const converted = await run("data-prep, conversion with checks", () =>
        measured(process.execPath, [here("convert-only.ts"), csv, event, join(work, "converted.csv")]),
    );
    const polars = await run("polars, all", peer("whole"));
    const whole = await run("data-prep, all", () => ours(csv, "ours"));
    await compare();
    const toPolars = whole.seconds / polars.seconds;
    const goals: Goal[] = [
        { name: `prep-vs-polars-${size}m`, figure: toPolars, bound: "<=", limit: size < 10 ? 1 : 0.375 },
    ];
    if (size === 10) {
        goals.push(
            { name: "prep-whole-vs-convert-10m", figure: whole.seconds / bare.seconds, bound: "<=", limit: 6 },
            { name: "prep-convert-vs-polars-10m", figure: converted.seconds / bare.seconds, bound: "<=", limit: 3 },
        );
    }
    if (size === 25 && whole.peakMib !== undefined) {
        goals.push({ name: "prep-peak-mib", figure: whole.peakMib, bound: "<=", limit: 600, unit: "MiB" });
    }
    showLine(`${size} million rows`);
    showTable(["program", "seconds", "peak MiB"], rows);
    return goals;
}

async function ours(file: string, name: string): Promise<Measured> {
    await mkdir(join(work, name), { recursive: true });
    const output = join(work, name, "interactions.csv");
    return measured(process.execPath, ["data-prep/cli.ts", file, "--event", event, "--output", output]);
}

/** Runs the program `runs` times and returns the fastest run. */
async function best(program: () => Promise<Measured>): Promise<Measured> {
    const all: Measured[] = [];
    for (let run = 0; run < runs; run++) all.push(await program());
    return all.reduce((one, other) => (other.seconds < one.seconds ? other : one));
}

async function compare(): Promise<void> {
    const args = [here("compare.py"), join(work, "ours"), join(work, "polars")];
    type Counts = Record<"rows" | "ofRows" | "tables" | "ofTables", number>;
    const { rows, ofRows, tables, ofTables } = await runForJson<Counts>(python, args);
    log(`data-prep and polars write the same result for ${rows} of ${ofRows} rows and ${tables} of ${ofTables} lists`);
    equal += rows + tables;
    compared += ofRows + ofTables;
}

/** Time and memory of one run of a program. */
interface Measured {
    readonly seconds: number;
    /** Largest resident memory of the process in MiB, on Linux; undefined elsewhere. */
    readonly peakMib: number | undefined;
}

/**
 * Runs a program until it ends, discards its output, and measures its time and memory.
 *
 * @throws Error with the last lines of the program's stderr if its exit code is not 0
 */
async function measured(command: string, args: readonly string[]): Promise<Measured> {
    const begun = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
        errors = (errors + text).slice(-2000);
    });
    let peakMib = readPeakMemory(child.pid);
    const looking = setInterval(() => {
        peakMib = readPeakMemory(child.pid) ?? peakMib;
    }, 20);
    const [code] = await once(child, "exit");
    clearInterval(looking);
    const seconds = (performance.now() - begun) / 1000;
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${errors}`);
    return { seconds, peakMib };
}

/** Returns the maximum memory of a process in MiB, as the kernel recorded it, including short peaks. */
function readPeakMemory(pid: number | undefined): number | undefined {
    try {
        const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return kib === undefined ? undefined : Number(kib) / 1024;
    } catch {
        return undefined;
    }
}
