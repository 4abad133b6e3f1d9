import { bucketDenies, everything, type PublicCase, service, withBucket } from "./case.ts";

const organizationId = "o-a1b2c3d4e5";
const owner = /^the owner of the bucket films-test: except /;
const perimeter = "https://github.com/aws-samples/data-perimeter-policy-examples/issues";
const partners = ["111122223333", "444455556666"];

/** Test cases with mistakes in bucket policies, which public sources report. */
export const bucketCases: readonly PublicCase[] = [
    {
        name: "the session's ARN where the role's is sent",
        source: "https://github.com/awsdocs/iam-user-guide/issues/272",
        snapshot: bucketDenies({
            ArnNotLike: { "aws:PrincipalArn": "arn:aws:sts::000000000000:assumed-role/Import-test/*" },
            Bool: { "aws:PrincipalIsAWSService": "false" },
        }),
        says: /unless aws:PrincipalArn is like arn:aws:sts::.*sends .*aws:PrincipalArn arn:aws:iam::000000000000:role\/Import-test/,
        ends: owner,
    },
    {
        name: "the role's name typed wrong in an exception",
        source: "https://github.com/awsdocs/iam-user-guide/pull/179",
        snapshot: bucketDenies({
            StringNotLike: { "aws:PrincipalArn": "arn:aws:iam::000000000000:role/Imoprt-test" },
            Bool: { "aws:PrincipalIsAWSService": "false" },
        }),
        says: /Imoprt-test.*arn:aws:iam::000000000000:role\/Import-test.* meant/,
        ends: /^the owner of the bucket films-test: .*Import-test.* meant/,
    },
    {
        name: "the key of an exception typed wrong",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html",
        snapshot: bucketDenies({ BoolIfExists: { "aws:PrincipalIsAwsServices": "false" } }),
        says: /aws:PrincipalIsAwsServices.*aws:PrincipalIsAWSService .*meant/,
        ends: /aws:PrincipalIsAWSService .*meant/,
    },
    {
        name: "the organization of the resource in place of the source's",
        source: "https://github.com/terraform-aws-modules/terraform-aws-s3-bucket/pull/362",
        snapshot: withBucket({
            Sid: "Service",
            Effect: "Allow",
            Principal: service,
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: everything,
            Condition: { StringEquals: { "aws:ResourceOrgID": organizationId } },
        }),
        says: /requires StringEquals aws:ResourceOrgID/,
        ends: /aws:ResourceOrgID/,
    },
    {
        name: "aws:SourceOwner, which only SNS and SES send",
        source: "https://github.com/udondan/iam-floyd/issues/56",
        snapshot: withBucket({
            Sid: "Service",
            Effect: "Allow",
            Principal: service,
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: everything,
            Condition: { StringEquals: { "aws:SourceOwner": "000000000000" } },
        }),
        says: /requires StringEquals aws:SourceOwner .*sends no aws:SourceOwner/,
        ends: "commands",
    },
    {
        name: "an organization or some accounts, joined by AND",
        source: `${perimeter}/17`,
        snapshot: bucketDenies(
            {
                StringNotEqualsIfExists: { "aws:PrincipalOrgID": organizationId, "aws:PrincipalAccount": partners },
                BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
            },
            { Sid: "EnforceIdentityPerimeter" },
        ),
        says: /EnforceIdentityPerimeter denies s3:ListBucket .*sends no aws:PrincipalOrgID/,
        ends: /^the owner of the bucket/,
    },
    {
        name: "ForAnyValue with a negation on a key that is not sent",
        source: "https://github.com/awsdocs/iam-user-guide/issues/180",
        snapshot: bucketDenies({
            StringNotEquals: { "aws:PrincipalOrgID": organizationId },
            "ForAnyValue:StringNotEquals": { "aws:CalledVia": "cloudtrail.amazonaws.com" },
        }),
        ends: "sound",
    },
    {
        name: "a public statement, and RestrictPublicBuckets",
        source: "https://github.com/ministryofjustice/aws-root-account/pull/90",
        snapshot: withBucket({
            Sid: "Public",
            Effect: "Allow",
            Principal: "*",
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: everything,
        }),
        ends: "sound",
    },
    {
        name: "services on behalf of other organizations",
        source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html",
        snapshot: bucketDenies({
            StringNotEqualsIfExists: { "aws:SourceOrgID": organizationId },
            Null: { "aws:SourceAccount": "false" },
            Bool: { "aws:PrincipalIsAWSService": "true" },
        }),
        says: /Guard denies s3:ListBucket .*sends no aws:SourceOrgID/,
        ends: /^the owner of the bucket/,
    },
];
