import { costKeys } from "./keys/cost.ts";
import { dataKeys } from "./keys/data.ts";
import { servingKeys } from "./keys/serving.ts";
import { trainingKeys } from "./keys/training.ts";
import { flag, type Key, matches, members, optional, text, type ValuesOf } from "./kinds.ts";

/** Configuration keys for access and observability. */
const accessKeys = {
    observability: members(
        {
            alarms: flag(true, { description: "CloudWatch alarms" }),
            dashboard: flag(true, { description: "the CloudWatch dashboard" }),
            customMetrics: flag(true, {
                description: "metrics of cost guard and API, and their alarms",
            }),
            traces: flag(false, {
                description:
                    "X-Ray traces of the API; a caller can force [a trace of each request](security.md#the-worst-hour)",
            }),
        },
        {
            description: "parts that observe the stack; the cost guard works without them",
            other: { alarms: false, dashboard: false },
        },
    ),
    auditTrail: flag(true, {
        description: "a CloudTrail [trail](audit.md); AWS bills the events of a second trail in the account",
        changes: ["± Trail, Bucket"],
        effect: "`false` also deletes the records",
    }),
    permissionsBoundary: optional({
        description: "ARN of the roles' [permissions boundary](access-operator.md#create-the-policies)",
        check: matches(/^arn:[^:]+:iam::\d{12}:policy\/.+$/, "which is not the ARN of a customer managed policy"),
    }),
    kmsKeyArn: optional({
        description: "ARN of [your KMS key](access-operator.md#a-key-of-your-own) for the bucket, in the same region",
        effect: "objects keep their encryption until uploaded again",
        check: matches(
            /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/,
            "which is not the ARN of a KMS key (a policy cannot use an alias)",
        ),
    }),
    bucketPolicyConditions: flag(true, {
        description:
            "the bucket policy allows Personalize for this account only; `false` if [diagnose-access](access.md#every-link-holds-and-it-still-fails) says so",
    }),
};

/**
 * The table of configuration keys, in the order of the documents. The parser, the types, the hints for unknown keys,
 * Pulumi.yaml, the lists of docs/configuration.md and the test values are derived from this table.
 */
export const keys = { ...dataKeys, ...trainingKeys, ...servingKeys, ...costKeys, ...accessKeys };

export type KeyName = keyof typeof keys;

/** The values of all keys, as `parseConfig` reads them. */
export type KeyValues = ValuesOf<typeof keys>;

/**
 * The rows of the table: each key, followed by its members, for example `idle.hours`. The first row is the region, a
 * key of Pulumi's AWS plugin.
 */
export const rows: readonly (readonly [name: string, key: Key<unknown>])[] = [
    [
        "aws:region",
        text("eu-central-1", {
            description: "AWS region of all resources",
            effect: "refused while the stack has resources: run `pulumi destroy` first",
        }),
    ],
    ...Object.entries(keys).flatMap(([name, key]): [string, Key<unknown>][] => [
        [name, key],
        ...Object.entries(key.members ?? {}).map(([member, one]): [string, Key<unknown>] => [`${name}.${member}`, one]),
    ]),
];
