#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { isCredentials, oneLine, toError } from "terminal-text";
import { type DiagnoseOptions, type Outcome, runDiagnosis, withDiagnoseOptions } from "./command.ts";
import { AccessError, type AccessErrorKind } from "./errors.ts";
import { packageCommand } from "./messages.ts";

/** Exit codes of the command, by its result or by the reason why it could not continue. */
const exitCodes: Readonly<Record<Outcome | AccessErrorKind | "cancelled", number>> = {
    sound: 0,
    written: 0,
    broken: 1,
    problem: 1,
    usage: 2,
    credentials: 3,
    unknown: 4,
    cancelled: 8,
    timedOut: 9,
};

/**
 * Runs the command and sets the process's exit code: 0 if an import can read its data, 1 if something prevents it, 2
 * for wrong usage, 3 for rejected credentials, 4 if too little could be checked, 8 after Ctrl-C, 9 if AWS does not
 * answer in time.
 */
async function main(args: readonly string[]): Promise<void> {
    const options = withDiagnoseOptions(
        new Command("access-doctor")
            .version(JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8")).version, "--version")
            .description("Finds out why an Amazon Personalize import cannot read its data. Changes nothing in AWS.")
            .option("--json", "print one JSON document")
            .option("--verbose", "show the stack trace of an error"),
    )
        .addHelpText("after", "\nThe command uses the standard AWS variables, such as AWS_REGION and AWS_PROFILE.")
        .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : exitCodes.usage))
        .parse(args, { from: "user" })
        .opts<DiagnoseOptions>();
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    try {
        const context = { start: packageCommand, signal: stop.signal };
        process.exitCode = exitCodes[await runDiagnosis(options, context)];
    } catch (error) {
        if (stop.signal.aborted) {
            process.exitCode = exitCodes.cancelled;
            return;
        }
        process.stderr.write(`${options.verbose ? toError(error).stack : `error: ${oneLine(error)}`}\n`);
        const kind = isCredentials(error) ? "credentials" : "problem";
        process.exitCode = exitCodes[error instanceof AccessError ? error.kind : kind];
    }
}

await main(process.argv.slice(2));
