import type { Statement } from "policy-evaluator";
import { document, keyPolicy, location } from "../fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "../support.ts";
import { account, bucketArn, objects, type PublicCase, refused, roleArn, withObjects } from "./case.ts";

const forRole = (more: Partial<Statement> = {}): Statement => ({
    Sid: "Role",
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: ["kms:Decrypt", "kms:DescribeKey"],
    Resource: "*",
    ...more,
});
const encrypted = (...statements: Statement[]) =>
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
const messages = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html";

const viaS3 = { "kms:ViaService": "s3.eu-central-1.amazonaws.com" };

/**
 * Returns an import of encrypted objects, with a key policy that allows the account these actions, and an additional
 * statement in the role's policy.
 */
const delegated = (Action: string | string[], statement: Partial<Statement> = {}) =>
    fixtureSnapshot({
        ...createFixture(),
        inline: {
            ...createFixture().inline,
            key: document({ Sid: "UseKey", Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...statement }),
        },
        key: {
            state: "Enabled",
            policy: document({
                Sid: "Account",
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${account}:root` },
                Action,
                Resource: "*",
            }),
        },
    });
const managedKey = `arn:aws:kms:eu-central-1:${account}:key/aws-s3`;

/** Test cases with mistakes in key policies, and AWS's error messages about them, which public sources report. */
export const keyCases: readonly PublicCase[] = [
    {
        name: "a key of another account",
        source: "https://github.com/aws/amazon-genomics-cli/issues/545",
        snapshot: foreign,
        says: new RegExp(`key.*account ${owner}`),
        ends: new RegExp(`^the administrator of the key ${foreignKey}: .*${roleArn}`),
    },
    {
        name: "a bucket key, and a condition on the object's ARN",
        source: "https://github.com/slashdevops/idp-scim-sync/pull/540",
        snapshot: withObjects(encrypted(pinned(`${bucketArn}/${location}`)), { bucketKey: true }),
        says: /kms:EncryptionContext:aws:s3:arn .*sends kms:EncryptionContext:aws:s3:arn arn:aws:s3:::films-test(?!\/)/,
        ends: /is this limit meant for this import/,
    },
    {
        name: "a bucket key, and a condition on the bucket's ARN",
        source: "https://github.com/unitycatalog/unitycatalog/pull/1774",
        snapshot: withObjects(encrypted(pinned(bucketArn)), { bucketKey: true }),
        ends: "sound",
    },
    {
        name: "kms:ViaService of another service, beside a statement for the account",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        snapshot: encrypted(
            forRole({ Sid: "Admin", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*" }),
            forRole({ Condition: { StringEquals: { "kms:ViaService": "sagemaker.eu-central-1.amazonaws.com" } } }),
        ),
        says: /kms:ViaService sagemaker/,
        ends: /kms:ViaService/,
    },
    {
        name: "a key that does not exist for the caller",
        source: "https://github.com/aws/amazon-genomics-cli/issues/545",
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
        snapshot: refused(
            fixtureSnapshot(createFixture()),
            denied("with an explicit deny in a service control policy"),
        ),
        says: /service control policy.*denies/,
        ends: /^the administrator of your AWS organization: .*service control polic/,
    },
    {
        name: "a resource control policy, in S3's own words",
        source: messages,
        snapshot: refused(
            fixtureSnapshot(createFixture()),
            denied("with an explicit deny in a resource control policy"),
        ),
        says: /resource control policy.*denies/,
        ends: /^the administrator of your AWS organization: .*resource control polic/,
    },
    {
        name: "a VPC endpoint policy of the network of the diagnosis",
        source: messages,
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
        snapshot: { ...snapshotFor(denied("with an explicit deny in a resource-based policy")), bucketPolicy: unread },
        says: /resource-based policy.* denies s3:GetObject/,
        ends: /^the owner of the bucket/,
    },
    {
        name: "the key, pasted, in a key policy that may not be read",
        source: "https://github.com/slashdevops/idp-scim-sync/pull/540",
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
    {
        name: "the objects' ARNs in the role's policy, and a bucket key",
        source: "https://github.com/fdmsantos/terraform-aws-kinesis-firehose/issues/26",
        snapshot: withObjects(
            delegated("kms:*", {
                Condition: { StringEquals: viaS3, StringLike: { "kms:EncryptionContext:aws:s3:arn": objects } },
            }),
            { bucketKey: true },
        ),
        says: /kms:EncryptionContext:aws:s3:arn/,
        ends: "commands",
    },
    {
        name: "the key of AWS for S3, and a role without permissions of KMS",
        source: "https://github.com/aws/aws-cdk/issues/10549",
        snapshot: {
            ...withObjects(fixtureSnapshot(createFixture()), { kmsKey: managedKey }),
            kmsKeys: {
                [managedKey]: {
                    is: {
                        arn: managedKey,
                        state: "Enabled",
                        manager: "AWS",
                        policy: JSON.stringify(
                            document({
                                Effect: "Allow",
                                Principal: { AWS: "*" },
                                Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
                                Resource: "*",
                                Condition: { StringEquals: { ...viaS3, "kms:CallerAccount": account } },
                            }),
                        ),
                    },
                },
            },
        },
        ends: "sound",
    },
];
