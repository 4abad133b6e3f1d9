import {
    allows,
    also,
    bucket,
    condition,
    isAction,
    of,
    role,
    stranger,
    trust,
} from "../../../packages/access-doctor/test/fixtures/edits.ts";
import { document, roleArnOf } from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { all, bucketAlso, chain, everything, type Fault, guard, keyWith, roleAlso, storedAs } from "./case.ts";

const github = "https://github.com";
const service = { Service: "personalize.amazonaws.com" };

/** Faults in policies, keys and locations. */
export const policyFaults: readonly Fault[] = [
    {
        name: "a trust policy that requires MFA, which no service has",
        source: `${github}/hashicorp/terraform-provider-aws/issues/8905`,
        make: trust(also({ Bool: { "aws:MultiFactorAuthPresent": "true" } })),
        says: /trust policy.*aws:MultiFactorAuthPresent/is,
        ends: /Ask: the (owner|administrator) of the (role|key) /,
    },
    {
        name: "an account number without quotes in YAML, read as an octal number",
        source: `${github}/aws-cloudformation/cloudformation-coverage-roadmap/issues/745`,
        make: trust(condition("aws:SourceAccount", "1402433619")),
        says: /aws:SourceAccount.*1402433619/,
        ends: "commands",
    },
    {
        name: "a Deny of the role with NotResource that excepts another bucket",
        source: `${github}/mozilla/security/pull/66`,
        make: roleAlso(() =>
            document({ Sid: "OnlyLogs", Effect: "Deny", Action: "s3:*", NotResource: "arn:aws:s3:::logs*" }),
        ),
        says: /OnlyLogs.*denies s3:\w+/,
        ends: /Ask:.*OnlyLogs/s,
    },
    {
        name: "a role policy for the ARN of an access point instead of the bucket",
        source: `${github}/benbjohnson/litestream/issues/923`,
        make: role(
            allows((one) => ({
                ...one,
                Resource: `arn:aws:s3:eu-central-1:000000000000:accesspoint/films${isAction("s3:GetObject")(one) ? "/object/*" : ""}`,
            })),
        ),
        says: /accesspoint\/films|access point/,
        ends: /Ask: the (owner|administrator) of the (role|key) /,
    },
    {
        name: "a role policy that allows only objects with a tag",
        source: `${github}/floci-io/floci/issues/3945`,
        make: role(of("s3:GetObject", also({ StringEquals: { "s3:ExistingObjectTag/env": "prod" } }))),
        says: /s3:ExistingObjectTag\/env prod.*(no s3:ExistingObjectTag\/env|no (such )?tag)/,
    },
    {
        name: "s3:prefix with a slash where the import lists without it",
        source: `${github}/lakekeeper/lakekeeper/issues/1795`,
        make: role(of("s3:ListBucket", also({ StringLike: { "s3:prefix": "movies/interactions.csv/*" } }))),
        says: /s3:prefix movies\/interactions\.csv\/\*.*sends s3:prefix movies\/interactions\.csv\b/,
        ends: "commands",
    },
    {
        name: "a Deny of everything without MFA, in a policy that somebody gave the role",
        source: `${github}/nccgroup/PMapper/issues/116`,
        make: roleAlso(() =>
            document({
                Sid: "VisualEditor0",
                Effect: "Deny",
                Action: "*",
                Resource: "*",
                Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
            }),
        ),
        says: /VisualEditor0.*denies s3:\w+.*aws:MultiFactorAuthPresent/,
        ends: /Ask:.*VisualEditor0/s,
    },
    {
        name: "a Deny of *log* that also matches catalog",
        source: `${github}/salesforce/policy_sentry/issues/389`,
        make: chain(
            (fixture) => JSON.parse(JSON.stringify(fixture).replaceAll(fixture.bucket, `${fixture.bucket}-catalog`)),
            roleAlso(() =>
                document({ Sid: "DenyS3Logs", Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::*log*" }),
            ),
        ),
        says: /DenyS3Logs.*denies s3:\w+.*\*log\*/,
        ends: /Ask:.*DenyS3Logs/s,
    },
    {
        name: "aws:PrincipalOrgID for the service, which belongs to no organization",
        source: `${github}/awsdocs/aws-cloudtrail-user-guide/pull/16`,
        make: bucket(allows(also({ StringEquals: { "aws:PrincipalOrgID": "o-xxxxxxxxxx" } }))),
        says: /aws:PrincipalOrgID o-xxxxxxxxxx.*no aws:PrincipalOrgID/,
    },
    {
        name: "a Deny with NotPrincipal that excepts the role, but neither its sessions nor the service",
        source: `${github}/aws/aws-cli/issues/1333`,
        make: bucketAlso((fixture) => ({
            Sid: "OnlyHR",
            Effect: "Deny",
            NotPrincipal: { AWS: [`arn:aws:iam::${stranger}:role/HR-database-access-role`, roleArnOf(fixture)] },
            Action: "s3:*",
            Resource: everything(fixture),
        })),
        says: /OnlyHR.*denies s3:\w+/,
        ends: /Ask:.*OnlyHR/s,
    },
    {
        name: "the unique id of a deleted role as the only principal of the bucket policy",
        source: `${github}/cloud-custodian/cloud-custodian/issues/9879`,
        make: bucket(allows((one) => ({ ...one, Principal: { AWS: "AROA1234567123456DEXA" } }))),
        says: /AROA1234567123456DEXA.*not for the service personalize\.amazonaws\.com/,
        ends: "commands",
    },
    {
        name: "a Deny for the bucket's own account, which applies to its roles since 2023",
        source: `${github}/gruntwork-io/terragrunt/issues/2577`,
        make: bucketAlso(guard({}, { Sid: "RootAccess", Principal: { AWS: "000000000000" } })),
        says: /RootAccess.*denies s3:\w+/,
        ends: /Ask:.*RootAccess/s,
    },
    {
        name: "a Deny of requests without the encryption header, for all actions instead of uploads",
        source: `${github}/aws-quickstart/quickstart-compliance-common/issues/29`,
        make: bucketAlso(
            guard(
                { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } },
                { Sid: "DenyUnEncryptedObjectUploads" },
            ),
        ),
        says: /DenyUnEncryptedObjectUploads.*denies s3:\w+.*s3:x-amz-server-side-encryption/,
        ends: /Ask:.*DenyUnEncryptedObjectUploads/s,
    },
    {
        name: "kms:ViaService with an account number in place of the region",
        source: `${github}/awslabs/landing-zone-accelerator-on-aws/issues/87`,
        make: keyWith((fixture) => ({
            Sid: "ViaS3",
            Effect: "Allow",
            Principal: { AWS: roleArnOf(fixture) },
            Action: "kms:*",
            Resource: "*",
            Condition: { StringEquals: { "kms:ViaService": "s3.000000000000.amazonaws.com" } },
        })),
        says: /kms:ViaService s3\.000000000000\.amazonaws\.com.*s3\.eu-central-1\.amazonaws\.com/,
    },
    {
        name: "the bucket's ARN as encryption context of objects without a bucket key",
        source: `${github}/ministryofjustice/modernisation-platform/pull/13396`,
        make: keyWith((fixture) => ({
            Sid: "Context",
            Effect: "Allow",
            Principal: service,
            Action: "kms:Decrypt",
            Resource: "*",
            Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${fixture.bucket}` } },
        })),
        says: /kms:EncryptionContext:aws:s3:arn arn:aws:s3:::\S+.*sends .*\/movies\/interactions\.csv/,
        ends: /Ask: the (owner|administrator) of the (role|key) /,
    },
    {
        name: "a key that only an attested enclave may use",
        source: `${github}/aws/aws-nitro-enclaves-sdk-c/issues/157`,
        make: keyWith(
            () => ({ Sid: "Use", Effect: "Allow", Principal: service, Action: "kms:Decrypt", Resource: "*" }),
            () => ({
                Sid: "NoAttestation",
                Effect: "Deny",
                Principal: "*",
                Action: ["kms:Encrypt", "kms:Decrypt"],
                Resource: "*",
                Condition: { Null: { "kms:RecipientAttestation:ImageSha384": "true" } },
            }),
        ),
        says: /NoAttestation.*denies kms:Decrypt.*kms:RecipientAttestation/,
        ends: /Ask:.*NoAttestation/s,
    },
    {
        name: "an object behind a delete marker",
        source: `${github}/awsdocs/amazon-s3-developer-guide/issues/49`,
        make: (fixture) => fixture,
        also: async ({ s3 }, { bucket: Bucket, location: Key }) => {
            await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
            await s3.deleteObject({ Bucket, Key });
        },
        says: /movies\/interactions\.csv.*(delete marker|was deleted|is deleted)/,
        ends: /(Ask|Next):/,
    },
    {
        name: "plus signs in place of the spaces of a key",
        source: `${github}/opensearch-project/data-prepper/issues/1923`,
        make: storedAs("movies/has some spaces.csv", "movies/has+some+spaces.csv"),
        says: /has\+some\+spaces\.csv.*has some spaces\.csv/s,
    },
    {
        name: "the bucket's host name in place of its name",
        source: `${github}/bgahagan/git-remote-s3/issues/15`,
        make: (fixture) => fixture,
        bucketPart: ({ bucket: name }) => `${name}.s3.us-west-1.amazonaws.com`,
        says: all(
            /films-fault\d+\.s3\.us-west-1\.amazonaws\.com/,
            /films-fault\d+\b(?!\.)/,
            /host name|endpoint|no such bucket/,
        ),
        mustNot: /create-bucket/,
    },
    {
        name: "an import that a service control policy denies",
        source: `${github}/kubernetes-sigs/aws-load-balancer-controller/issues/2322`,
        make: bucket(allows(({ Condition: _, ...one }) => one)),
        unseen: true,
        says: /service control polic|\bSCP/i,
        mustNot: /fixed since|bucketPolicyConditions false/i,
    },
    {
        name: "an import that a session policy narrows",
        source: `${github}/aws/aws-sdk-js/issues/4303`,
        make: (fixture) => fixture,
        unseen: true,
        says: /session polic/i,
        mustNot: /fixed since|bucketPolicyConditions false/i,
    },
    {
        name: "an import through a VPC endpoint whose policy allows nothing",
        source: `${github}/terraform-aws-modules/terraform-aws-vpc/issues/680`,
        make: role(of("s3:GetObject", (one) => ({ ...one, Resource: "arn:aws:s3:::*/*" }))),
        unseen: true,
        says: /endpoint polic/i,
        mustNot: /fixed since|bucketPolicyConditions false/i,
    },
];
