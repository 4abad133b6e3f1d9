import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { Command } from "commander";
import { table } from "../../runbooks/lib/cli/output.ts";
import { exitCodes, npmCommand } from "../../runbooks/lib/cli/runbook.ts";

export { aboveZero, whole } from "../../runbooks/lib/cli/runbook.ts";

/**
 * Creates the command-line parser of a bench or a drill, with the options that all of them have. `examples` are the
 * example arguments that --help prints.
 */
export function benchCommand(name: string, description: string, examples: readonly string[]): Command {
    return (npmCommand(name, description, examples) as unknown as Command).on("option:json", useJson);
}

/** Returns the path if the file exists. Otherwise ends the process with a message. */
export function existing(file: string): string {
    if (existsSync(file)) return file;
    console.error(`error: There is no file ${file}. Make it:  npm run data-prep`);
    process.exit(exitCodes.usage);
}

/** Runs a program until it ends, and returns the JSON document that it prints. */
export async function runForJson<Document>(command: string, args: readonly string[]): Promise<Document> {
    return JSON.parse((await promisify(execFile)(command, args)).stdout);
}

export { seededRandom } from "../../packages/local-personalize/test/random.ts";

/** A goal of a bench or a drill: a measured figure, and the limit within which it must stay. */
export interface Goal {
    readonly name: string;
    readonly figure: number;
    readonly bound: "<" | "<=" | ">" | ">=" | "=";
    readonly limit: number;
    /** Unit of the figure, such as `%` or `ms`; empty for a count. */
    readonly unit?: string;
}

type Cells = readonly (string | number)[];

/** The output collected for `--json`; undefined without `--json`. */
let collected: { readonly tables: { head: Cells; rows: readonly Cells[] }[]; readonly lines: string[] } | undefined;

/** From now on, collects all output into one JSON document instead of printing it. `printGoals` prints the document. */
function useJson(): void {
    collected = { tables: [], lines: [] };
}

/** Prints a line about the progress on stderr. */
export const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Prints a table, or adds it to the JSON document. */
export function showTable(head: readonly string[], rows: readonly Cells[]): void {
    if (collected) collected.tables.push({ head, rows });
    else console.log(table(head, rows));
}

/** Prints a line of text, or adds it to the JSON document. */
export function showLine(text: string): void {
    if (collected) collected.lines.push(text.trim());
    else console.log(text);
}

const holds = ({ figure, bound, limit }: Goal) =>
    ({ "<": figure < limit, "<=": figure <= limit, ">": figure > limit, ">=": figure >= limit, "=": figure === limit })[
        bound
    ];

/**
 * Prints a line for each goal, or with `--json` the collected JSON document. Returns the exit code: 0, or 1 if a goal
 * is missed.
 */
export function printGoals(goals: readonly Goal[]): number {
    if (collected) {
        const judged = goals.map((goal) => ({ ...goal, met: holds(goal) }));
        console.log(JSON.stringify({ schemaVersion: 1, ...collected, goals: judged }));
    }
    for (const goal of collected ? [] : goals) {
        const { name, figure, bound, limit, unit = "" } = goal;
        const shown = Number.isInteger(figure) ? figure : Number(figure.toPrecision(4));
        console.log(`goal ${name}: ${shown}${unit} (${bound} ${limit}${unit}) ${holds(goal) ? "met" : "missed"}`);
    }
    return goals.every(holds) ? 0 : 1;
}
