import { onlyWithTls, type PolicyDocument, regionalArn, type ServiceCaller } from "policy-evaluator";
import { type Names, objectKeys } from "../config/names.ts";
import { dnsSuffix } from "../config/regions.ts";
import {
    allow,
    allowService,
    anywhere,
    document,
    functionArn,
    keepsFailures,
    readsMetrics,
    writesLogs,
} from "./function-access.ts";

/** Names, account and region of a stack's API. */
export interface ApiScope extends ServiceCaller {
    readonly names: Pick<Names, "api" | "prefetch" | "tableOperations" | "failures">;
    /** Name of the stack's campaign. */
    readonly campaign: string;
    /** The stack's bucket, and the KMS key that encrypts it; undefined: S3 managed keys. */
    readonly bucketName: string;
    readonly kmsKeyArn?: string | undefined;
}

/** Returns the ARN of the API's table. */
export const apiTableArn = (scope: ServiceCaller & Pick<ApiScope, "names">) =>
    regionalArn(scope, "dynamodb", `table/${scope.names.api}`);

const asksCampaign = (scope: ApiScope) =>
    allow(
        "CallCampaign",
        ["personalize:DescribeCampaign", "personalize:GetRecommendations"],
        regionalArn(scope, "personalize", `campaign/${scope.campaign}`),
    );

/**
 * Returns the statement that allows the API's calls to use these filters. The Service Authorization Reference names
 * only the campaign for GetRecommendations. Personalize may check the filter too; this statement then allows the call.
 */
const usesFilters = (scope: ApiScope, names: readonly string[]) =>
    names.length > 0 &&
    allow(
        "UseFilters",
        ["personalize:GetRecommendations"],
        names.map((name) => regionalArn(scope, "personalize", `filter/${name}`)),
    );

/**
 * Returns statements that allow reading the files with the fallback tables of solution versions, and no other object of
 * the bucket.
 */
const readsTables = (scope: ApiScope) => [
    allow(
        "ReadFallbackTables",
        ["s3:GetObject"],
        `arn:${scope.partition}:s3:::${scope.bucketName}/${objectKeys.tables}*`,
    ),
    usesBucketKey(scope, ["kms:Decrypt"]),
];

/** Returns the statement that allows using the bucket's KMS key through S3; none with S3 managed keys. */
export const usesBucketKey = ({ partition, region, kmsKeyArn }: ApiScope, actions: readonly string[]) =>
    kmsKeyArn !== undefined &&
    allow("DecryptWithBucketKey", actions, kmsKeyArn, {
        StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(partition)}` },
    });

/**
 * Returns the permissions of the API's function: call the campaign, send events, use the DynamoDB table, and read the
 * files with the fallback tables of solution versions.
 */
export function apiPolicy(
    scope: ApiScope,
    may: {
        readonly track: boolean;
        readonly trace: boolean;
        readonly filters: readonly string[];
    },
): PolicyDocument {
    return document([
        asksCampaign(scope),
        usesFilters(scope, may.filters),
        // PutEvents has no resource type (Service Authorization Reference, "Amazon Personalize"). The tracking ID
        // determines the dataset group, and only the function has the ID.
        may.track && anywhere(scope, "TellsTracker", ["personalize:PutEvents"]),
        allow(
            "StoreLists",
            ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            apiTableArn(scope),
        ),
        ...readsTables(scope),
        // Traces have no resource type (Service Authorization Reference, "AWS X-Ray"). When Lambda creates the
        // function, it checks that the role has this permission. AWS does not document the condition keys of this
        // check, so the statement has no condition.
        may.trace && allow("WriteTraces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
        writesLogs(scope, scope.names.api),
    ]);
}

/** Returns the permissions of the prefetch function: read traffic and metrics, call the campaign, store lists. */
export function prefetchPolicy(scope: ApiScope, may: { readonly filters: readonly string[] }): PolicyDocument {
    return document([
        asksCampaign(scope),
        usesFilters(scope, may.filters),
        allow("StoreLists", ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query"], apiTableArn(scope)),
        readsMetrics(scope),
        keepsFailures(scope, scope.names.failures),
        writesLogs(scope, scope.names.prefetch),
    ]);
}

/** Returns the permissions of the function that changes the table for an operator. */
export function tableOperationsPolicy(scope: ApiScope): PolicyDocument {
    return document([
        allow("ChangeTable", ["dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:UpdateItem"], apiTableArn(scope)),
        writesLogs(scope, scope.names.tableOperations),
    ]);
}

/** Returns the pattern of the source ARN of API Gateway's calls: every stage and method of one API. */
export const anyMethodArn = (executionArn: string) => `${executionArn}/*/*`;

/**
 * Returns the URI with which API Gateway invokes a function (API Gateway Developer Guide,
 * "x-amazon-apigateway-integration").
 */
export const invocationUri = (caller: ServiceCaller, name: string) =>
    `arn:${caller.partition}:apigateway:${caller.region}:lambda:path/2015-03-31/functions/${functionArn(caller, name)}/invocations`;

/** Returns the bucket policy for the page's files: only one distribution may read them, and TLS is required. */
export function storefrontBucketPolicy(
    { partition }: Pick<ServiceCaller, "partition">,
    bucketName: string,
    distributionArn: string,
): PolicyDocument {
    const bucket = `arn:${partition}:s3:::${bucketName}`;
    return document([
        // Source of this condition: CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
        allowService("AllowDistribution", "cloudfront.amazonaws.com", "s3:GetObject", `${bucket}/*`, {
            StringEquals: { "aws:SourceArn": distributionArn },
        }),
        onlyWithTls(bucket),
    ]);
}
