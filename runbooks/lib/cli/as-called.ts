import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Runbooks by name: their files. */
const runbooks = readdirSync(join(import.meta.dirname, "..", ".."))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3))
    .join("|");

/** `npm run park`, `npm run -s park -- --yes`; not `npm run data-prep`, which needs no AWS. */
const runbookCommand = new RegExp(`\\bnpm run( -s)? (${runbooks})\\b(?: --(?= ))?`, "g");
const pulumiCommand = /(?<!npm run |-- |[\w/.@-])pulumi (?=(?:up|preview|destroy|refresh|config|stack|cancel)\b)/g;

/**
 * The commands of a text for a caller who starts them by `prefix`, for example `npm run local --`. Then `pulumi up`
 * becomes `npm run local -- pulumi up`.
 */
export const asCalled = (text: string, prefix: string): string =>
    text
        .replaceAll(
            runbookCommand,
            (_, silent = "", name) => `${prefix.replace("npm run", `npm run${silent}`)} ${name}`,
        )
        .replaceAll(pulumiCommand, `${prefix} pulumi `);

/**
 * Shows all commands of this process as its caller starts them, by the environment's `MOVIE_RECOMMENDER_COMMANDS`. The
 * one document of `--json` stays as it is.
 */
export function showCommandsAsCalled(): void {
    const prefix = process.env.MOVIE_RECOMMENDER_COMMANDS;
    if (prefix === undefined) return;
    const streams = process.argv.includes("--json") ? [process.stderr] : [process.stdout, process.stderr];
    for (const stream of streams) {
        const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
        stream.write = (chunk: unknown, ...rest: unknown[]) =>
            write(typeof chunk === "string" ? asCalled(chunk, prefix) : chunk, ...rest);
    }
}
