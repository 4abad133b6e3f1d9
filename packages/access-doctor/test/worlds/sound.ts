import { listOf, type PolicyDocument, personalizeService, type Statement } from "policy-evaluator";
import { document, good, type ImportFixture, keyPolicy, location, roleArnOf } from "./world.ts";

/** Unusual but correct setups. Their imports succeed, so a diagnosis must not call them broken. */
type Sound = readonly [name: string, make: (fixture: ImportFixture) => ImportFixture];

const account = ({ caller }: ImportFixture) => caller.accountId;
const source = (fixture: ImportFixture, rest = "*") =>
    `arn:aws:personalize:${fixture.caller.region}:${account(fixture)}:${rest}`;
const bucketArn = ({ bucket }: ImportFixture) => `arn:aws:s3:::${bucket}`;
const service = { Principal: { Service: personalizeService } };
const statementsOf = (fixture: ImportFixture): Statement[] => JSON.parse(fixture.bucketPolicy ?? "{}").Statement;
const withBucket = (fixture: ImportFixture, ...Statement: Statement[]): ImportFixture => ({
    ...fixture,
    bucketPolicy: JSON.stringify(document(...Statement)),
});
const withRole = (fixture: ImportFixture, ...Statement: Statement[]): ImportFixture => ({
    ...fixture,
    inline: { mine: document(...Statement) },
});
const trusting = (
    fixture: ImportFixture,
    Condition: Statement["Condition"],
    more: Partial<Statement> = {},
): ImportFixture => ({
    ...fixture,
    trust: document({
        Effect: "Allow",
        ...service,
        Action: "sts:AssumeRole",
        ...(Condition && { Condition }),
        ...more,
    }),
});
const reads = (fixture: ImportFixture): Pick<Statement, "Effect" | "Action" | "Resource"> => ({
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:ListBucket"],
    Resource: [bucketArn(fixture), `${bucketArn(fixture)}/*`],
});

