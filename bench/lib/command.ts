import { existsSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { exitCodes, version } from "../../runbooks/lib/cli/runbook.ts";
import { useJson } from "./goals.ts";

/** A bench or a drill with the options of each; wrong usage exits with 2. `examples` are its arguments. */
export function benchCommand(name: string, description: string, examples: readonly string[]): Command {
    const lines = examples.map((example) => `\n  npm run ${name}${example && ` -- ${example}`}`);
    return new Command(name)
        .description(description)
        .option("--json", "print one JSON document on stdout, and nothing else")
        .version(version, "--version", "print the version")
        .addHelpText("after", `\nExamples:${lines.join("")}`)
        .on("option:json", useJson)
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.fine : exitCodes.usage));
}

/** The path of a file that exists, from the command line or from the option's default. */
export function existing(file: string): string {
    if (existsSync(file)) return file;
    console.error(`error: There is no file ${file}. Make it:  npm run data-prep`);
    process.exit(exitCodes.usage);
}

/** A whole number of at least `least`, from the command line. */
export const whole =
    (least: number) =>
    (text: string): number => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
            throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
        }
        return value;
    };

/** A number above 0, from the command line. */
export function aboveZero(text: string): number {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return value;
}
