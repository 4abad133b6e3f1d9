import Table from "cli-table3";
import { changeWrites, visibleLines } from "terminal-text";
import { asCalled } from "../../../core/config/as-called.ts";
import { reportWaits } from "./waits.ts";

let writeToScreen: ((text: string) => unknown) | undefined;
let lastOutput = 0;

/** Pattern of a command of the AWS CLI, such as `aws s3 ls`. */
const awsCommand = /(?<![\w/.-])aws [a-z][a-z0-9-]* [a-z]+-?/;

/**
 * Escapes control characters in all output of this process. Except in `--json` documents, also replaces commands with
 * those that the caller uses (environment variable `MOVIE_RECOMMENDER_COMMANDS`). If the output contains a command of
 * the AWS CLI, which would call AWS itself, also prints the command that directs it to the caller's local AWS. While a
 * command prints nothing, reports on stderr what it waits for.
 */
export function guardOutput(): void {
    const isDocument = process.argv.includes("--json");
    const local = process.env.MOVIE_RECOMMENDER_COMMANDS;
    let hasAwsCommand = false;
    const shown = (text: string) => {
        lastOutput = Date.now();
        hasAwsCommand ||= awsCommand.test(text);
        return visibleLines(text);
    };
    writeToScreen = changeWrites(process.stdout, (text) => shown(isDocument ? text : asCalled(text)));
    const write = changeWrites(process.stderr, (text) => shown(asCalled(text)));
    process.once("exit", () => {
        if (local === undefined || !hasAwsCommand) return;
        write(`Before an aws command, run: eval "$(${local.replace("npm run", "npm run -s")} env)"\n`);
    });
    reportWaits(
        (line) => write(visibleLines(line)),
        () => lastOutput,
    );
}

/** Clears the terminal. */
export function clearScreen(): void {
    writeToScreen?.("\x1b[1;1H\x1b[0J");
}

/** Formats a time in ISO 8601 for a table, in UTC: `2026-11-25 17:40`; a dash without a time. */
export const shortTime = (time: string | null | undefined): string => time?.slice(0, 16).replace("T", " ") ?? "–";

/** Formats a table without colours, so that pipes and logs get the same text. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const grid = new Table({ head: [...head], style: { head: [], border: [] } });
    grid.push(...rows.map((row) => [...row]));
    // The library draws a line below each row. Keep only the line below the head.
    const isRule = (line: string) => line.startsWith("├");
    const lines = grid.toString().split("\n");
    const underHead = lines.findIndex(isRule);
    return lines.filter((line, index) => !isRule(line) || index === underHead).join("\n");
}
