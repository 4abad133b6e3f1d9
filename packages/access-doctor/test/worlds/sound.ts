import { listOf, type PolicyDocument, personalizeService, type Statement } from "policy-evaluator";
import { document, good, type ImportFixture, keyPolicy, location, roleArnOf } from "./world.ts";

/** Unusual but correct setups. Their imports succeed, so a diagnosis must not call them broken. */
type Sound = readonly [name: string, make: (world: ImportFixture) => ImportFixture];

const account = ({ caller }: ImportFixture) => caller.accountId;
const source = (world: ImportFixture, rest = "*") =>
    `arn:aws:personalize:${world.caller.region}:${account(world)}:${rest}`;
const bucketArn = ({ bucket }: ImportFixture) => `arn:aws:s3:::${bucket}`;
const service = { Principal: { Service: personalizeService } };
const statementsOf = (world: ImportFixture): Statement[] => JSON.parse(world.bucketPolicy ?? "{}").Statement;
const withBucket = (world: ImportFixture, ...Statement: Statement[]): ImportFixture => ({
    ...world,
    bucketPolicy: JSON.stringify(document(...Statement)),
});
const withRole = (world: ImportFixture, ...Statement: Statement[]): ImportFixture => ({
    ...world,
    inline: { mine: document(...Statement) },
});
const trusting = (
    world: ImportFixture,
    Condition: Statement["Condition"],
    more: Partial<Statement> = {},
): ImportFixture => ({
    ...world,
    trust: document({
        Effect: "Allow",
        ...service,
        Action: "sts:AssumeRole",
        ...(Condition && { Condition }),
        ...more,
    }),
});
const reads = (world: ImportFixture): Pick<Statement, "Effect" | "Action" | "Resource"> => ({
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:ListBucket"],
    Resource: [bucketArn(world), `${bucketArn(world)}/*`],
});

export const soundWorlds: readonly Sound[] = [
    ["the documents of this program", (world) => world],
    [
        "the guide's own documents, without conditions in the bucket policy",
        (world) => withBucket(world, { ...reads(world), ...service }),
    ],
    [
        "NotAction in the role policy",
        (world) =>
            withRole(world, {
                Effect: "Allow",
                NotAction: ["iam:*", "s3:Delete*"],
                Resource: [bucketArn(world), `${bucketArn(world)}/*`],
            }),
    ],
    [
        "NotAction in the bucket policy",
        (world) =>
            withBucket(world, {
                Effect: "Allow",
                ...service,
                NotAction: ["s3:Put*", "s3:Delete*"],
                Resource: [bucketArn(world), `${bucketArn(world)}/*`],
            }),
    ],
    ["wildcards in actions", (world) => withRole(world, { ...reads(world), Action: ["s3:Get*", "s3:List*"] })],
    [
        "`?` in resources",
        (world) =>
            withRole(world, {
                ...reads(world),
                Resource: [bucketArn(world).replace(/.$/, "?"), `${bucketArn(world)}/movie?/*.csv`],
            }),
    ],
    [
        "NotResource",
        (world) =>
            withRole(world, {
                Effect: "Allow",
                Action: ["s3:GetObject", "s3:ListBucket"],
                NotResource: "arn:aws:s3:::payroll/*",
            }),
    ],
    [
        "a list and a get in policies of their own",
        (world) => ({
            ...world,
            inline: {
                list: document({ Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn(world) }),
                get: document({ Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn(world)}/${location}` }),
            },
        }),
    ],
    [
        "StringLike on aws:SourceArn",
        (world) =>
            trusting(world, {
                StringEquals: { "aws:SourceAccount": account(world) },
                StringLike: { "aws:SourceArn": source(world) },
            }),
    ],
    [
        "a pattern of import jobs only",
        (world) => trusting(world, { ArnLike: { "aws:SourceArn": source(world, "dataset-import-job/*") } }),
    ],
    [
        "several accounts and IfExists",
        (world) => trusting(world, { StringEqualsIfExists: { "aws:SourceAccount": [account(world), "999999999999"] } }),
    ],
    [
        "a condition key in another case",
        (world) => trusting(world, { StringEquals: { "AWS:sourceaccount": account(world) } }),
    ],
    [
        "several services in a trust policy",
        (world) =>
            trusting(world, undefined, {
                Principal: { Service: ["sagemaker.amazonaws.com", personalizeService] },
                Condition: { StringEquals: { "aws:SourceAccount": account(world) } },
            }),
    ],
    [
        "a denial that does not apply",
        (world) =>
            withBucket(world, ...statementsOf(world), {
                Sid: "NotPayroll",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:GetObject",
                Resource: `${bucketArn(world)}/payroll/*`,
            }),
    ],
    [
        "an endpoint policy that spares services and the role",
        (world) =>
            withBucket(world, ...statementsOf(world), {
                Sid: "OnlyOurEndpoint",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: `${bucketArn(world)}/*`,
                Condition: {
                    StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" },
                    Bool: { "aws:PrincipalIsAWSService": "false" },
                    ArnNotLike: { "aws:PrincipalArn": roleArnOf(world) },
                },
            }),
    ],
    [
        "other services in the bucket policy",
        (world) =>
            withBucket(
                world,
                {
                    Sid: "Site",
                    Effect: "Allow",
                    Principal: { Service: "cloudfront.amazonaws.com" },
                    Action: "s3:GetObject",
                    Resource: `${bucketArn(world)}/site/*`,
                    Condition: {
                        StringEquals: { "AWS:SourceArn": `arn:aws:cloudfront::${account(world)}:distribution/E1` },
                    },
                },
                ...statementsOf(world),
            ),
    ],
    [
        "a folder, read with a suffix",
        (world) => ({
            ...withRole(
                world,
                {
                    Effect: "Allow",
                    Action: "s3:ListBucket",
                    Resource: bucketArn(world),
                    Condition: { StringLike: { "s3:prefix": ["movies/*", "movies"] } },
                },
                {
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: `${bucketArn(world)}/movies/*.csv`,
                },
            ),
            objects: {
                "movies/1.csv": good,
                "movies/2.csv": good,
                "movies/old/3.txt": { header: "lacking", rows: "few" },
            },
            location: "movies/",
        }),
    ],
    [
        "a boundary that is wide enough",
        (world) => ({ ...world, boundary: document({ Effect: "Allow", Action: ["s3:*", "logs:*"], Resource: "*" }) }),
    ],
    [
        "a key whose policy gives it to the account and to Personalize",
        (world) =>
            encrypted(
                {
                    ...world,
                    inline: {
                        ...world.inline,
                        decrypt: document({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }),
                    },
                },
                {
                    Sid: "Account",
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${account(world)}:root` },
                    Action: "kms:*",
                    Resource: "*",
                },
            ),
    ],
    [
        "a key with a condition on S3",
        (world) =>
            encrypted(world, {
                Sid: "Role",
                Effect: "Allow",
                Principal: { AWS: roleArnOf(world) },
                Action: ["kms:Decrypt", "kms:DescribeKey"],
                Resource: "*",
                Condition: {
                    StringEquals: {
                        "kms:ViaService": `s3.${world.caller.region}.amazonaws.com`,
                        "kms:CallerAccount": account(world),
                    },
                },
            }),
    ],
];

function encrypted(world: ImportFixture, ...more: Statement[]): ImportFixture {
    const forService: Statement = { Sid: "Service", Effect: "Allow", ...service, Action: "kms:Decrypt", Resource: "*" };
    const policy: PolicyDocument = keyPolicy(world, ...more, forService);
    return { ...world, key: { state: "Enabled", policy: { ...policy, Statement: listOf(policy.Statement) } } };
}
