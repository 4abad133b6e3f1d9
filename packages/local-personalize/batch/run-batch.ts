import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setImmediate as letOthersRun } from "node:timers/promises";
import type { BatchJobProperties } from "../control/properties.ts";
import type { Call } from "../control/resources.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import { findKeys, mayUse, noPrivileges, readBatchPaths, writeOutput } from "./access.ts";
import { answerLine, type LineWish } from "./line.ts";

/**
 * A function that returns the output for one line of a job, from the job's solution version. Throws the service's error
 * for an invalid line.
 */
export type OutputOf = (
    call: Call,
    version: Resource<VersionProperties>,
    job: BatchJobProperties,
    wish: LineWish,
) => object;

/** Number of lines after which a job lets the emulator answer other calls. Each line takes about a millisecond. */
const linesAtOnce = 8;

/** Returns the maximum number of queries in one file of a segment job (service quotas); Infinity for other jobs. */
function mostQueriesOf(recipeArn: string): number {
    if (recipeArn.endsWith("/aws-item-affinity")) return 500;
    return recipeArn.endsWith("/aws-item-attribute-affinity") ? 10 : Number.POSITIVE_INFINITY;
}

/**
 * Runs a batch inference or segment job. For each line of each input object, it writes one line to `<object>.out` in
 * the output folder. If a line cannot be answered, its output line contains the `error`, and the job continues. The job
 * fails, with the service's messages, when access is denied or there is no input. A job that runs again because the
 * process died before its end was recorded writes the same objects again.
 */
export async function runBatch(
    call: Call,
    job: Resource<BatchJobProperties>,
    outputOf: OutputOf,
    signal: AbortSignal,
): Promise<Outcome> {
    const { access, log } = call.options;
    const version = call.store.find<VersionProperties>(job.region, job.properties.solutionVersionArn);
    if (!version) throw new Error(`The solution version of ${job.arn} does not exist any more.`);
    const { input, output } = readBatchPaths(job.properties);
    if (!(await mayUse(call, job, "judge", input))) return { failure: noPrivileges };
    const keys = await findKeys(call, job, input);
    if (keys.length === 0) return { failure: "Invalid S3 input path" };

    const answer = (line: string) => answerLine(line, (wish) => outputOf(call, version, job.properties, wish));
    for (const key of keys) {
        const name = key.slice(key.lastIndexOf("/") + 1);
        const answers: string[] = [];
        const mostQueries = mostQueriesOf(version.properties.recipeArn ?? "");
        const text = Readable.from(await access.read(input.bucket, key));
        for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
            if (line.trim() === "") continue;
            if (answers.push(answer(line)) % linesAtOnce === 0) await letOthersRun();
            if (signal.aborted) return {};
            if (answers.length > mostQueries) return { failure: `${name} has more than ${mostQueries} queries.` };
        }
        const answered = answers.map((answer) => `${answer}\n`).join("");
        const failure = await writeOutput(call, job, output, `${name}.out`, answered);
        if (failure !== undefined) return { failure };
        log(`${job.arn}: ${answers.length} answers written to s3://${output.bucket}/${output.key}${name}.out`);
    }
    return {};
}
