import { asCalled } from "../../../config/as-called.ts";

/**
 * Shows all commands of this process as its caller starts them, by the environment's `MOVIE_RECOMMENDER_COMMANDS`. The
 * one document of `--json` stays as it is.
 */
export function showCommandsAsCalled(): void {
    if (process.env.MOVIE_RECOMMENDER_COMMANDS === undefined) return;
    const streams = process.argv.includes("--json") ? [process.stderr] : [process.stdout, process.stderr];
    for (const stream of streams) {
        const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
        stream.write = (chunk: unknown, ...rest: unknown[]) =>
            write(typeof chunk === "string" ? asCalled(chunk) : chunk, ...rest);
    }
}
