import type { Call } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import type { DataLocation } from "../importing/data-location.ts";

/** Returns the message of a thrown value. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The service's failure reason for a job whose role is not allowed to read or write. */
export const noPrivileges = "Insufficient privileges for accessing data in Amazon S3.";

/** Checks whether a job may read or write a location with its role. If not, logs the reason. */
export async function mayUse(
    { options }: Call,
    job: Resource<{ roleArn: string }>,
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
