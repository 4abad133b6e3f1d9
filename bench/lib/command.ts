import { existsSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { exitCodes, npmCommand } from "../../runbooks/lib/cli/runbook.ts";
import { useJson } from "./goals.ts";

/** Creates the command of a bench or a drill, with their common options. `examples` are arguments for --help. */
export function benchCommand(name: string, description: string, examples: readonly string[]): Command {
    return npmCommand(name, description, examples).on("option:json", useJson);
}

/** Returns the path of a file that exists, from the command line or from the option's default. */
export function existing(file: string): string {
    if (existsSync(file)) return file;
    console.error(`error: There is no file ${file}. Make it:  npm run data-prep`);
    process.exit(exitCodes.usage);
}

/** If `--only` selected none of the names, ends the process with a message that lists all of them. */
export function refuseNone(only: string, names: readonly string[], isChosen: (name: string) => boolean): void {
    if (names.some(isChosen)) return;
    console.error(`error: --only ${only} chooses none. There are: ${names.join(", ")}`);
    process.exit(exitCodes.usage);
}

/** Returns a parser of whole numbers of at least `least`, for the command line. */
export const whole =
    (least: number) =>
    (text: string): number => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
            throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
        }
        return value;
    };

/** Parses a number above 0 from the command line. */
export function aboveZero(text: string): number {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return value;
}

/** Parses sizes in millions of rows, separated by commas, from the command line. */
export function millions(text: string): number[] {
    const sizes = text.split(",").map(Number);
    if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
        throw new InvalidArgumentError("Millions of rows are whole numbers, such as 1,10,25.");
    }
    return sizes;
}
