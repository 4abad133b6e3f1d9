import { createHash, createHmac } from "node:crypto";

/** Signs a call to a local AWS as its administrator, for services without a client in this project. */
export function signedHeaders(method: string, url: URL, body: string, region: string, service: string) {
    const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const signed = "host;x-amz-date";
    const headers = `host:${url.host}\nx-amz-date:${time}\n`;
    const canonical = [method, url.pathname, url.search.slice(1), headers, signed, sha256(body)].join("\n");
    const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(hmac, "AWS4test");
    const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
    const signature = hmac(key, text).toString("hex");
    return {
        "x-amz-date": time,
        authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    };
}
