import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A Signature Version 4 from the Authorization header or a presigned URL. */
export interface Signature {
    readonly accessKeyId: string;
    readonly date: string;
    readonly region: string;
    readonly service: string;
    /** `YYYYMMDDTHHMMSSZ`, as signed. */
    readonly time: string;
    readonly signedHeaders: readonly string[];
    readonly signature: string;
    readonly token: string | undefined;
    /** Seconds after `time` until a presigned URL expires. */
    readonly expires?: number;
}

/** AWS's error codes for signatures. */
type SignatureFault =
    | "MissingAuthenticationToken"
    | "IncompleteSignature"
    | "SignatureDoesNotMatch"
    | "RequestTimeTooSkewed"
    | "RequestExpired"
    | "UnsupportedSignature";

type Signed = Pick<IncomingMessage, "method" | "headers" | "headersDistinct"> & { readonly url: string };

const algorithm = "AWS4-HMAC-SHA256";

/** Parses a request's signature. Returns AWS's error code if the signature is missing or invalid. */
export function readSignature({ url, headers }: Pick<Signed, "url" | "headers">): Signature | SignatureFault {
    const query = new Map(parseQuery(url));
    const presigned = query.has("X-Amz-Signature") || query.has("X-Amz-Credential") || query.has("X-Amz-Algorithm");
    const { authorization } = headers;
    if (!presigned && authorization === undefined) {
        return query.has("AWSAccessKeyId") ? "UnsupportedSignature" : "MissingAuthenticationToken";
    }
    // With two signatures, the caller would be ambiguous.
    if (presigned && authorization !== undefined) {
        return "UnsupportedSignature";
    }
    const given = presigned ? query : parseAuthorization(authorization ?? "");
    const prefix = presigned ? "X-Amz-" : "";
    if (given.get(presigned ? "X-Amz-Algorithm" : "algorithm") !== algorithm) {
        return "UnsupportedSignature";
    }
    const [accessKeyId, date, region, service, term, ...more] = given.get(`${prefix}Credential`)?.split("/") ?? [];
    const signature = given.get(`${prefix}Signature`);
    const signedHeaders = given.get(`${prefix}SignedHeaders`)?.toLowerCase().split(";") ?? [];
    const time = presigned ? query.get("X-Amz-Date") : findSigningTime(headers);
    const expires = presigned ? Number(query.get("X-Amz-Expires") ?? Number.NaN) : undefined;
    const complete = accessKeyId && date && region && service && term === "aws4_request" && more.length === 0;
    if (!complete || !signature || !time || !signedHeaders.includes("host")) {
        return "IncompleteSignature";
    }
    if (expires !== undefined && !(Number.isInteger(expires) && expires > 0 && expires <= 604_800)) {
        return "IncompleteSignature";
    }
    // Headers that change a call's effect must be signed, so that nobody else can add them.
    const open = Object.keys(headers).filter((name) => /^x-amz-(?!user-agent$)/.test(name));
    if (open.some((name) => !signedHeaders.includes(name))) {
        return "SignatureDoesNotMatch";
    }
    const inHeader = headers["x-amz-security-token"]?.toString();
    const token = presigned ? (query.get("X-Amz-Security-Token") ?? inHeader) : inHeader;
    const scope = { accessKeyId, date, region, service, time, signedHeaders, signature, token };
    return expires === undefined ? scope : { ...scope, expires };
}

/** The accepted clock difference in minutes (S3 User Guide, "RequestTimeTooSkewed": 15; other services: 5). */
const skewMinutes = (service: string) => (service === "s3" ? 15 : 5);

/** Checks a signature's time against `now` (epoch milliseconds). Returns AWS's error code, or undefined. */
export function timeFault({ time, date, service, expires }: Signature, now: number): SignatureFault | undefined {
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
    const signedAt = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
    if (Number.isNaN(signedAt) || !time.startsWith(date)) {
        return "SignatureDoesNotMatch";
    }
    const allowed = skewMinutes(service) * 60_000;
    if (signedAt > now + allowed) {
        return "RequestTimeTooSkewed";
    }
    if (expires !== undefined) {
        return now > signedAt + expires * 1000 ? "RequestExpired" : undefined;
    }
    return now > signedAt + allowed ? "RequestTimeTooSkewed" : undefined;
}

