import { createHash, createHmac } from "node:crypto";

/** Signs a call to a local AWS without an SDK, by default with the administrator's keys. */
export function signedHeaders(
    method: string,
    url: URL,
    body: string,
    region: string,
    service: string,
    keys = { accessKeyId: "test", secretAccessKey: "test" },
) {
    const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const signed = "host;x-amz-date";
    const headers = `host:${url.host}\nx-amz-date:${time}\n`;
    const canonical = [method, url.pathname, url.search.slice(1), headers, signed, sha256(body)].join("\n");
    const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
    const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
    const signature = hmac(key, text).toString("hex");
    return {
        "x-amz-date": time,
        authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    };
}
