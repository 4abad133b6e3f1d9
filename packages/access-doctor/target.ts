import { Personalize } from "@aws-sdk/client-personalize";
import { STS } from "@aws-sdk/client-sts";
import { parseArn } from "policy-evaluator";
import { hasName, shell } from "terminal-text";
import { AccessError } from "./errors.ts";
import { describeReadFailure, fetched, quietReader, type ReadFromAws, withSignal } from "./look.ts";
import type { Target } from "./snapshot.ts";

/** Reads the caller's ARN, account and partition. */
export async function fetchCaller(region: string, look: ReadFromAws) {
    const sts = new STS({ region });
    const { Arn = "", Account = "" } = await look("sts:GetCallerIdentity", (abortSignal) =>
        sts.getCallerIdentity({}, { abortSignal }),
    );
    return { caller: Arn, accountId: Account, partition: Arn.split(":")[1] ?? "aws" };
}

/**
 * Returns the import that an import job ran.
 * @throws AccessError if the text is not the ARN of an import job, or if the job does not exist, cannot be read, or
 * belongs to another account.
 */
export async function targetOfJob(datasetImportJobArn: string, look: ReadFromAws = quietReader): Promise<Target> {
    const arn = parseArn(datasetImportJobArn);
    if (arn?.service !== "personalize" || !arn.resource.startsWith("dataset-import-job/")) {
        const list = "aws personalize list-dataset-import-jobs";
        throw new AccessError(`${datasetImportJobArn} is not an ARN of an import job. List them: ${list}`, "usage");
    }
    const { region } = arn;
    const identity = await fetchCaller(region, look);
    if (arn.accountId !== identity.accountId || arn.partition !== identity.partition) {
        throw new AccessError(
            `The job is in account ${arn.accountId} (${arn.partition}), but the credentials belong to ${identity.caller}. ` +
                "Log in to the job's account, or name its profile with AWS_PROFILE.",
            "credentials",
        );
    }
    const personalize = new Personalize({ region });
    const { datasetImportJob: job } = await look("personalize:DescribeDatasetImportJob", (abortSignal) =>
        personalize.describeDatasetImportJob({ datasetImportJobArn }, { abortSignal }),
    ).catch((error: unknown) => {
        throw unseen(datasetImportJobArn, region, error);
    });
    const location = job?.dataSource?.dataLocation ?? "";
    const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(location) ?? [];
    if (!bucketName.test(bucket)) {
        const hint = bucketHint(location) ?? "Import from s3://BUCKET/KEY.";
        throw new AccessError(`The location ${location} of ${datasetImportJobArn} does not name a bucket. ${hint}`);
    }
    const { roleArn = "", status = "", failureReason, lastUpdatedDateTime: updated } = job ?? {};
    const facts = { arn: datasetImportJobArn, status, failureReason, ...(updated && { ended: updated.toISOString() }) };
    return {
        ...identity,
        region,
        roleArn,
        owned: {},
        bucket,
        key,
        sourceArn: datasetImportJobArn,
        job: { is: facts },
        schema: await fetched(look, "personalize:DescribeDataset", (signal) =>
            fetchSchema(withSignal(personalize, signal), job?.datasetArn),
        ),
    };
}

/** The name of a bucket (S3 User Guide, "General purpose bucket naming rules"). */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Returns the command that prints the bucket of an access point; undefined for any other location. Personalize documents
 * locations with the name of a bucket only (Developer Guide, "DataSource").
 */
function bucketHint(location: string): string | undefined {
    const [, account = "", point] = /arn:[^:]+:s3:[^:]*:(\d{12}):accesspoint[/:]([^/]+)/.exec(location) ?? [];
    if (point === undefined) return undefined;
    const command = shell("aws", "s3control", "get-access-point", "--account-id", account, "--name", point);
    return `Import from the bucket of the access point: ${command} --query Bucket`;
}

/**
 * Returns the error to throw if a job cannot be read: an AccessError if it is missing, denied or throttled, otherwise
 * the error itself.
 */
function unseen(job: string, region: string, error: unknown): unknown {
    if (hasName(error, "ResourceNotFoundException")) {
        const list = `aws personalize list-dataset-import-jobs --region ${region}`;
        return new AccessError(`There is no import job ${job}. List them: ${list}`);
    }
    const { needs, unread } = describeReadFailure(error, "personalize:DescribeDatasetImportJob");
    if (needs !== undefined) {
        return new AccessError(
            `The job cannot be read: ${unread}. Ask for that permission, or name the role and the bucket instead: ` +
                "--role ROLE_ARN --bucket BUCKET --key KEY",
            "unknown",
        );
    }
    return unread.startsWith("throttled") ? new AccessError(`The job cannot be read: ${unread}.`, "unknown") : error;
}

async function fetchSchema(client: Personalize, datasetArn: string | undefined) {
    const { dataset } = await client.describeDataset({ datasetArn });
    const { datasetType = "", schemaArn: arn = "" } = dataset ?? {};
    const { schema } = await client.describeSchema({ schemaArn: dataset?.schemaArn });
    return { datasetType: datasetType.toUpperCase(), text: schema?.schema ?? "", arn };
}

/** Returns an import that no job has run yet, in the region of the environment, from a role and a bucket. */
export async function targetOfRole(
    roleArn: string,
    bucket: string,
    key: string | undefined,
    look: ReadFromAws = quietReader,
): Promise<Target> {
    const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (!region) {
        const next = "Set the variable AWS_REGION, for example to eu-central-1.";
        throw new AccessError(`The region of Personalize is unknown. ${next}`, "usage");
    }
    const role = parseArn(roleArn);
    if (role?.service !== "iam" || !role.resource.startsWith("role/")) {
        const next = "Find it with: aws iam get-role --role-name NAME";
        throw new AccessError(`${roleArn} is not an ARN of a role. ${next}`, "usage");
    }
    if (!bucketName.test(bucket)) {
        const name = /^s3:\/\/([^/]+)/.exec(bucket)?.[1] ?? bucket.toLowerCase();
        const hint = bucketHint(bucket) ?? `Write --bucket ${name}, and the key with --key.`;
        const rule = "which consists of lower-case letters, digits, dots and hyphens";
        throw new AccessError(`${bucket} is not the name of a bucket, ${rule}. ${hint}`, "usage");
    }
    const identity = await fetchCaller(region, look);
    const sourceArn = `arn:${role.partition}:personalize:${region}:${identity.accountId}:dataset-import-job/any`;
    return {
        ...identity,
        partition: role.partition,
        region,
        roleArn,
        owned: {},
        bucket,
        key,
        sourceArn,
        job: { is: undefined },
        schema: { is: undefined },
    };
}
