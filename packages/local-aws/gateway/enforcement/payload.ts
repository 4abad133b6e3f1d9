import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/** Header values that S3 accepts instead of a body's hash. */
const unsignedPayloads = ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"];

/** How an S3 request's signature covers the body, as the header x-amz-content-sha256 states. */
type Payload =
    | { readonly kind: "hashed"; readonly hash: string }
    | { readonly kind: "unsigned"; readonly hash: string }
    /**
     * Any other form, such as a chunked signature. The gateway does not verify it; the SDKs of this project never send
     * it.
     */
    | { readonly kind: "unsupported" };

/** Reads the declared hash of an S3 request's body. The signature of a presigned URL does not cover the body. */
export function classifyPayload(declared: string | undefined, presigned: boolean): Payload {
    if (declared === undefined) {
        return presigned ? { kind: "unsigned", hash: "UNSIGNED-PAYLOAD" } : { kind: "unsupported" };
    }
    if (unsignedPayloads.includes(declared)) {
        return { kind: "unsigned", hash: declared };
    }
    return /^[0-9a-f]{64}$/.test(declared) ? { kind: "hashed", hash: declared } : { kind: "unsupported" };
}

/** SHA-256 of a body, hexadecimal. */
export const sha256 = (body: Buffer) => createHash("sha256").update(body).digest("hex");

/** Thrown if a body differs from the signed body. */
export class PayloadMismatchError extends Error {}

/**
 * Forwards a body of any length and calculates its hash. Sends the last chunk only if the hash is correct, so that a
 * changed body never arrives completely. Otherwise fails with PayloadMismatchError.
 */
export function hashGuard(expected: string): Transform {
    const hash = createHash("sha256");
    let last: Buffer | undefined;
    return new Transform({
        transform(chunk: Buffer, _, done) {
            hash.update(chunk);
            const ready = last;
            last = chunk;
            done(null, ready);
        },
        flush(done) {
            if (hash.digest("hex") !== expected) {
                done(new PayloadMismatchError());
            } else {
                done(null, last);
            }
        },
    });
}
