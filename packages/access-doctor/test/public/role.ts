import { document } from "../fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "../support.ts";
import {
    account,
    bucketArn,
    bucketStatements,
    everything,
    get,
    list,
    objects,
    type PublicCase,
    roleArn,
    trusting,
    withRole,
} from "./case.ts";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const onBoth = { Effect: "Allow", Resource: [bucketArn, objects] } as const;

/** Test cases with mistakes in a role's policies, trust policy or permissions boundary, which public sources report. */
export const roleCases: readonly PublicCase[] = [
    {
        name: "s3:ListObject, singular",
        source: "https://github.com/reg-viz/reg-suit/pull/632",
        snapshot: withRole({ ...onBoth, Action: ["s3:ListObject", "s3:GetObject"] }),
        says: /s3:ListObject is not an action.*s3:ListBucket/,
        ends: "commands",
    },
    {
        name: "s3:HeadObject and s3:HeadBucket",
        source: "https://github.com/DataBiosphere/azul/issues/6152",
        snapshot: withRole({ ...onBoth, Action: ["s3:ListBucket", "s3:HeadObject", "s3:HeadBucket"] }),
        says: /s3:HeadObject is not an action.*s3:GetObject/,
        ends: "commands",
    },
    {
        name: "two colons in an action: s3::Get*",
        source: "https://github.com/awsdocs/aws-cloudformation-user-guide/issues/84",
        snapshot: withRole({ ...onBoth, Action: ["s3::Get*", "s3:List*"] }),
        says: /"s3::Get\*" is not an action/,
        ends: "unknown",
    },
    {
        name: "a letter missing in an action: s3:GetObjct",
        source: `${guide}/access-analyzer-reference-policy-checks.html`,
        snapshot: withRole(list, { ...get, Action: "s3:GetObjct" }),
        says: /s3:GetObjct is not an action.*s3:GetObject/,
        ends: "commands",
    },
    {
        name: "a region in the ARN of a bucket",
        source: "https://github.com/cloudtools/awacs/issues/185",
        snapshot: withRole(list, { ...get, Resource: "arn:aws:s3:eu-central-1::films-test/*" }),
        says: /arn:aws:s3:eu-central-1::films-test\/\*.*(meant|region)/,
        ends: "commands",
    },
    {
        name: "two letters of the bucket's name swapped in the ARN",
        source: "https://github.com/boto/boto3/issues/550",
        snapshot: withRole(list, { ...get, Resource: "arn:aws:s3:::flims-test/*" }),
        says: /arn:aws:s3:::flims-test\/\*.*arn:aws:s3:::films-test.* meant/,
        ends: "commands",
    },
    {
        name: "a variable that only a user has",
        source: "https://github.com/fsspec/s3fs/issues/847",
        snapshot: withRole(list, { ...get, Resource: `${bucketArn}/movies/$\{aws:username}/*` }),
        says: /aws:username/,
        ends: /is this limit meant for this import/,
    },
    {
        name: "the action of a web identity in the trust policy",
        source: "https://github.com/pulumi/pulumi-aws/issues/4629",
        snapshot: trusting({ Action: "sts:AssumeRoleWithWebIdentity" }),
        says: /No statement allows sts:AssumeRole/,
        ends: "commands",
    },
    {
        name: "ForAllValues on the source account",
        source: "https://github.com/awsdocs/aws-cloudformation-user-guide/pull/1071",
        snapshot: trusting({ Condition: { "ForAllValues:StringEquals": { "aws:SourceAccount": "000000000000" } } }),
        ends: "sound",
    },
    {
        name: "aws:SourceArn of another service, from a copied trust policy",
        source: "https://github.com/awslabs/nx-neptune/pull/468",
        snapshot: trusting({
            Condition: {
                StringEquals: { "aws:SourceAccount": account },
                ArnLike: { "aws:SourceArn": `arn:aws:sagemaker:eu-central-1:${account}:notebook-instance/*` },
            },
        }),
        says: /aws:SourceArn.*sagemaker/,
        ends: "commands",
    },
    {
        name: "a tag of the bucket, which S3 sends only with ABAC enabled",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html",
        snapshot: withRole(list, { ...get, Condition: { StringEquals: { "aws:ResourceTag/team": "films" } } }),
        says: /aws:ResourceTag\/team/i,
        ends: "unknown",
    },
    {
        name: "a boundary that allows S3 through one VPC endpoint",
        source: "https://github.com/awslabs/service-workbench-on-aws/pull/1183",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            boundary: document({
                Sid: "ThroughEndpoint",
                Effect: "Allow",
                Action: ["s3:GetObject", "s3:ListBucket"],
                Resource: everything,
                Condition: { StringEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } },
            }),
        }),
        says: /ThroughEndpoint .*aws:SourceVpce/,
        ends: /aws:SourceVpce|boundary/,
    },
    {
        name: "a role without policies, which the bucket policy names",
        source: "https://github.com/awsdocs/iam-user-guide/issues/257",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            inline: {},
            bucketPolicy: JSON.stringify(
                document(...bucketStatements(createFixture()), {
                    Sid: "Role",
                    Effect: "Allow",
                    Principal: { AWS: roleArn },
                    Action: ["s3:GetObject", "s3:ListBucket"],
                    Resource: everything,
                }),
            ),
        }),
        ends: "sound",
        notYet: "broken: No statement of the role's policies allows s3:ListBucket; a Fix adds them",
    },
];
