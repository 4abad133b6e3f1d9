import type { BatchJobProperties } from "../control/properties.ts";
import type { Call } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput } from "../errors.ts";
import { type DataLocation, keysToRead, readDataLocation } from "../importing/data-location.ts";
import { S3UnreachableError } from "../s3.ts";

/** Returns the message of a thrown value. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The service's failure reason for a job whose role is not allowed to read or write. */
export const noPrivileges = "Insufficient privileges for accessing data in Amazon S3.";

/** A job with the role that it reads or writes with. */
type Job = Resource<{ roleArn?: string }>;

/** Checks whether a job may read or write a location with its role. If not, logs the reason. */
export async function mayUse(
    { options }: Call,
    job: Job,
    judge: "judge" | "judgeWrite",
    location: DataLocation,
): Promise<boolean> {
    const judgement = await options.access[judge]({
        roleArn: job.properties.roleArn,
        ...location,
        sourceArn: job.arn,
        sourceAccount: options.accountId,
        region: job.region,
    });
    if (judgement.allowed) return true;
    const what = `${judge === "judge" ? "read" : "write"} s3://${location.bucket}/${location.key}`;
    options.log(`${job.arn}: the job may not ${what}: ${judgement.step}: ${judgement.reason}`);
    return false;
}

/** Returns the keys that a job reads at a location. Logs why there are none. */
export async function findKeys({ options: { access, log } }: Call, job: Job, input: DataLocation): Promise<string[]> {
    const listed = await access.list(input.bucket, input.key).catch((error: unknown) => {
        if (error instanceof S3UnreachableError) throw error;
        log(`${job.arn}: cannot list ${input.bucket}: ${messageOf(error)}`);
        return [];
    });
    const keys = keysToRead(input, listed);
    if (keys.length === 0) log(`${job.arn}: there is no object to read at s3://${input.bucket}/${input.key}`);
    return keys;
}

/**
 * Writes an object into the output folder of a job. Returns the service's failure reason if the job may not write, or if
 * the write fails; then logs why.
 */
export async function writeOutput(
    call: Call,
    job: Job,
    folder: DataLocation,
    name: string,
    text: string,
): Promise<string | undefined> {
    const target = { ...folder, key: `${folder.key}${name}`, isPrefix: false };
    if (!(await mayUse(call, job, "judgeWrite", target))) return noPrivileges;
    try {
        await call.options.access.write(target.bucket, target.key, text);
        return undefined;
    } catch (error) {
        call.options.log(`${job.arn}: cannot write s3://${target.bucket}/${target.key}: ${messageOf(error)}`);
        return "Invalid S3 output path";
    }
}

/**
 * Returns the input and output of a batch job. The input is one object, or the first level of a folder that ends in
 * `/`. The output is a folder, with or without `/` at its end. Throws InvalidInputException with the service's message.
 */
export function readBatchPaths({ jobInput, jobOutput }: BatchJobProperties) {
    const input = readDataLocation(jobInput.s3DataSource.path);
    if (!input) throw invalidInput("Invalid S3 input path");
    return { input, output: readBatchFolder(jobOutput.s3DataDestination.path) };
}

/** Returns the output folder of a job. Throws InvalidInputException with the service's message. */
export function readBatchFolder(path: string): DataLocation {
    const output = readDataLocation(path.endsWith("/") ? path : `${path}/`);
    if (!output) throw invalidInput("Invalid S3 output path");
    return output;
}
