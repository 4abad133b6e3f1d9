import { asCalled } from "../../../config/as-called.ts";
import { changeWrites, visibleLines } from "../../../data-prep/visible.ts";

let writeToScreen: ((text: string) => unknown) | undefined;

/**
 * Makes all output of this process safe for a terminal. Commands are shown as the caller starts them, by the
 * environment's `MOVIE_RECOMMENDER_COMMANDS`. That leaves out the document of `--json`.
 */
export function guardOutput(): void {
    const isDocument = process.argv.includes("--json");
    writeToScreen = changeWrites(process.stdout, (text) => visibleLines(isDocument ? text : asCalled(text)));
    changeWrites(process.stderr, (text) => visibleLines(asCalled(text)));
}

/** Clears the terminal. */
export function clearScreen(): void {
    writeToScreen?.("\x1b[1;1H\x1b[0J");
}
