import type { IncomingMessage } from "node:http";

export interface CredentialScope {
    readonly accessKeyId: string;
    readonly region: string;
    readonly service: string;
}

/** Who signed for which region and service: from the Authorization header, or from a presigned URL. */
export function credentialScope(request: IncomingMessage, url: URL): CredentialScope | undefined {
    const inHeader = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? "")?.[1];
    const [accessKeyId, , region, service] = (inHeader ?? url.searchParams.get("X-Amz-Credential") ?? "").split("/");
    return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}

/** The whole body; what comes here by way of the gateway itself is small. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
}
