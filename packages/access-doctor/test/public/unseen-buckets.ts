import type { Statement } from "policy-evaluator";
import { createFixture } from "../support.ts";
import {
    account,
    bucketDenies,
    bucketStatements,
    everything,
    objects,
    type PublicCase,
    roleArn,
    service,
    withBucket,
    withRoleFacts,
} from "./case.ts";

const s3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";
const perimeter = "https://github.com/aws-samples/data-perimeter-policy-examples/issues";
const ownOrganisation = "o-a1b2c3d4e5";
const partners = ["111122223333", "444455556666"];
const [lists] = bucketStatements(createFixture()) as [Statement];

/**
 * Test cases with mistakes in bucket policies. Their author had read the public reports of such mistakes, but not the
 * code of the diagnosis.
 */
export const unseenBucketCases: readonly PublicCase[] = [
    {
        name: "one VPC endpoint and some roles",
        source: "https://github.com/ministryofjustice/opg-digideps/pull/2920",
        words: "All others are denied, also a role that the reviewer finds missing in the exceptions.",
        snapshot: bucketDenies({
            StringNotEquals: { "aws:SourceVpce": ["vpce-0a1b2c3d4e5f60718"] },
            ArnNotLike: {
                "aws:PrincipalArn": [
                    `arn:aws:iam::${account}:role/operator`,
                    `arn:aws:iam::${account}:role/breakglass`,
                ],
            },
        }),
        says: /Guard .*denies s3:ListBucket .*(aws:SourceVpce|aws:PrincipalArn)/,
        ends: /owner of the bucket/,
    },
    {
        name: "objects for everybody in one VPC",
        source: "https://github.com/Netflix/security_monkey/issues/641",
        words: "The bucket looks wide open, but the statement has a condition on aws:sourceVpc.",
        snapshot: withBucket(lists, {
            Sid: "InsideVpc",
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: objects,
            Condition: { StringEquals: { "aws:sourceVpc": "vpc-01234567" } },
        }),
        says: /InsideVpc .*aws:sourceVpc/i,
        ends: /is this limit meant for this import/,
    },
    {
        name: "NotPrincipal with the role and without its session",
        source: "https://github.com/MathieuLoutre/grunt-aws-s3/issues/116",
        words: "A denial of all but one role denies this role's sessions, too.",
        snapshot: withBucket(...bucketStatements(createFixture()), {
            Sid: "Stmt1371012493903",
            Effect: "Deny",
            NotPrincipal: { AWS: roleArn },
            Action: ["s3:List*", "s3:Get*"],
            Resource: objects,
        }),
        says: /Stmt1371012493903 .*denies s3:GetObject/,
        ends: /owner of the bucket/,
    },
    {
        name: "old TLS versions, of encrypted connections",
        source: "https://github.com/ministryofjustice/modernisation-platform-environments/pull/4693",
        words: "TLS below 1.2 is denied; AWS's endpoints do not accept less than 1.2.",
        snapshot: bucketDenies({
            Bool: { "aws:SecureTransport": "true" },
            NumericLessThan: { "s3:TlsVersion": "1.2" },
        }),
        ends: "sound",
    },
    {
        name: "no TLS version but 1.2",
        source: "https://github.com/onc-healthit/onc-certification-g10-test-kit/issues/161",
        words: "NumericNotEquals also denies TLS 1.3, and AWS does not say which one the service uses.",
        snapshot: bucketDenies({ NumericNotEquals: { "s3:TlsVersion": "1.2" } }),
        says: /s3:TlsVersion/i,
        ends: "unknown",
    },
    {
        name: "Signature Version 2",
        source: "https://github.com/aws-ia/taskcat/pull/275",
        words: "Old signatures are denied; regions since 2014, such as eu-central-1, never accepted them.",
        snapshot: bucketDenies({ StringEquals: { "s3:signatureversion": "AWS" } }),
        ends: "sound",
    },
    {
        name: "an organisation or some accounts, joined by AND",
        source: `${perimeter}/17`,
        words: "A principal of the organisation passes. The simulator names no organisation of this account.",
        snapshot: bucketDenies(
            {
                StringNotEqualsIfExists: { "aws:PrincipalOrgID": ownOrganisation, "aws:PrincipalAccount": partners },
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
        words: "ForAnyValue is false without the key, and the denial applies to nobody who sends no aws:CalledVia.",
        snapshot: bucketDenies({
            StringNotEquals: { "aws:PrincipalOrgID": ownOrganisation },
            "ForAnyValue:StringNotEquals": { "aws:CalledVia": "cloudtrail.amazonaws.com" },
        }),
        ends: "sound",
    },
    {
        name: "a network perimeter, and a role inside it",
        source: `${perimeter}/24`,
        words: "The keys for services do not except a service that uses a role of the customer.",
        snapshot: withRoleFacts(
            bucketDenies(
                {
                    NotIpAddressIfExists: { "aws:SourceIp": "203.0.113.0/24" },
                    StringNotEqualsIfExists: {
                        "aws:SourceVpc": "vpc-01234567",
                        "aws:PrincipalTag/network-perimeter-exception": "true",
                        "aws:PrincipalAccount": partners,
                    },
                    BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" },
                    ArnNotLikeIfExists: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/aws-service-role/*` },
                    StringEquals: { "aws:PrincipalTag/data-perimeter-include": "true" },
                },
                { Sid: "EnforceNetworkPerimeter" },
            ),
            { tags: { "data-perimeter-include": "true" } },
        ),
        says: /EnforceNetworkPerimeter .*denies s3:ListBucket .*aws:Source(Vpc|Ip)/,
        ends: /owner of the bucket/,
    },
    {
        name: "the id of a deleted role",
        source: "https://github.com/ministryofjustice/analytical-platform/pull/4932",
        words: "AWS shows a deleted principal by its id, which nobody has.",
        snapshot: withBucket({
            Sid: "Deleted",
            Effect: "Allow",
            Principal: { AWS: "AROA27HJSWAHEPTTLIWSO" },
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: everything,
        }),
        says: /AROA27HJSWAHEPTTLIWSO|personalize\.amazonaws\.com/,
        ends: "commands",
    },
    {
        name: "all without MFA, by its age",
        source: `${s3}/example-bucket-policies.html`,
        words: "The key is absent for credentials that were not created with an MFA device.",
        snapshot: bucketDenies({ Null: { "aws:MultiFactorAuthAge": "true" } }),
        says: /Guard .*denies s3:ListBucket .*aws:MultiFactorAuthAge/,
        ends: /owner of the bucket/,
    },
    {
        name: "everything in another folder",
        source: "https://github.com/noobaa/noobaa-core/issues/6656",
        words: "The statement allows s3:* below subfolder/, and the file lies elsewhere.",
        snapshot: withBucket({
            Sid: "folderAccess",
            Effect: "Allow",
            Principal: service,
            Action: "s3:*",
            Resource: `${everything[0]}/subfolder/*`,
        }),
        says: /folderAccess .*subfolder/i,
        ends: /is this limit meant for this import/,
    },
    {
        name: "access control delegated to access points",
        source: `${s3}/access-points-policies.html`,
        words: "The bucket policy allows what comes through an access point of the account.",
        snapshot: withBucket({
            Sid: "AccessPoints",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: "*",
            Resource: everything,
            Condition: { StringEquals: { "s3:DataAccessPointAccount": account } },
        }),
        says: /AccessPoints .*(s3:DataAccessPointAccount|personalize\.amazonaws\.com)/,
        ends: /is this limit meant for this import/,
    },
    {
        name: "a public statement, and RestrictPublicBuckets",
        source: "https://github.com/ministryofjustice/aws-root-account/pull/90",
        words: "The restriction leaves the services of AWS and the account's own principals in.",
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
        name: "services on behalf of other organisations",
        source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html",
        words: "AWS's protection from the confused deputy. The simulator names no organisation of this account.",
        snapshot: bucketDenies({
            StringNotEqualsIfExists: { "aws:SourceOrgID": ownOrganisation },
            Null: { "aws:SourceAccount": "false" },
            Bool: { "aws:PrincipalIsAWSService": "true" },
        }),
        says: /Guard denies s3:ListBucket .*sends no aws:SourceOrgID/,
        ends: /^the owner of the bucket/,
    },
];
