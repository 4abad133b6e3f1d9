import { existsSync } from "node:fs";
import type { Command } from "commander";
import { exitCodes, npmCommand } from "../../runbooks/lib/cli/runbook.ts";
import { useJson } from "./goals.ts";

export { aboveZero, whole } from "../../runbooks/lib/cli/numbers.ts";

/**
 * Creates the command-line parser of a bench or a drill, with the options that all of them have. `examples` are the
 * example arguments that --help prints.
 */
export function benchCommand(name: string, description: string, examples: readonly string[]): Command {
    return npmCommand(name, description, examples).on("option:json", useJson);
}

/** Returns the path if the file exists. Otherwise ends the process with a message. */
export function existing(file: string): string {
    if (existsSync(file)) return file;
    console.error(`error: There is no file ${file}. Make it:  npm run data-prep`);
    process.exit(exitCodes.usage);
}

/** If `--only` selected none of the names, ends the process with a message that lists all names. */
export function refuseNone(only: string, names: readonly string[], isChosen: (name: string) => boolean): void {
    if (names.some(isChosen)) return;
    console.error(`error: --only ${only} matches no name. There are: ${names.join(", ")}`);
    process.exit(exitCodes.usage);
}

export { seededRandom } from "../../packages/local-personalize/test/random.ts";
