import type { Statement } from "policy-evaluator";
import { document, keyPolicy, location } from "../fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "../support.ts";
import { account, bucketArn, type PublicCase, refused, roleArn, withObjects } from "./case.ts";

export const forRole = (more: Partial<Statement> = {}): Statement => ({
    Sid: "Role",
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: ["kms:Decrypt", "kms:DescribeKey"],
    Resource: "*",
    ...more,
});
export const encrypted = (...statements: Statement[]) =>
    fixtureSnapshot({
        ...createFixture(),
        key: { state: "Enabled", policy: keyPolicy(createFixture(), ...statements) },
    });
const owner = "111111111111";
const foreignKey = `arn:aws:kms:eu-central-1:${owner}:key/KEY`;
/**
 * A KMS key of another account. KMS never returns the policy of such a key ("AWS KMS permissions", cross-account use).
 */
const foreign = {
    ...withObjects(fixtureSnapshot(createFixture()), { kmsKey: foreignKey }),
    kmsKeys: {
        [foreignKey]: {
            unread: "kms:GetKeyPolicy is denied (AccessDeniedException: User is not authorized)",
            needs: "kms:GetKeyPolicy",
        },
    },
};
const pinned = (arn: string) => forRole({ Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": arn } } });
const denied = (why: string, action = "s3:GetObject", resource = `"${bucketArn}/${location}"`) =>
    `User: arn:aws:sts::${account}:assumed-role/Import-test/PersonalizeSession is not authorized to perform: ${action} on resource: ${resource} ${why}`;
const snapshotFor = (reported: string) => ({ ...fixtureSnapshot(createFixture()), reported });
const unread = { unread: "AccessDenied: not authorized" };
/** Returns a key policy with one administrator, who is not the caller. */
const messages = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html";

/** Test cases with mistakes in key policies, and AWS's error messages about them, which public sources report. */
export const keyCases: readonly PublicCase[] = [
    {
        name: "a key of another account",
        source: "https://github.com/aws/amazon-genomics-cli/issues/545",
        words: "The bucket is encrypted with a key of its own account, which the role's account cannot read.",
        snapshot: foreign,
        says: new RegExp(`key.*account ${owner}`),
        ends: new RegExp(`^the administrator of the key ${foreignKey}: .*${roleArn}`),
    },
    {
        name: "a bucket key, and a condition on the object's ARN",
        source: "https://github.com/slashdevops/idp-scim-sync/pull/540",
        words: "With a bucket key, S3 sends the bucket's ARN as the encryption context, never the object's.",
        snapshot: withObjects(encrypted(pinned(`${bucketArn}/${location}`)), { bucketKey: true }),
        says: /kms:EncryptionContext:aws:s3:arn .*sends kms:EncryptionContext:aws:s3:arn arn:aws:s3:::films-test(?!\/)/,
        ends: /is this limit meant for this import/,
    },
    {
        name: "a bucket key, and a condition on the bucket's ARN",
        source: "https://github.com/unitycatalog/unitycatalog/pull/1774",
        words: "The bucket's ARN is sent where a bucket key is used.",
        snapshot: withObjects(encrypted(pinned(bucketArn)), { bucketKey: true }),
        ends: "sound",
    },
    {
        name: "kms:ViaService of another region",
        source: "https://github.com/aws/aws-cdk/issues/1852",
        words: "Everybody of the account may decrypt through S3, of one region.",
        snapshot: encrypted(
            forRole({
                Principal: { AWS: "*" },
                Condition: {
                    StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com", "kms:CallerAccount": account },
                },
            }),
        ),
        says: /kms:ViaService s3\.us-west-2/,
        ends: /kms:ViaService/,
    },
    {
        name: "kms:ViaService of another service, beside a statement for the account",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        words: "The key's policy lets the role in through SageMaker only, and the account by its own policies.",
        snapshot: encrypted(
            forRole({ Sid: "Admin", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*" }),
            forRole({ Condition: { StringEquals: { "kms:ViaService": "sagemaker.eu-central-1.amazonaws.com" } } }),
        ),
        says: /kms:ViaService sagemaker/,
        ends: /kms:ViaService/,
    },
    {
        name: "kms:ViaService and kms:CallerAccount as an import sends them",
        source: "https://github.com/aws/aws-cdk/issues/26672",
        words: "The role's policy has the two conditions, and the key policy leaves it to the account.",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            inline: {
                ...createFixture().inline,
                key: document({
                    Effect: "Allow",
                    Action: "kms:Decrypt",
                    Resource: "*",
                    Condition: {
                        StringEquals: {
                            "kms:CallerAccount": account,
                            "kms:ViaService": "s3.eu-central-1.amazonaws.com",
                        },
                    },
                }),
            },
            key: {
                state: "Enabled",
                policy: document({
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${account}:root` },
                    Action: "kms:*",
                    Resource: "*",
                }),
            },
        }),
        ends: "sound",
    },
    {
        name: "a wildcard that StringEquals does not know",
        source: "https://github.com/terraform-aws-modules/terraform-aws-datadog-forwarders/pull/58",
        words: "kms:ViaService with s3.*.amazonaws.com, which needs StringLike.",
        snapshot: encrypted(forRole({ Condition: { StringEquals: { "kms:ViaService": "s3.*.amazonaws.com" } } })),
        says: /StringEquals kms:ViaService .*StringLike/,
        ends: "commands",
    },
    {
        name: "the new account's root only",
        source: "https://github.com/govuk-one-login/authentication-frontend/pull/2146",
        words: "The key policy allows decryption to another account.",
        snapshot: encrypted(forRole({ Principal: { AWS: `arn:aws:iam::${owner}:root` }, Action: "kms:Decrypt" })),
        says: /lets neither the role nor Personalize decrypt/,
        ends: "commands",
    },
    {
        name: "a key that does not exist for the caller",
        source: "https://github.com/aws/amazon-genomics-cli/issues/545",
        words: "The ciphertext refers to a customer master key that does not exist, or that may not be accessed.",
        snapshot: refused(
            fixtureSnapshot(createFixture()),
            "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
        ),
        says: /key/,
        ends: "unknown",
    },
    {
        name: "a service control policy, in S3's own words",
        source: "https://github.com/aws-samples/data-perimeter-policy-examples/issues/15",
        words: "An SCP denies reading buckets without an exception's tag.",
        snapshot: refused(
            fixtureSnapshot(createFixture()),
            denied("with an explicit deny in a service control policy"),
        ),
        says: /service control policy.*denies/,
        ends: /^the administrator of your AWS organisation: .*service control polic/,
    },
    {
        name: "a resource control policy, in S3's own words",
        source: messages,
        words: "RCPs are shown as such.",
        snapshot: refused(
            fixtureSnapshot(createFixture()),
            denied("with an explicit deny in a resource control policy"),
        ),
        says: /resource control policy.*denies/,
        ends: /^the administrator of your AWS organisation: .*resource control polic/,
    },
    {
        name: "no service control policy allows it, pasted",
        source: messages,
        words: "An implicit denial of an SCP.",
        snapshot: snapshotFor(denied("because no service control policy allows the s3:GetObject action")),
        says: /service control policy/,
        ends: /^the administrator of your AWS organisation: /,
    },
    {
        name: "a VPC endpoint policy of the network of the diagnosis",
        source: messages,
        words: "An import does not pass through the endpoint that refuses the person.",
        snapshot: refused(
            fixtureSnapshot(createFixture()),
            `User: arn:aws:iam::${account}:user/ann is not authorized to perform: s3:GetObject on resource: "${bucketArn}/${location}" because no VPC endpoint policy allows the s3:GetObject action`,
        ),
        says: /VPC endpoint/,
        ends: "unknown",
    },
    {
        name: "a boundary, pasted, with documents that may not be read",
        source: messages,
        words: "because no permissions boundary allows the action",
        snapshot: {
            ...snapshotFor(denied("because no permissions boundary allows the s3:GetObject action")),
            role: unread,
            simulated: unread,
        },
        says: /permissions boundary.* s3:GetObject/,
        ends: /boundary/,
    },
    {
        name: "the role's policies, pasted, with documents that may not be read",
        source: messages,
        words: "because no identity-based policy allows the action",
        snapshot: {
            ...snapshotFor(denied("because no identity-based policy allows the s3:GetObject action")),
            role: unread,
            simulated: unread,
        },
        says: /identity-based policy.* s3:GetObject/,
        ends: /the role/,
    },
    {
        name: "a bucket policy's denial, pasted, with a bucket policy that may not be read",
        source: "https://github.com/noobaa/noobaa-core/issues/10060",
        words: "with an explicit deny in a resource-based policy",
        snapshot: { ...snapshotFor(denied("with an explicit deny in a resource-based policy")), bucketPolicy: unread },
        says: /resource-based policy.* denies s3:GetObject/,
        ends: /^the owner of the bucket/,
    },
    {
        name: "the key, pasted, in a key policy that may not be read",
        source: "https://github.com/slashdevops/idp-scim-sync/pull/540",
        words: "kms:Decrypt … because no identity-based policy allows the kms:Decrypt action",
        snapshot: {
            ...foreign,
            reported: denied(
                "because no resource-based policy allows the kms:Decrypt action",
                "kms:Decrypt",
                foreignKey,
            ),
        },
        says: /kms:Decrypt|key/,
        ends: new RegExp(`^the administrator of the key ${foreignKey}`),
    },
];
