import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/** What S3 takes in place of a body's hash, and what becomes of the body then. */
const unsignedPayloads = ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"];

/** What the signature of an S3 request says of its body, by the x-amz-content-sha256 header. */
export type Payload =
    | { readonly kind: "hashed"; readonly hash: string }
    | { readonly kind: "unsigned"; readonly hash: string }
    /** Signed chunk by chunk: no SDK that this product uses does so, and it is not verified here. */
    | { readonly kind: "unsupported" };

/** Reads what an S3 request declares of its body; a presigned URL signs no body. */
export function payloadOf(declared: string | undefined, presigned: boolean): Payload {
    if (declared === undefined) {
        return presigned ? { kind: "unsigned", hash: "UNSIGNED-PAYLOAD" } : { kind: "unsupported" };
    }
    if (unsignedPayloads.includes(declared)) {
        return { kind: "unsigned", hash: declared };
    }
    return /^[0-9a-f]{64}$/.test(declared) ? { kind: "hashed", hash: declared } : { kind: "unsupported" };
}

export const sha256 = (body: Buffer) => createHash("sha256").update(body).digest("hex");

/** The body is not the one that was signed. */
export class PayloadMismatch extends Error {}

/**
 * Hands a body of any length on while it is hashed, and keeps the last piece back until the hash is known: whoever
 * gets the whole body got the one that was signed. Fails with PayloadMismatch else.
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
                done(new PayloadMismatch());
            } else {
                done(null, last);
            }
        },
    });
}
