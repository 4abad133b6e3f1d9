import {
    DescribeDatasetCommand,
    DescribeDatasetImportJobCommand,
    DescribeSchemaCommand,
    PersonalizeClient,
} from "@aws-sdk/client-personalize";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { parseArn } from "policy-evaluator";
import { bucketNameFor, objectKeys } from "../../../config/config.ts";
import { spellingOfType } from "../../../personalize/dataset.ts";
import { isNotFound } from "../../../personalize/errors.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { recordedResources } from "../stack/stack.ts";
import { requireStackConfig, selectedStack } from "../stack/stack-config.ts";
import { fetched, type Look, quietLook, unreadOf, within } from "./look.ts";
import type { DatasetSchema, Fetched, JobFacts } from "./snapshot.ts";

/** The import to diagnose. */
export interface Target {
    readonly region: string;
    readonly partition: string;
    readonly accountId: string;
    /** The caller. */
    readonly caller: string;
    readonly roleArn: string;
    /** Whether a stack of this program made role and bucket. */
    readonly ownedByStack: boolean;
    readonly bucket: string;
    readonly key: string | undefined;
    readonly sourceArn: string;
    readonly job: Fetched<JobFacts | undefined>;
    readonly schema: Fetched<DatasetSchema | undefined>;
    /** The stack that plans this import: no job of it is recorded. */
    readonly planned?: string;
}

async function callerIn(region: string, look: Look) {
    const sts = new STSClient({ region });
    const { Arn = "", Account = "" } = await look("sts:GetCallerIdentity", (signal) =>
        within(sts, signal).send(new GetCallerIdentityCommand({})),
    );
    return { caller: Arn, accountId: Account, partition: Arn.split(":")[1] ?? "aws" };
}

/**
 * Any import job by its ARN.
 *
 * @throws RunbookError if it is not a job's ARN, or the job is missing, hidden, or of another account.
 */
export async function targetOfJob(datasetImportJobArn: string, look: Look = quietLook): Promise<Target> {
    const arn = parseArn(datasetImportJobArn);
    if (arn?.service !== "personalize" || !arn.resource.startsWith("dataset-import-job/")) {
        throw new RunbookError(
            `${datasetImportJobArn} is not an ARN of an import job. List them: aws personalize list-dataset-import-jobs`,
            exitCodes.usage,
        );
    }
    const { region } = arn;
    const identity = await callerIn(region, look);
    if (arn.accountId !== identity.accountId || arn.partition !== identity.partition) {
        throw new RunbookError(
            `The job is in account ${arn.accountId} (${arn.partition}), and the credentials are of ${identity.caller}. ` +
                "Log in to the job's account, or name its profile with AWS_PROFILE.",
            exitCodes.credentials,
        );
    }
    const personalize = new PersonalizeClient({ region });
    const { datasetImportJob: job } = await look("personalize:DescribeDatasetImportJob", (signal) =>
        within(personalize, signal).send(new DescribeDatasetImportJobCommand({ datasetImportJobArn })),
    ).catch((error: unknown) => {
        throw unseen(datasetImportJobArn, region, error);
    });
    const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(job?.dataSource?.dataLocation ?? "") ?? [];
    return {
        region,
        ownedByStack: false,
        bucket,
        key,
        sourceArn: datasetImportJobArn,
        ...identity,
        roleArn: job?.roleArn ?? "",
        job: { is: { arn: datasetImportJobArn, status: job?.status ?? "", failureReason: job?.failureReason } },
        schema: await fetched(look, "personalize:DescribeDataset", (signal) =>
            schemaOf(within(personalize, signal), job?.datasetArn),
        ),
    };
}

