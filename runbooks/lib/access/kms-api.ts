import { createHash, createHmac } from "node:crypto";
import { STSClient } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";

/** A hash, or with a secret a keyed hash, as the signer wants it. */
class Sha256 {
    private readonly hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

    constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
        this.hash =
            secret === undefined
                ? createHash("sha256")
                : createHmac("sha256", typeof secret === "string" ? secret : new Uint8Array(bufferOf(secret)));
    }
    update(data: Uint8Array | string): void {
        this.hash.update(data);
    }
    async digest(): Promise<Uint8Array> {
        return this.hash.digest();
    }
    reset(): void {}
}

const bufferOf = (data: ArrayBuffer | ArrayBufferView) =>
    ArrayBuffer.isView(data) ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) : data;

export interface KeyDescription {
    readonly Arn: string;
    readonly KeyState: string;
    readonly KeyManager?: "AWS" | "CUSTOMER";
}

/** An error of KMS under its own name, as the SDK's clients have them. */
class KmsError extends Error {
    constructor(name: string, message: string) {
        super(message);
        this.name = name;
    }
}

interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
}

/** Signed calls of KMS, by their operation; an error has KMS's own name. */
export function callsOfKms(region: string, endpoint: URL, credentials: () => Promise<Credentials>) {
    const signer = new SignatureV4({ credentials, region, service: "kms", sha256: Sha256 });
    return async <Answer>(operation: string, input: object): Promise<Answer> => {
        const body = JSON.stringify(input);
        const { headers } = await signer.sign({
            method: "POST",
            protocol: endpoint.protocol,
            hostname: endpoint.hostname,
            ...(endpoint.port && { port: Number(endpoint.port) }),
            path: "/",
            query: {},
            headers: {
                host: endpoint.host,
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": `TrentService.${operation}`,
            },
            body,
        });
        const { host: _setByFetch, ...sent } = headers;
        const response = await fetch(new URL("/", endpoint), { method: "POST", headers: sent, body });
        const answer = (await response.json()) as Answer & { __type?: string; message?: string };
        if (!response.ok) {
            const name = (answer.__type ?? "KMSException").split("#").at(-1) as string;
            throw new KmsError(name, answer.message ?? `${operation} was refused`);
        }
        return answer;
    };
}

/** The two calls that a diagnosis makes, with the credentials of AWS's SDK; both only read. */
export function kmsOf(region: string) {
    const sts = new STSClient({ region });
    const named = process.env.AWS_ENDPOINT_URL_KMS ?? process.env.AWS_ENDPOINT_URL;
    const endpoint = new URL(named ?? `https://kms.${region}.amazonaws.com`);
    const ask = callsOfKms(region, endpoint, () => sts.config.credentials());
    return {
        async describe(KeyId: string): Promise<KeyDescription> {
            return (await ask<{ KeyMetadata: KeyDescription }>("DescribeKey", { KeyId })).KeyMetadata;
        },
        async policy(KeyId: string): Promise<string> {
            return (await ask<{ Policy: string }>("GetKeyPolicy", { KeyId, PolicyName: "default" })).Policy;
        },
    };
}