/**
 * Checks whether the request was signed with `secret` and not changed afterwards. `payloadHash` is the last line of the
 * canonical request: the body's SHA-256 in hexadecimal, or a word such as `UNSIGNED-PAYLOAD`.
 */
export function isSignedBy(request: Signed, signature: Signature, secret: string, payloadHash: string): boolean {
    const { time, date, region, service, signedHeaders } = signature;
    const canonical = [
        request.method ?? "",
        canonicalPath(request.url, service),
        canonicalQuery(request.url),
        ...signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
        "",
        signedHeaders.join(";"),
        payloadHash,
    ].join("\n");
    const scope = `${date}/${region}/${service}/aws4_request`;
    // Node.js decodes headers as Latin-1, so this encoding restores the signed bytes.
    const hash = createHash("sha256").update(canonical, "latin1").digest("hex");
    const text = [algorithm, time, scope, hash].join("\n");
    const expected = hmac(signingKey(secret, date, region, service), text).toString("hex");
    const given = signature.signature;
    return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

const keys = new Map<string, KeyObject>();

/** Returns the signing key of a day, region and service, derived from the secret with four HMACs. Caches the key. */
function signingKey(secret: string, ...scope: [date: string, region: string, service: string]): KeyObject {
    const name = [secret, ...scope].join("\n");
    const cachedKey = keys.get(name);
    if (cachedKey) {
        return cachedKey;
    }
    if (keys.size >= 1000) {
        keys.clear();
    }
    // An HMAC with a KeyObject takes a seventh of the time of one with a Buffer.
    const key = createSecretKey([...scope, "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`)));
    keys.set(name, key);
    return key;
}

const hmac = (key: Buffer | KeyObject, text: string): Buffer => createHmac("sha256", key).update(text).digest();

function parseAuthorization(authorization: string): Map<string, string> {
    const [first = "", ...rest] = authorization.trim().split(/\s+/);
    const parts = rest.join("").split(",");
    const pairs = parts.map((part): [string, string] => {
        const at = part.indexOf("=");
        return [part.slice(0, at), part.slice(at + 1)];
    });
    return new Map([["algorithm", first], ...pairs]);
}

function findSigningTime(headers: IncomingMessage["headers"]): string | undefined {
    const given = headers["x-amz-date"]?.toString();
    if (given !== undefined || headers.date === undefined) {
        return given;
    }
    const date = new Date(headers.date);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/[-:]|\.\d+/g, "");
}

function headerValue({ headers, headersDistinct }: Signed, name: string): string {
    const values = headersDistinct[name] ?? [headers[name] ?? ""].flat();
    return values.map((value) => value.trim().replace(/ +/g, " ")).join(",");
}

/** Returns the path as it is signed. S3 uses it unchanged; other services normalize the path and encode it again. */
function canonicalPath(url: string, service: string): string {
    const path = url.split("?", 1)[0] || "/";
    if (service === "s3") {
        return path.split("/").map(decode).map(encode).join("/");
    }
    const segments: string[] = [];
    for (const segment of path.split("/")) {
        if (segment === "..") segments.pop();
        else if (segment !== "" && segment !== ".") segments.push(segment);
    }
    const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
    return `/${segments.map(encode).join("/")}${end}`;
}

function canonicalQuery(url: string): string {
    return parseQuery(url)
        .filter(([name]) => name !== "X-Amz-Signature")
        .map(([name, value]) => [encode(name), encode(value)] as const)
        .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
        .map(([name, value]) => `${name}=${value}`)
        .join("&");
}

function parseQuery(url: string): [string, string][] {
    const at = url.indexOf("?");
    const parts = at < 0 ? [] : url.slice(at + 1).split("&");
    return parts
        .filter((part) => part !== "")
        .map((part) => {
            const [name = "", ...value] = part.split("=");
            return [decode(name), decode(value.join("="))];
        });
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
