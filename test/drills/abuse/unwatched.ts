import { countedMetrics } from "../../../app/functions/cost-guard/counted-metrics.ts";
import { assertExit, type TestAws } from "../../support/local-aws.ts";

/** Resource types for which AWS bills no usage, or only usage that strangers cannot cause, with the reason. */
const notByStrangers: Readonly<Record<string, string>> = {
    "aws:apigateway/deployment:Deployment": "a copy of the description",
    "aws:apigateway/methodSettings:MethodSettings": "settings",
    "aws:apigateway/stage:Stage": "its requests are the API's; traces follow them",
    "aws:budgets/budget:Budget": "the first two budgets are free",
    "aws:cloudtrail/trail:Trail": "the first trail of management events is free",
    "aws:cloudwatch/dashboard:Dashboard": "billed by the month",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "billed by the month",
    "aws:iam/role:Role": "free",
    "aws:iam/rolePolicy:RolePolicy": "free",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "settings",
    "aws:lambda/permission:Permission": "settings",
    "aws:s3/bucket:Bucket": "only the operator and Personalize read the data bucket",
    "aws:s3/bucketObjectv2:BucketObjectv2": "stored, and read by the operator and Personalize",
    "aws:s3/bucketPolicy:BucketPolicy": "settings",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "settings",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "settings",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "settings",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "settings",
    "aws:s3/bucketVersioning:BucketVersioning": "settings",
    "aws:scheduler/schedule:Schedule": "a fixed number of runs",
    "aws:sns/topic:Topic": "only alarms, budget and guard publish",
    "aws:sns/topicPolicy:TopicPolicy": "settings",
    "aws:sns/topicSubscription:TopicSubscription": "settings",
    "aws:sqs/queue:Queue": "only notifications and failed runs arrive",
    "aws:sqs/queuePolicy:QueuePolicy": "settings",
    "aws:cloudfront/cachePolicy:CachePolicy": "settings",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "settings",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "settings",
};

/** Resource types whose usage strangers can cause, with the metric namespaces that the cost guard must read. */
const byStrangers: Readonly<Record<string, readonly string[]>> = {
    "aws:apigateway/restApi:RestApi": ["AWS/ApiGateway"],
    "aws:cloudfront/distribution:Distribution": ["AWS/CloudFront"],
    "aws:cloudwatch/logGroup:LogGroup": ["AWS/Logs"],
    "aws:dynamodb/table:Table": ["AWS/DynamoDB"],
    "aws:lambda/function:Function": ["AWS/Lambda"],
};

/**
 * Resource kinds of the program's own provider for Personalize, with the reason why strangers cannot cause unnoticed
 * cost.
 */
const personalize: Readonly<Record<string, string>> = {
    Campaign: "the guard counts its hours and requests",
    EventTracker: "its events are requests of the API, with a throttle of their own",
    Filter: "free",
    Schema: "free",
    DatasetGroup: "free",
    Dataset: "free",
    DatasetImportJob: "once, by the operator",
    Solution: "free",
    SolutionVersion: "once, by the operator",
    StateFlags: "state flags: standard parameters of SSM are free",
    ClosedStage: "settings",
    Owner: "an id in Pulumi's state",
};

/**
 * Returns the resource types in a preview that are unknown here, or whose usage strangers can cause and the cost guard
 * does not read.
 */
export async function listUnwatched(aws: TestAws, storefront: "api" | "cloudfront"): Promise<readonly string[]> {
    await aws.configure({ api: true, storefront });
    const preview = await aws.engine("preview", "--json");
    assertExit(preview, 0);
    const { steps } = JSON.parse(preview.stdout) as { steps: { urn: string; newState?: { type: string } }[] };
    const place = { stack: "s", tags: {}, apiName: "api", functions: [{ name: "f", gb: 1 }] };
    const distribution = storefront === "cloudfront" ? "page" : undefined;
    const watched = new Set(countedMetrics({ ...place, distribution }).map(({ namespace }) => namespace));
    const types = new Map(steps.map(({ urn, newState }) => [newState?.type ?? "", urn.split("::").at(-1) ?? ""]));
    return [...types].flatMap(([type, name]) => {
        if (type === "" || /^pulumi:|^movie-recommender:/.test(type)) return [];
        if (type.startsWith("pulumi-nodejs:")) return kindOf(type) in personalize ? [] : [`${type} ${name}`];
        const needed = byStrangers[type];
        const isFine = needed ? needed.every((namespace) => watched.has(namespace)) : type in notByStrangers;
        return isFine ? [] : [`${type} ${name}`];
    });
}

/** Returns the class of a dynamic resource from its type. */
const kindOf = (type: string) => type.split(":").at(-1) ?? type;
