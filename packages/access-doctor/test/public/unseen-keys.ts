import type { Statement } from "policy-evaluator";
import { document, keyPolicy } from "../fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "../support.ts";
import { account, objects, type PublicCase, withObjects } from "./case.ts";
import { encrypted, forRole } from "./key.ts";

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

/**
 * Test cases with mistakes in key policies and objects. Their author had read the public reports of such mistakes, but
 * not the code of the diagnosis.
 */
export const unseenKeyCases: readonly PublicCase[] = [
    {
        name: "a key policy for those who manage the key",
        source: "https://github.com/ministryofjustice/analytical-platform/pull/10547",
        words: "The key policy gives the account the actions of management, and none that use the key.",
        snapshot: delegated([
            "kms:Create*",
            "kms:Describe*",
            "kms:Enable*",
            "kms:List*",
            "kms:Put*",
            "kms:Update*",
            "kms:Revoke*",
            "kms:Disable*",
            "kms:Get*",
            "kms:Delete*",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
        ]),
        says: /decrypt/i,
        ends: "commands",
    },
    {
        name: "the objects' ARNs in the role's policy, and a bucket key",
        source: "https://github.com/fdmsantos/terraform-aws-kinesis-firehose/issues/26",
        words: "With a bucket key, S3 sends the bucket's ARN, which BUCKET/* does not match.",
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
        name: "an alias as the resource of kms:Decrypt",
        source: "https://github.com/GovWifi/govwifi-terraform/pull/455",
        words: "The ARN of an alias is no resource of kms:Decrypt: the key's ARN is.",
        snapshot: delegated("kms:*", { Resource: `arn:aws:kms:eu-central-1:${account}:alias/films_key` }),
        says: /alias\/films_key/,
        ends: "commands",
    },
    {
        name: "the key of AWS for S3, and a role without permissions of KMS",
        source: "https://github.com/aws/aws-cdk/issues/10549",
        words: "The key policy of aws/s3 lets the account's principals decrypt through S3.",
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
    {
        name: "a key that waits for its deletion",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
        words: "Decrypt fails with KMSInvalidStateException until somebody cancels the deletion and enables the key.",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            key: { state: "PendingDeletion", policy: keyPolicy(createFixture(), forRole()) },
        }),
        says: /PendingDeletion|pending deletion/i,
        ends: /key|deletion/,
    },
    {
        name: "a file in the storage class GLACIER",
        source: "https://github.com/Yelp/mrjob/issues/1887",
        words: "The operation is not valid for the object's storage class.",
        snapshot: withObjects(fixtureSnapshot(createFixture()), {
            archived: { storageClass: "GLACIER", isRestoring: false },
        }),
        says: /GLACIER|archive/i,
        ends: /restore|GLACIER|storage class/i,
    },
    {
        name: "an object with a key of the customer (SSE-C)",
        source: "https://github.com/minio/minio/pull/4894",
        words: "S3 wants the key in the request, and no service has it.",
        snapshot: {
            ...fixtureSnapshot(createFixture()),
            objects: [
                {
                    unread: "s3:GetObject failed (InvalidRequest: The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.)",
                    needs: "s3:GetObject",
                },
            ],
        },
        says: /SSE-C|customer|Server Side Encryption/i,
        ends: /SSE-C|customer|encrypt/i,
    },
    {
        name: "an asterisk for kms:CallerAccount under StringEquals",
        source: "https://github.com/turbot/steampipe-mod-aws-perimeter/issues/23",
        words: "StringEquals compares the asterisk itself.",
        snapshot: encrypted(
            forRole({
                Principal: { AWS: "*" },
                Condition: { StringEquals: { ...viaS3, "kms:CallerAccount": "*" } },
            }),
        ),
        says: /kms:CallerAccount/,
        ends: "commands",
    },
    {
        name: "a condition for grants on a statement that decrypts",
        source: "https://github.com/ministryofjustice/modernisation-platform/pull/2262",
        words: "kms:GrantIsForAWSResource is a key of the actions on grants, and kms:Decrypt sends none.",
        snapshot: encrypted(
            forRole({
                Action: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant", "kms:Decrypt"],
                Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
            }),
        ),
        says: /kms:GrantIsForAWSResource/i,
        ends: /is this limit meant for this import/,
    },
];
