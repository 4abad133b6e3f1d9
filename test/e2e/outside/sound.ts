import { allows, bucket, of, role, stranger, trust } from "../../../packages/access-doctor/test/fixtures/edits.ts";
import { document, roleArnOf } from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { bucketAlso, chain, guard, keyWith, lines, objectArns, roleAlso, type Setup } from "./case.ts";

const github = "https://github.com";
const guide = "https://docs.aws.amazon.com";

/** Set-ups that look like a fault, and whose import succeeds. */
export const soundSetups: readonly Setup[] = [
    {
        name: "a Deny of old versions of TLS",
        source: `${github}/terraform-aws-modules/terraform-aws-s3-bucket/pull/126`,
        make: bucketAlso(guard({ NumericLessThan: { "s3:TlsVersion": "1.2" } })),
    },
    {
        name: "a data perimeter that excepts the own account and AWS services",
        source: `${github}/aws-samples/data-perimeter-policy-examples/issues/17`,
        make: bucketAlso(
            guard({
                StringNotEqualsIfExists: {
                    "aws:PrincipalOrgID": "o-exampleorg",
                    "aws:PrincipalAccount": ["000000000000", stranger],
                },
                BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
            }),
        ),
    },
    {
        name: "a Deny of uploads without an encryption header",
        source: `${github}/awsdocs/amazon-s3-userguide/issues/72`,
        make: bucketAlso((fixture) => ({
            Sid: "DenyIncorrectEncryptionHeader",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: objectArns(fixture),
            Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } },
        })),
    },
    {
        name: "a Deny of deletions without MFA",
        source: `${guide}/AmazonS3/latest/userguide/example-bucket-policies.html`,
        make: bucketAlso(
            guard(
                { Null: { "aws:MultiFactorAuthAge": "true" } },
                { Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"] },
            ),
        ),
    },
    {
        name: "a trust policy without conditions, for two services and a user's account",
        source: `${guide}/personalize/latest/dg/set-up-required-permissions.html`,
        make: (fixture) => ({
            ...fixture,
            trust: document({
                Effect: "Allow",
                Principal: {
                    AWS: "arn:aws:iam::000000000000:root",
                    Service: ["glue.amazonaws.com", "personalize.amazonaws.com"],
                },
                Action: "sts:AssumeRole",
            }),
        }),
    },
    {
        name: "an object of the storage class Glacier Instant Retrieval",
        source: `${github}/getmoto/moto/issues/8748`,
        make: (fixture) => ({
            ...fixture,
            objects: { [fixture.location]: { header: "good", rows: "many", storageClass: "GLACIER_IR" } },
        }),
    },
    {
        name: "a role that may do everything except IAM",
        source: `${guide}/IAM/latest/UserGuide/reference_policies_elements_notaction.html`,
        make: (fixture) => ({
            ...fixture,
            inline: { power: document({ Effect: "Allow", NotAction: ["iam:*", "organizations:*"], Resource: "*" }) },
        }),
    },
    {
        name: "a Deny of buckets of other accounts",
        source: `${github}/braintrustdata/terraform-aws-braintrust-data-plane/pull/320`,
        make: roleAlso(() =>
            document({
                Sid: "OnlyOwnAccount",
                Effect: "Deny",
                Action: "s3:*",
                Resource: "*",
                Condition: { StringNotEquals: { "aws:ResourceAccount": "000000000000" } },
            }),
        ),
    },
    {
        name: "a bucket policy of the old version with wildcards in its actions",
        source: `${guide}/IAM/latest/UserGuide/reference_policies_elements_version.html`,
        make: chain(bucket(allows((one) => ({ ...one, Action: ["s3:Get*", "s3:List*"] }))), (fixture) => ({
            ...fixture,
            bucketPolicy: fixture.bucketPolicy?.replace("2012-10-17", "2008-10-17"),
        })),
    },
    {
        name: "a Deny of another prefix of the same bucket",
        source: `${github}/versity/versitygw/issues/1092`,
        make: chain(
            trust((one) => ({ ...one, Action: ["sts:AssumeRole", "sts:TagSession"] })),
            role(of("s3:GetObject", (one) => ({ ...one, Action: "s3:GetObject*" }))),
            bucketAlso((fixture) => ({
                Sid: "NotPrivate",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:GetObject",
                Resource: `arn:aws:s3:::${fixture.bucket}/movies/private/*`,
            })),
        ),
    },
    {
        name: "columns in another order with quoted values and lines that end as on Windows",
        source: `${github}/aws-samples/amazon-personalize-samples/issues/17`,
        make: lines(
            ([user, item, time]) => `${time},"Watch","${item}","${user}"\r`,
            "TIMESTAMP,EVENT_TYPE,ITEM_ID,USER_ID\r",
        ),
    },
    {
        name: "a key that the role may use only through S3, for objects of the bucket",
        source: `${github}/kubernetes/kops/pull/18363`,
        make: keyWith((fixture) => ({
            Sid: "ViaS3",
            Effect: "Allow",
            Principal: { AWS: roleArnOf(fixture) },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: {
                StringLike: { "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${fixture.bucket}/*` },
                StringEquals: { "kms:ViaService": ["ec2.eu-central-1.amazonaws.com", "s3.eu-central-1.amazonaws.com"] },
            },
        })),
    },
];
