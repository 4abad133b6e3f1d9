import { changeWrites, visibleLines } from "terminal-text";
import { asCalled } from "../../../config/as-called.ts";
import { reportWaits } from "./waits.ts";

let writeToScreen: ((text: string) => unknown) | undefined;
let lastOutput = 0;

/**
 * Escapes control characters in all output of this process. Except in `--json` documents, also replaces commands with
 * those that the caller uses (environment variable `MOVIE_RECOMMENDER_COMMANDS`). While a command prints nothing,
 * reports on stderr what it waits for.
 */
export function guardOutput(): void {
    const isDocument = process.argv.includes("--json");
    const shown = (text: string) => {
        lastOutput = Date.now();
        return visibleLines(text);
    };
    writeToScreen = changeWrites(process.stdout, (text) => shown(isDocument ? text : asCalled(text)));
    const write = changeWrites(process.stderr, (text) => shown(asCalled(text)));
    reportWaits(
        (line) => write(visibleLines(line)),
        () => lastOutput,
    );
}

/** Clears the terminal. */
export function clearScreen(): void {
    writeToScreen?.("\x1b[1;1H\x1b[0J");
}
