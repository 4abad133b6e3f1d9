import { type PolicyDocument, regionalArn } from "policy-evaluator";
import { type Names, objectKeys } from "../config/names.ts";
import { type ApiScope, apiTableArn, usesBucketKey } from "./api-access.ts";
import { allow, anywhere, document, keepsFailures, writesLogs } from "./function-access.ts";

/** Names, account and region of a stack that serves lists of batch inference. */
export interface BatchScope extends ApiScope {
    readonly project: string;
    readonly stack: string;
    readonly names: ApiScope["names"] & Pick<Names, "batchLists" | "solution" | "role" | "notifications">;
}

/**
 * Returns the permissions of the function that runs batch inference (config `serving.mode` `batch`): read data,
 * versions and flags, start jobs with Personalize's role, write their input, read their output, store lists, notify.
 * The statements are few, because the permissions boundary contains them and has a size limit.
 */
export function batchListsPolicy(scope: BatchScope): PolicyDocument {
    const { partition, accountId, bucketName, project, stack, names } = scope;
    const arn = (service: string, tail: string) => regionalArn(scope, service, tail);
    const object = (key: string) => `arn:${partition}:s3:::${bucketName}/${key}`;
    // With `?` instead of `-*`, which would also match the jobs of a stack whose name begins with this stack's name.
    const jobs = arn("personalize", `batch-inference-job/${names.batchLists}-?????-????????`);
    const jobFiles = [object(`${objectKeys.listsInput}*`), object(`${objectKeys.listsOutput}*`)];
    return document([
        allow(
            "MakeLists",
            [
                "personalize:CreateBatchInferenceJob",
                "personalize:DescribeBatchInferenceJob",
                "personalize:GetSolutionMetrics",
            ],
            [jobs, arn("personalize", `solution/${names.solution}/*`), arn("personalize", "filter/*")],
        ),
        // Only its jobs: a tag on another stack's filter would let the owner of the tag delete the filter.
        allow("TagLists", ["personalize:TagResource"], jobs),
        // Personalize's List actions have no resource type (Service Authorization Reference, "Amazon Personalize").
        anywhere(scope, "ListVersions", ["personalize:ListSolutionVersions"]),
        allow("PassExecutionRole", ["iam:PassRole"], `arn:${partition}:iam::${accountId}:role/${names.role}`, {
            StringEquals: { "iam:PassedToService": "personalize.amazonaws.com" },
        }),
        allow(
            "ReadData",
            ["s3:GetObject"],
            [object(objectKeys.interactions), object(`${objectKeys.tables}*`), ...jobFiles],
        ),
        allow("WriteInput", ["s3:PutObject"], object(`${objectKeys.listsInput}*`)),
        // Without this permission, S3 answers "access denied" for a missing object.
        allow("FindObjects", ["s3:ListBucket"], `arn:${partition}:s3:::${bucketName}`),
        usesBucketKey(scope, ["kms:Decrypt", "kms:GenerateDataKey"]),
        allow(
            "StoreLists",
            ["dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"],
            apiTableArn(scope),
        ),
        allow("ReadStateFlags", ["ssm:GetParametersByPath"], arn("ssm", `parameter/${project}/${stack}`)),
        allow("Notify", ["sns:Publish"], arn("sns", names.notifications)),
        keepsFailures(scope, names.failures),
        writesLogs(scope, names.batchLists),
    ]);
}
