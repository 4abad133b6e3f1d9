import { shell } from "terminal-text";
import type { InterruptedCreate } from "../../stack/all-stacks.ts";
import { readPages } from "../../stack/stack.ts";

/** A resource's tags, by key. */
export type Tags = Readonly<Record<string, string>>;

/** One resource of the account. Its methods call AWS, so the audit calls them only for resources outside the stacks. */
export interface InventoryItem {
    readonly kind: InventoryKind;
    readonly name: string;
    readonly arn: string;
    /** ARN of the resource's parent: a stack that contains the parent also contains this resource. */
    readonly within?: string | undefined;
    readonly since?: Date | undefined;
    /** The resource's id for `pulumi import`, if different from its name (Pulumi Registry, "Import" of each type). */
    readonly importId?: string;
    /** Reads the resource's tags; undefined if the resource kind has no tags. */
    tags(): Promise<Tags | undefined>;
    /** Reads the resource's cost in US dollars a month, by core/config/prices.ts; null for an unknown amount. */
    usdPerMonth(): Promise<number | null>;
    /** The commands that delete the resource, in order; empty if none is known. */
    remove(): Promise<readonly string[]>;
}

/** The account and region of the audit. */
export interface Place {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
    readonly project: string;
    /** Settings of the AWS clients. */
    readonly settings: { readonly region: string };
    /** Tags of all resources with a Pulumi project tag, by ARN; undefined if the tagging API denies access. */
    readonly tagged: ReadonlyMap<string, Tags> | undefined;
    readonly interrupted: readonly InterruptedCreate[];
}

/**
 * A resource in the list of its kind. By default, it has the tags of the tagging API, costs nothing, and no delete
 * command is known.
 */
export type Listed = Pick<InventoryItem, "name" | "arn" | "within" | "since" | "importId"> &
    Partial<Pick<InventoryItem, "tags" | "usdPerMonth" | "remove">>;

/** Lists the resources of a kind. Throws the service's errors. */
export type Lister = (place: Place) => Promise<readonly Listed[]>;

/**
 * Creates a function that lists resources. `pages` reads the pages of a list call, `items` returns the items of a page,
 * and `describe` converts an item.
 */
export const lister =
    <C, P, T>(
        Client: new (settings: Place["settings"]) => C,
        pages: (client: C, place: Place) => AsyncIterable<P>,
        items: (page: P) => readonly T[] | undefined,
        describe: (item: T, place: Place, client: C) => Listed,
    ) =>
    async (place: Place, client = new Client(place.settings)): Promise<readonly Listed[]> =>
        (await readPages(pages(client, place), items)).map((item) => describe(item, place, client));

/** Returns a listed resource with the defaults of its kind. */
export const toInventoryItem = (
    kind: InventoryKind,
    item: Listed,
    { tagged }: Pick<Place, "tagged">,
): InventoryItem => ({
    kind,
    tags: async () => tagged && (tagged.get(item.arn) ?? {}),
    usdPerMonth: async () => 0,
    remove: async () => [],
    ...item,
});

/** Returns undefined instead of tags, for kinds of resources without tags. */
export const untagged = async () => undefined;

/** Converts a list of tags, as AWS's APIs return it, to an object from key to value. */
export const pairs = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags =>
    Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

/**
 * All resource kinds in the order of deletion (a resource before those that it uses), each with its types in Pulumi's
 * state.
 */
export const inventoryKinds = {
    distribution: ["aws:cloudfront/distribution:Distribution"],
    "origin access control": ["aws:cloudfront/originAccessControl:OriginAccessControl"],
    "response headers policy": ["aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"],
    "cache policy": ["aws:cloudfront/cachePolicy:CachePolicy"],
    "usage plan": ["aws:apigateway/usagePlan:UsagePlan"],
    "API key": ["aws:apigateway/apiKey:ApiKey"],
    "REST API": ["aws:apigateway/restApi:RestApi"],
    schedule: ["aws:scheduler/schedule:Schedule"],
    "Lambda function": ["aws:lambda/function:Function"],
    recommender: [],
    campaign: ["pulumi-nodejs:dynamic/personalize:Campaign"],
    "solution version in training": ["pulumi-nodejs:dynamic/personalize:SolutionVersion"],
    "event tracker": ["pulumi-nodejs:dynamic/personalize:EventTracker"],
    filter: ["pulumi-nodejs:dynamic/personalize:Filter"],
    "metric attribution": ["pulumi-nodejs:dynamic/personalize:MetricAttribution"],
    solution: ["pulumi-nodejs:dynamic/personalize:Solution"],
    dataset: ["pulumi-nodejs:dynamic/personalize:Dataset", "pulumi-nodejs:dynamic/personalize:MetadataDataset"],
    "dataset group": ["pulumi-nodejs:dynamic/personalize:DatasetGroup"],
    schema: ["pulumi-nodejs:dynamic/personalize:Schema"],
    "S3 bucket": ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
    "DynamoDB table": ["aws:dynamodb/table:Table"],
    "IAM role": ["aws:iam/role:Role"],
    "IAM policy": ["aws:iam/policy:Policy"],
    "composite alarm": ["aws:cloudwatch/compositeAlarm:CompositeAlarm"],
    alarm: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    dashboard: ["aws:cloudwatch/dashboard:Dashboard"],
    "SNS topic": ["aws:sns/topic:Topic"],
    "SQS queue": ["aws:sqs/queue:Queue"],
    "CloudTrail trail": ["aws:cloudtrail/trail:Trail"],
    "log group": ["aws:cloudwatch/logGroup:LogGroup"],
    budget: ["aws:budgets/budget:Budget"],
    "API stage": ["aws:apigateway/stage:Stage"],
    "function permission": ["aws:lambda/permission:Permission"],
    "usage plan key": ["aws:apigateway/usagePlanKey:UsagePlanKey"],
    "SSM parameter": ["aws:ssm/parameter:Parameter"],
    "other resource": [],
} as const satisfies Record<string, readonly string[]>;

export type InventoryKind = keyof typeof inventoryKinds;

/** A service that the audit could not read, and the reason. */
export interface Unread {
    readonly what: string;
    readonly reason: string;
}

/** Returns the command of the AWS CLI for an operation in the region of the audit. */
export const command = ({ region }: Pick<Place, "region">, service: string, operation: string, ...words: string[]) =>
    shell("aws", service, operation, "--region", region, ...words);
