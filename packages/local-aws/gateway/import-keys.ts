import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { authorize, decrypts, explain, type Import, type NamedPolicy, type PolicyDocument } from "policy-evaluator";
import { unlessGone } from "../unless-gone.ts";

/**
 * Why an import's objects cannot be decrypted; undefined if they can. Only objects that are encrypted by a KMS key need
 * one. The key must be enabled, and the role's session or the service must be allowed to decrypt
 * (Developer Guide, "Giving Amazon Personalize permission to use your AWS KMS key": the key's policy is enough).
 */
export async function whyNotDecrypted(
    miniStackPort: number,
    s3: S3Client,
    of: Import,
    identity: readonly NamedPolicy[],
): Promise<string | undefined> {
    for (const Key of of.keys) {
        const head = await unlessGone(s3.send(new HeadObjectCommand({ Bucket: of.bucket, Key })), "NotFound");
        const keyId = head?.SSEKMSKeyId;
        if (head?.ServerSideEncryption === undefined || !/^aws:kms/.test(head.ServerSideEncryption) || !keyId) {
            continue;
        }
        const ask = (operation: string, body: object) => kms(miniStackPort, of.region, operation, body);
        const described = await ask("DescribeKey", { KeyId: keyId });
        const { Arn = keyId, KeyState = "gone", KeyManager } = described.KeyMetadata ?? {};
        if (KeyState !== "Enabled") {
            return `the key ${Arn} of ${Key} is ${KeyState}`;
        }
        if (KeyManager === "AWS") {
            continue;
        }
        const { Policy = "{}" } = await ask("GetKeyPolicy", { KeyId: keyId, PolicyName: "default" });
        const document = JSON.parse(Policy) as PolicyDocument;
        const resource = [{ name: "key policy", document: { ...document, Statement: document.Statement ?? [] } }];
        const { role, service } = decrypts(of, Arn, Key);
        const verdicts = [authorize(role, { identity, resource }), authorize(service, { resource })];
        if (verdicts.every(({ decision }) => decision !== "allowed")) {
            const considered = verdicts[1]?.by.resource?.considered ?? [];
            return explain(service, { decision: "implicitDeny", deciding: [], considered });
        }
    }
    return undefined;
}

interface KmsAnswer {
    readonly KeyMetadata?: { readonly Arn?: string; readonly KeyState?: string; readonly KeyManager?: string };
    readonly Policy?: string;
}

async function kms(port: number, region: string, operation: string, body: object): Promise<KmsAnswer> {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        headers: {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": `TrentService.${operation}`,
            authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/kms/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(body),
    });
    return (await response.json()) as KmsAnswer;
}
