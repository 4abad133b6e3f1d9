import { KMS } from "@aws-sdk/client-kms";
import type { S3 } from "@aws-sdk/client-s3";
import {
    type ApplicablePolicies,
    authorize,
    decrypts,
    explain,
    type Import,
    type NamedPolicy,
    type PolicyDocument,
    parsePolicy,
    sizeLimits,
} from "policy-evaluator";
import { unlessGone } from "../calls.ts";
import { createClientSettings, type MiniStackAddress } from "./ministack.ts";

/**
 * Reads the bucket's policy. Returns an empty list for a bucket without a policy, and for an invalid policy, which S3
 * would not store.
 */
export async function fetchBucketPolicies(client: S3, Bucket: string): Promise<NamedPolicy[]> {
    const response = await unlessGone(client.getBucketPolicy({ Bucket }), "NoSuchBucketPolicy", "NoSuchBucket");
    const read = parsePolicy(response?.Policy ?? "", "resource", sizeLimits.bucketPolicy);
    return "document" in read ? [{ name: "bucket policy", document: read.document }] : [];
}

/** Reads a bucket's region; undefined for an unknown bucket. */
export async function fetchBucketRegion(client: S3, Bucket: string): Promise<string | undefined> {
    const response = await unlessGone(client.getBucketLocation({ Bucket }), "NoSuchBucket");
    return response && (response.LocationConstraint || "us-east-1");
}

/** Reads the tags of objects, by key, for `s3:ExistingObjectTag` (S3 User Guide, "Tagging and access control policies"). */
export async function fetchObjectTags(client: S3, Bucket: string, keys: readonly string[]) {
    const tags: Record<string, Record<string, string>> = {};
    for (const Key of keys) {
        const response = await unlessGone(client.getObjectTagging({ Bucket, Key }), "NoSuchKey");
        const set = response?.TagSet ?? [];
        tags[Key] = Object.fromEntries(set.map(({ Key: name = "", Value = "" }) => [name, Value]));
    }
    return tags;
}

/**
 * Returns the first key whose object belongs to another account. Only that account can grant access to the object; no
 * bucket policy can (S3 User Guide, "Controlling ownership of objects"). With `BucketOwnerEnforced`, the bucket's owner
 * owns all objects.
 */
export async function foreignObject(client: S3, Bucket: string, keys: readonly string[]): Promise<string | undefined> {
    const controls = await unlessGone(client.getBucketOwnershipControls({ Bucket }), "OwnershipControlsNotFoundError");
    if (controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced") {
        return undefined;
    }
    const { Owner: owner } = await client.getBucketAcl({ Bucket });
    for (const Key of keys) {
        const { Owner, Grants = [] } = await client.getObjectAcl({ Bucket, Key });
        const granted = Grants.some(({ Grantee }) => Grantee?.ID === owner?.ID);
        if (Owner?.ID !== owner?.ID && !granted) return Key;
    }
    return undefined;
}

/**
 * Returns why an import's objects cannot be decrypted; undefined if they can or have no KMS key. The key must be
 * enabled, and must allow the role session or the service to decrypt. The role needs no permission in its own policies
 * if the key's policy allows it (Developer Guide, "Giving Amazon Personalize permission to use your AWS KMS key"), but
 * its boundary must allow (IAM User Guide, "Permissions boundaries for IAM entities", resource-based policies).
 */
export async function whyNotDecrypted(
    miniStack: MiniStackAddress,
    client: S3,
    of: Import,
    { identity, boundary }: Pick<ApplicablePolicies, "identity" | "boundary">,
): Promise<string | undefined> {
    const kms = new KMS({ ...createClientSettings(miniStack), region: of.region });
    for (const Key of of.keys) {
        const head = await unlessGone(client.headObject({ Bucket: of.bucket, Key }), "NotFound");
        const KeyId = head?.SSEKMSKeyId;
        if (head?.ServerSideEncryption === undefined || !/^aws:kms/.test(head.ServerSideEncryption) || !KeyId) {
            continue;
        }
        const described = await unlessGone(kms.describeKey({ KeyId }), "NotFoundException");
        const { Arn = KeyId, KeyState = "gone", KeyManager } = described?.KeyMetadata ?? {};
        if (KeyState !== "Enabled") {
            return `the key ${Arn} of ${Key} is ${KeyState}`;
        }
        if (KeyManager === "AWS") {
            continue;
        }
        const { Policy = "{}" } = await kms.getKeyPolicy({ KeyId, PolicyName: "default" });
        const document = JSON.parse(Policy) as PolicyDocument;
        const resource = [{ name: "key policy", document: { ...document, Statement: document.Statement ?? [] } }];
        const policies = { identity, boundary, resource };
        const { role, service } = decrypts(of, Arn, Key);
        const [byRole, byService] = [authorize(role, policies), authorize(service, policies)];
        if (byRole.decision !== "allowed" && byService.decision !== "allowed") {
            return explain(service, byService);
        }
    }
    return undefined;
}

/**
 * Returns a note for a denial's message if some attached policies have no document on this local AWS. On AWS there is
 * no such note, because AWS has the documents of all policies.
 */
export const withoutDocumentNote = (names: readonly string[]): string =>
    names.map((name) => `; ${name} grants nothing, because this local AWS has no document of it`).join("");