export const soundWorlds: readonly Sound[] = [
    ["the documents of this program", (fixture) => fixture],
    [
        "the guide's own documents, without conditions in the bucket policy",
        (fixture) => withBucket(fixture, { ...reads(fixture), ...service }),
    ],
    [
        "NotAction in the role policy",
        (fixture) =>
            withRole(fixture, {
                Effect: "Allow",
                NotAction: ["iam:*", "s3:Delete*"],
                Resource: [bucketArn(fixture), `${bucketArn(fixture)}/*`],
            }),
    ],
    [
        "NotAction in the bucket policy",
        (fixture) =>
            withBucket(fixture, {
                Effect: "Allow",
                ...service,
                NotAction: ["s3:Put*", "s3:Delete*"],
                Resource: [bucketArn(fixture), `${bucketArn(fixture)}/*`],
            }),
    ],
    ["wildcards in actions", (fixture) => withRole(fixture, { ...reads(fixture), Action: ["s3:Get*", "s3:List*"] })],
    [
        "`?` in resources",
        (fixture) =>
            withRole(fixture, {
                ...reads(fixture),
                Resource: [bucketArn(fixture).replace(/.$/, "?"), `${bucketArn(fixture)}/movie?/*.csv`],
            }),
    ],
    [
        "NotResource",
        (fixture) =>
            withRole(fixture, {
                Effect: "Allow",
                Action: ["s3:GetObject", "s3:ListBucket"],
                NotResource: "arn:aws:s3:::payroll/*",
            }),
    ],
    [
        "a list and a get in policies of their own",
        (fixture) => ({
            ...fixture,
            inline: {
                list: document({ Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn(fixture) }),
                get: document({
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: `${bucketArn(fixture)}/${location}`,
                }),
            },
        }),
    ],
    [
        "StringLike on aws:SourceArn",
        (fixture) =>
            trusting(fixture, {
                StringEquals: { "aws:SourceAccount": account(fixture) },
                StringLike: { "aws:SourceArn": source(fixture) },
            }),
    ],
    [
        "a pattern of import jobs only",
        (fixture) => trusting(fixture, { ArnLike: { "aws:SourceArn": source(fixture, "dataset-import-job/*") } }),
    ],
    [
        "several accounts and IfExists",
        (fixture) =>
            trusting(fixture, { StringEqualsIfExists: { "aws:SourceAccount": [account(fixture), "999999999999"] } }),
    ],
    [
        "a condition key in another case",
        (fixture) => trusting(fixture, { StringEquals: { "AWS:sourceaccount": account(fixture) } }),
    ],
    [
        "several services in a trust policy",
        (fixture) =>
            trusting(fixture, undefined, {
                Principal: { Service: ["sagemaker.amazonaws.com", personalizeService] },
                Condition: { StringEquals: { "aws:SourceAccount": account(fixture) } },
            }),
    ],
    [
        "a denial that does not apply",
        (fixture) =>
            withBucket(fixture, ...statementsOf(fixture), {
                Sid: "NotPayroll",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:GetObject",
                Resource: `${bucketArn(fixture)}/payroll/*`,
            }),
    ],
    [
        "an endpoint policy that spares services and the role",
        (fixture) =>
            withBucket(fixture, ...statementsOf(fixture), {
                Sid: "OnlyOurEndpoint",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: `${bucketArn(fixture)}/*`,
                Condition: {
                    StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" },
                    Bool: { "aws:PrincipalIsAWSService": "false" },
                    ArnNotLike: { "aws:PrincipalArn": roleArnOf(fixture) },
                },
            }),
    ],
    [
        "other services in the bucket policy",
        (fixture) =>
            withBucket(
                fixture,
                {
                    Sid: "Site",
                    Effect: "Allow",
                    Principal: { Service: "cloudfront.amazonaws.com" },
                    Action: "s3:GetObject",
                    Resource: `${bucketArn(fixture)}/site/*`,
                    Condition: {
                        StringEquals: { "AWS:SourceArn": `arn:aws:cloudfront::${account(fixture)}:distribution/E1` },
                    },
                },
                ...statementsOf(fixture),
            ),
    ],
    [
        "a folder, read with a suffix",
        (fixture) => ({
            ...withRole(
                fixture,
                {
                    Effect: "Allow",
                    Action: "s3:ListBucket",
                    Resource: bucketArn(fixture),
                    Condition: { StringLike: { "s3:prefix": ["movies/*", "movies"] } },
                },
                {
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: `${bucketArn(fixture)}/movies/*.csv`,
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
        (fixture) => ({
            ...fixture,
            boundary: document({ Effect: "Allow", Action: ["s3:*", "logs:*"], Resource: "*" }),
        }),
    ],
    [
        "a key whose policy gives it to the account and to Personalize",
        (fixture) =>
            encrypted(
                {
                    ...fixture,
                    inline: {
                        ...fixture.inline,
                        decrypt: document({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }),
                    },
                },
                {
                    Sid: "Account",
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${account(fixture)}:root` },
                    Action: "kms:*",
                    Resource: "*",
                },
            ),
    ],
    [
        "a key with a condition on S3",
        (fixture) =>
            encrypted(fixture, {
                Sid: "Role",
                Effect: "Allow",
                Principal: { AWS: roleArnOf(fixture) },
                Action: ["kms:Decrypt", "kms:DescribeKey"],
                Resource: "*",
                Condition: {
                    StringEquals: {
                        "kms:ViaService": `s3.${fixture.caller.region}.amazonaws.com`,
                        "kms:CallerAccount": account(fixture),
                    },
                },
            }),
    ],
];

function encrypted(fixture: ImportFixture, ...more: Statement[]): ImportFixture {
    const forService: Statement = { Sid: "Service", Effect: "Allow", ...service, Action: "kms:Decrypt", Resource: "*" };
    const policy: PolicyDocument = keyPolicy(fixture, ...more, forService);
    return { ...fixture, key: { state: "Enabled", policy: { ...policy, Statement: listOf(policy.Statement) } } };
}
