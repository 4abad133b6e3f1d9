/** The tags of a thing, by key. */
export type Tags = Readonly<Record<string, string>>;

export interface Bill {
    /** US dollars a month by config/prices.ts; null where it bills and nobody knows how much. */
    readonly usdPerMonth: number | null;
}

export const free: Bill = { usdPerMonth: 0 };

/**
 * One thing that stands in the account. What takes more calls to learn is asked only of things that turn out to be
 * leftovers.
 */
export interface Thing {
    readonly kind: ThingKind;
    readonly name: string;
    readonly arn: string;
    /** ARN of what it is a part of, where a stack that holds that holds this one too. */
    readonly within?: string | undefined;
    readonly since?: Date | undefined;
    /** undefined: it cannot carry any. */
    tags(): Promise<Tags | undefined>;
    bill(): Promise<Bill>;
    /** The commands that remove it, in their order; none where no exact one is known. */
    remove(): Promise<readonly string[]>;
}

/**
 * Every kind that is looked for, in the order in which they can be removed (what uses another one goes first), and
 * the types under which Pulumi's states have it.
 */
export const thingKinds = {
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
    "SSM parameter": ["aws:ssm/parameter:Parameter"],
    "other resource": [],
} as const satisfies Record<string, readonly string[]>;

export type ThingKind = keyof typeof thingKinds;

/** Something that may not be read, or did not answer. */
export interface Unread {
    readonly what: string;
    readonly reason: string;
}

/** Words as a shell takes them. */
export function shell(...words: readonly string[]): string {
    return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

/** All of a list, page by page. */
export async function allOf<P, T>(
    page: (token: string | undefined) => Promise<P>,
    items: (page: P) => readonly T[] | undefined,
    next: (page: P) => string | undefined,
): Promise<T[]> {
    const all: T[] = [];
    let token: string | undefined;
    do {
        const answer = await page(token);
        all.push(...(items(answer) ?? []));
        token = next(answer) || undefined;
    } while (token !== undefined);
    return all;
}

/** Does the work for each, at most eight at a time: an account may have hundreds of roles. */
export async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    let at = 0;
    const worker = async () => {
        for (let index = at++; index < items.length; index = at++) {
            results[index] = await work(items[index] as T);
        }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return results;
}
