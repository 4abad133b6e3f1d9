import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSparkCommand, script } from "../test/spark/support.ts";
import { benchCommand, millions } from "./lib/command.ts";
import { log, printGoals, showTable } from "./lib/goals.ts";
import { benchPython } from "./lib/python.ts";
import { generatedFiles } from "./prep/generated-files.ts";
import { measured } from "./prep/measured.ts";

/**
 * Compares the duration of prepare.py on Spark with that of data-prep, for the same generated files on the same
 * machine.
 */

const { sizes } = benchCommand(
    "bench:spark",
    "How long does prepare.py on Spark take, beside data-prep on the same machine?",
    ["", "--sizes 1,10"],
)
    .option("--sizes <millions>", "millions of rows, separated by commas", millions, [1, 10])
    .parse()
    .opts<{ sizes: number[] }>();

const event = "rating >= 4 -> Like, else Watch";
const python = await benchPython("bench/prep");
const work = await mkdtemp(join(tmpdir(), "bench-spark-"));
const generated = generatedFiles(python);
const rows: string[][] = [];
try {
    for (const size of sizes) {
        const folder = await generated(size * 1_000_000);
        const csv = join(folder, "ratings.csv");
        log(`preparing ${size} million rows with data-prep`);
        await mkdir(join(work, "ours"), { recursive: true });
        const output = join(work, "ours", "interactions.csv");
        const ours = await measured(process.execPath, ["data-prep/cli.ts", csv, "--event", event, "--output", output]);
        log(`preparing ${size} million rows with Spark on two cores`);
        const spark = createSparkCommand([script, csv, "--event", event, "--output", join(work, `spark-${size}`)]);
        const theirs = await measured(spark.command, spark.args, spark.env);
        const perSecond = (seconds: number) => Math.round((size * 1_000_000) / seconds).toLocaleString("en-US");
        rows.push([
            `${size} million`,
            ...[ours.seconds, theirs.seconds].flatMap((seconds) => [seconds.toFixed(1), perSecond(seconds)]),
            (theirs.seconds / ours.seconds).toFixed(1),
        ]);
    }
} finally {
    await rm(work, { recursive: true, force: true });
}
showTable(["rows", "data-prep, s", "rows a second", "Spark, s", "rows a second", "ratio"], rows);
process.exitCode = printGoals([]);
