import { fetchedValue } from "../../snapshot.ts";
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
    roleDenies,
    service,
    trusting,
    withRole,
} from "./case.ts";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const simulated = fetchedValue(fixtureSnapshot(createFixture()).simulated) ?? [];

/**
 * Test cases with mistakes in roles. Their author had read the public reports of such mistakes, but not the code of the
 * diagnosis.
 */
export const unseenRoleCases: readonly PublicCase[] = [
    {
        name: "a trust policy for the other services of the same data",
        source: "https://github.com/bentoml/BentoML/issues/892",
        words: "The role trusts EC2 and a user, and the service that runs the job cannot assume it.",
        snapshot: trusting({ Principal: { Service: ["ec2.amazonaws.com", "sagemaker.amazonaws.com"] } }),
        says: /personalize\.amazonaws\.com/,
        ends: "commands",
    },
    {
        name: "a wildcard in aws:SourceArn under StringEquals",
        source: `${guide}/confused-deputy.html`,
        words: "The ARN has a wildcard for the unknown part, which needs ArnLike.",
        snapshot: trusting({
            Condition: {
                StringEquals: {
                    "aws:SourceAccount": account,
                    "aws:SourceArn": `arn:aws:personalize:eu-central-1:${account}:*`,
                },
            },
        }),
        says: /aws:SourceArn/,
        ends: "commands",
    },
    {
        name: "aws:SourceArn of another service, from a copied trust policy",
        source: "https://github.com/awslabs/nx-neptune/pull/468",
        words: "The condition has the ARNs of notebook instances, and only their service sends these.",
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
        name: "an external ID, which only a third party sends",
        source: `${guide}/id_roles_common-scenarios_third-party.html`,
        words: "The trust policy wants sts:ExternalId, and an AWS service passes none.",
        snapshot: trusting({ Condition: { StringEquals: { "sts:ExternalId": "films-2026" } } }),
        says: /sts:ExternalId/,
        ends: /is this limit meant for this import/,
    },
    {
        name: "a condition in a second statement, which narrows nothing",
        source: "https://github.com/terraform-aws-modules/terraform-aws-lambda/pull/771",
        words: "The statements of a trust policy are joined by OR: the one without a condition is enough.",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            trust: document(
                { Effect: "Allow", Principal: service, Action: "sts:AssumeRole" },
                {
                    Effect: "Allow",
                    Principal: service,
                    Action: "sts:AssumeRole",
                    Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
                },
            ),
        }),
        ends: "sound",
    },
    {
        name: "actions of objects on the ARN of the bucket",
        source: "https://github.com/openclimatefix/nwp-consumer/issues/103",
        words: "The only resource is the bucket, and the policy's summary shows limited listing only.",
        snapshot: withRole({
            Sid: "Bucket",
            Effect: "Allow",
            Action: ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket"],
            Resource: bucketArn,
        }),
        says: /s3:GetObject.*arn:aws:s3:::films-test/,
        ends: "commands",
    },
    {
        name: "a tag of the bucket, which S3 sends only with ABAC enabled",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html",
        words: "aws:ResourceTag is sent for a bucket on which somebody enabled ABAC; the default is disabled.",
        snapshot: withRole(list, { ...get, Condition: { StringEquals: { "aws:ResourceTag/team": "films" } } }),
        says: /aws:ResourceTag\/team/i,
        ends: "unknown",
    },
    {
        name: "everything but one region is denied",
        source: "https://github.com/nccgroup/ScoutSuite/issues/727",
        words: "The policy denies all actions unless the requested region is us-west-2.",
        snapshot: roleDenies({
            Sid: "denytest",
            Action: "*",
            Resource: "*",
            Condition: { StringNotEquals: { "aws:RequestedRegion": ["us-west-2"] } },
        }),
        says: /denytest .*aws:RequestedRegion/i,
        ends: /role|denytest/,
    },
    {
        name: "everything from outside the office is denied",
        source: "https://github.com/awsdocs/iam-user-guide/issues/210",
        words: "AWS's example excepts calls via services, which a service with a role of its own is not.",
        snapshot: roleDenies({
            Sid: "Office",
            Action: "*",
            Resource: "*",
            Condition: {
                NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] },
                Bool: { "aws:ViaAWSService": "false" },
            },
        }),
        says: /Office .*aws:SourceIp/,
        ends: /role|Office/,
    },
    {
        name: "everything without MFA is denied, by NotAction",
        source: "https://github.com/humanmade/S3-Uploads/issues/321",
        words: "An organisation's policy denies all but a few actions unless MFA is present.",
        snapshot: roleDenies({
            Sid: "UnlessMfa",
            NotAction: ["iam:ListUsers", "iam:ChangePassword"],
            Resource: "*",
            Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
        }),
        says: /UnlessMfa .*aws:MultiFactorAuthPresent/,
        ends: /role|UnlessMfa/,
    },
    {
        name: "all of S3 but another bucket's folder, by NotResource",
        source: "https://github.com/awsdocs/iam-user-guide/pull/145",
        words: "The example denies s3:* on everything that is not the listed resource.",
        snapshot: roleDenies({
            Sid: "OnlyPayroll",
            Action: "s3:*",
            NotResource: ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
        }),
        says: /OnlyPayroll .*denies s3:/,
        ends: /role|OnlyPayroll/,
    },
    {
        name: "objects through Athena only",
        source: "https://github.com/alphagov/govuk-infrastructure/pull/3268",
        words: "s3:*Object is allowed if the request comes through Athena.",
        snapshot: withRole(list, {
            Sid: "ThroughAthena",
            Effect: "Allow",
            Action: "s3:*Object",
            Resource: objects,
            Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": ["athena.amazonaws.com"] } },
        }),
        says: /ThroughAthena .*aws:CalledVia/,
        ends: /is this limit meant for this import/,
    },
    {
        name: "a boundary that allows S3 through one VPC endpoint",
        source: "https://github.com/awslabs/service-workbench-on-aws/pull/1183",
        words: "The permissions boundary got a check of aws:SourceVpce.",
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
        words: "In one account, a role's ARN in the bucket policy is enough: there is no boundary, no explicit denial.",
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
    {
        name: "a denial of what changes a bucket",
        source: "https://github.com/zalando-incubator/kubernetes-on-aws/pull/4908",
        words: "The policy denies creating, updating, putting and deleting, which no import does.",
        snapshot: roleDenies({
            Action: ["s3:Create*", "s3:Update*", "s3:Put*", "s3:Delete*", "s3:Replicate*"],
            Resource: everything,
        }),
        ends: "sound",
    },
    {
        name: "a region-locking SCP, in the words of the policy simulator",
        source: "https://github.com/awsdocs/aws-organizations-docs/issues/8",
        words: "The simulator shows AllowedByOrganizations false, but it has no region to compare with the condition.",
        snapshot: {
            ...fixtureSnapshot(createFixture()),
            simulated: {
                is: simulated.map((each) => ({
                    ...each,
                    decision: "explicitDeny" as const,
                    matched: [],
                    byOrganisation: true,
                })),
            },
        },
        says: /service control polic|organi[sz]ation/i,
        ends: "unknown",
    },
];