/** The error for a job that AWS does not show; wrong credentials keep their own. */
function unseen(job: string, region: string, error: unknown): unknown {
    if (isNotFound(error)) {
        const list = `aws personalize list-dataset-import-jobs --region ${region}`;
        return new RunbookError(`There is no import job ${job}. List them: ${list}`);
    }
    const { needs, unread } = unreadOf(error, "personalize:DescribeDatasetImportJob");
    if (needs !== undefined) {
        return new RunbookError(
            `The job cannot be read: ${unread}. Ask for that permission, or name the role and the bucket instead: ` +
                "--role ROLE_ARN --bucket BUCKET --key KEY",
            exitCodes.unknown,
        );
    }
    return unread.startsWith("throttled")
        ? new RunbookError(`The job cannot be read: ${unread}.`, exitCodes.unknown)
        : error;
}

async function schemaOf(client: PersonalizeClient, datasetArn: string | undefined) {
    const { dataset } = await client.send(new DescribeDatasetCommand({ datasetArn }));
    const { schema } = await client.send(new DescribeSchemaCommand({ schemaArn: dataset?.schemaArn }));
    return {
        datasetType: spellingOfType(dataset?.datasetType ?? ""),
        text: schema?.schema ?? "",
        arn: dataset?.schemaArn ?? "",
    };
}

/** A role and a bucket of another program, for an import that would start in this region. */
export async function targetOfRole(
    roleArn: string,
    bucket: string,
    key: string | undefined,
    look: Look = quietLook,
): Promise<Target> {
    const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (!region) {
        throw new RunbookError(
            "The region of Personalize is unknown. Set it with AWS_REGION=eu-central-1.",
            exitCodes.usage,
        );
    }
    const role = parseArn(roleArn);
    if (role?.service !== "iam" || !role.resource.startsWith("role/")) {
        throw new RunbookError(
            `${roleArn} is not an ARN of a role. Find it with: aws iam get-role --role-name NAME`,
            exitCodes.usage,
        );
    }
    const identity = await callerIn(region, look);
    const sourceArn = `arn:${role.partition}:personalize:${region}:${identity.accountId}:dataset-import-job/any`;
    return {
        region,
        roleArn,
        ownedByStack: false,
        bucket,
        key,
        sourceArn,
        ...identity,
        partition: role.partition,
        job: { is: undefined },
        schema: { is: undefined },
    };
}

/**
 * A stack's failed import; otherwise the import of its interactions, or the planned one before the first `up`.
 *
 * @throws RunbookError if the stack does not exist, or its configuration has problems.
 */
export async function targetOfStack(named: string | undefined, look: Look = quietLook): Promise<Target> {
    const stack = named ?? (await selectedStack());
    const config = await requireStackConfig(stack);
    const recorded = await recordedResources(stack).catch((error: unknown) => {
        if (error instanceof RunbookError && error.exitCode === exitCodes.noStack) return [];
        throw error;
    });
    const arns = recorded.flatMap(({ kind, arn }) => (kind === "DatasetImportJob" && arn ? [arn] : []));
    const jobs = await Promise.all(arns.map((arn) => targetOfJob(arn, look)));
    const failed = jobs.find(({ job }) => "is" in job && job.is?.failureReason !== undefined);
    const chosen = failed ?? jobs.find(({ schema }) => "is" in schema && schema.is?.datasetType === "INTERACTIONS");
    const { region, names } = config;
    const identity = chosen ?? (await callerIn(region, look));
    const { accountId, partition } = identity;
    const roleArn = `arn:${partition}:iam::${accountId}:role/${names.role}`;
    const bucket = bucketNameFor(config, accountId);
    if (chosen) {
        return { ...chosen, ownedByStack: chosen.roleArn === roleArn && chosen.bucket === bucket };
    }
    return {
        region,
        ...identity,
        roleArn,
        ownedByStack: true,
        bucket,
        key: objectKeys.interactions,
        sourceArn: `arn:${partition}:personalize:${region}:${accountId}:dataset-import-job/${names.importJobPrefix}`,
        job: { is: undefined },
        schema: { is: undefined },
        planned: stack,
    };
}
