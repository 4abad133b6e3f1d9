import { createFixture, fixtureSnapshot } from "../support.ts";
import {
    bucketDenies,
    bucketStatements,
    everything,
    objects,
    type PublicCase,
    roleArn,
    service,
    withBucket,
    withObjects,
} from "./case.ts";

const organisationId = "o-a1b2c3d4e5";
const owner = /^the owner of the bucket films-test: except /;
const dotted = { ...createFixture(), bucket: "films.test.example" };
const inDotted = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll("films-test", dotted.bucket));

/** Test cases with mistakes in bucket policies, which public sources report. */
export const bucketCases: readonly PublicCase[] = [
    {
        name: "all but two user ids",
        source: "https://github.com/JetBrains/teamcity-s3-artifact-storage-plugin/issues/28",
        words: "The bucket denies everything but one role's sessions and an account, by aws:userId.",
        snapshot: bucketDenies({ StringNotLike: { "aws:userId": ["AROAONLYTHISROLE0001:*", "111111111111"] } }),
        says: /Guard .*denies s3:ListBucket unless aws:userId is .*AROAONLYTHISROLE0001/,
        ends: owner,
    },
    {
        name: "aws:SourceArn where aws:PrincipalArn is meant",
        source: "https://github.com/prowler-cloud/prowler/pull/336",
        words: "An exception for a user and a role's sessions, by the key of a service's resource.",
        snapshot: bucketDenies({ ArnNotLike: { "aws:SourceArn": ["arn:aws:iam::000000000000:user/ann", roleArn] } }),
        says: /denies s3:ListBucket unless aws:SourceArn is .* sends no aws:SourceArn/,
        ends: owner,
    },
    {
        name: "the session's ARN where the role's is sent",
        source: "https://github.com/awsdocs/iam-user-guide/issues/272",
        words: "Whether a role or its session is named by which ARN is not clear.",
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
        words: "A denial of all but one role, by aws:PrincipalArn, which AWS does not check.",
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
        words: "A key that does not exist is not in the request: StringNotEquals holds then.",
        snapshot: bucketDenies({ BoolIfExists: { "aws:PrincipalIsAwsServices": "false" } }),
        says: /aws:PrincipalIsAwsServices.*aws:PrincipalIsAWSService .*meant/,
        ends: /aws:PrincipalIsAWSService .*meant/,
    },
    {
        name: "an account's denial of listing",
        source: "https://github.com/noobaa/noobaa-core/issues/10060",
        words: "A denial of s3:ListBucket for an account's id.",
        snapshot: bucketDenies(undefined, { Principal: { AWS: "000000000000" }, Action: "s3:ListBucket" }),
        says: /Guard .*denies s3:ListBucket/,
        ends: owner,
    },
    {
        name: "an organisation by IfExists",
        source: "https://github.com/awsdocs/iam-user-guide/issues/58",
        words: "A service does not have the key, and IfExists holds then.",
        snapshot: bucketDenies({ StringLikeIfExists: { "aws:PrincipalOrgID": "foo" } }, { Action: "s3:GetObject" }),
        says: /Guard .*denies s3:GetObject if aws:PrincipalOrgID is foo/,
        ends: owner,
    },
    {
        name: "everybody of an organisation, and not the service",
        source: "https://github.com/aws/aws-cdk/issues/32756",
        words: "The bucket is open to the organisation, to which a service does not belong.",
        snapshot: withBucket({
            Sid: "Organisation",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
            Resource: everything,
            Condition: { StringEquals: { "aws:PrincipalOrgID": organisationId } },
        }),
        says: /Organisation .*requires StringEquals aws:PrincipalOrgID .*sends no aws:PrincipalOrgID/,
        ends: /aws:PrincipalOrgID/,
    },
    {
        name: "the organisation of the resource in place of the source's",
        source: "https://github.com/terraform-aws-modules/terraform-aws-s3-bucket/pull/362",
        words: "aws:ResourceOrgID where aws:SourceOrgID is meant.",
        snapshot: withBucket({
            Sid: "Service",
            Effect: "Allow",
            Principal: service,
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: everything,
            Condition: { StringEquals: { "aws:ResourceOrgID": organisationId } },
        }),
        says: /requires StringEquals aws:ResourceOrgID/,
        ends: /aws:ResourceOrgID/,
    },
    {
        name: "aws:SourceOwner, which only SNS and SES send",
        source: "https://github.com/udondan/iam-floyd/issues/56",
        words: "The key is in no list of global condition keys.",
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
        name: "all objects that no scan found healthy",
        source: "https://github.com/Enterprise-CMCS/macpro-quickstart-serverless/issues/89",
        words: "Reading is denied to all but the scanner, unless the object is tagged HEALTHY.",
        snapshot: bucketDenies({ StringNotEquals: { "s3:ExistingObjectTag/virusScanStatus": "HEALTHY" } }, {
            Principal: undefined,
            NotPrincipal: { AWS: ["arn:aws:iam::000000000000:role/scan", "arn:aws:iam::000000000000:root"] },
            Action: "s3:GetObject",
            Resource: objects,
        } as never),
        says: /Guard .*denies s3:GetObject .*unless s3:ExistingObjectTag\/virusScanStatus is HEALTHY; .* sends no /,
        ends: owner,
    },
    {
        name: "an object with a threat",
        source: "https://github.com/ministryofjustice/modernisation-platform-environments/pull/17178",
        words: "Reading is denied if GuardDuty's tag is there, and is not NO_THREATS_FOUND.",
        snapshot: withObjects(
            bucketDenies(
                {
                    StringNotEquals: { "s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "NO_THREATS_FOUND" },
                    Null: { "s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "false" },
                },
                { Action: "s3:GetObject", Resource: objects },
            ),
            { tags: { GuardDutyMalwareScanStatus: "THREATS_FOUND" } },
        ),
        says: /GuardDutyMalwareScanStatus is NO_THREATS_FOUND.* sends .*THREATS_FOUND/,
        ends: owner,
    },
    {
        name: "an infected tag that this object does not have",
        source: "https://github.com/awslabs/cdk-serverless-clamscan/issues/635",
        words: "Reading is denied while an object is in progress or infected.",
        snapshot: withObjects(
            bucketDenies(
                { StringEquals: { "s3:ExistingObjectTag/scan-status": ["IN PROGRESS", "INFECTED", "ERROR"] } },
                { Action: "s3:GetObject", Resource: objects },
            ),
            { tags: { "scan-status": "CLEAN" } },
        ),
        ends: "sound",
    },
    {
        name: "a bucket with dots",
        source: "https://github.com/aws/aws-sdk-ruby/issues/1125",
        words: "It was not the dot in the bucket's name, but the policy of the role.",
        snapshot: fixtureSnapshot({ ...dotted, bucketPolicy: inDotted(createFixture().bucketPolicy) }),
        says: /allows s3:ListBucket on arn:aws:s3:::films-test, not on arn:aws:s3:::films\.test\.example: another bucket/,
        ends: "commands",
    },
    {
        name: "a bucket with dots, and policies that name it",
        source: "https://github.com/pgbackrest/pgbackrest/issues/1818",
        words: "Dots are legal in bucket names.",
        snapshot: fixtureSnapshot({
            ...dotted,
            bucketPolicy: inDotted(createFixture().bucketPolicy),
            inline: inDotted(createFixture().inline),
        }),
        ends: "sound",
    },
    {
        name: "a role without a permission that no import needs",
        source: "https://github.com/data-dot-all/dataall/issues/1245",
        words: "The role lacks s3:GetEncryptionConfiguration.",
        snapshot: withBucket(...bucketStatements(createFixture())),
        ends: "sound",
    },
];
