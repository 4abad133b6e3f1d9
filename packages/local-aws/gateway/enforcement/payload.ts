import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/** The values that S3 accepts in place of a body's hash, and their effect. */
const unsignedPayloads = ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"];

/** The part that an S3 request's signature covers of its body, by the x-amz-content-sha256 header. */
type Payload =
    | { readonly kind: "hashed"; readonly hash: string }
    | { readonly kind: "unsigned"; readonly hash: string }
    /** Signed in chunks: no SDK of this product uses that, and it is not verified here. */
    | { readonly kind: "unsupported" };

/** The declared hash of an S3 request's body; a presigned URL signs no body. */
export function payloadOf(declared: string | undefined, presigned: boolean): Payload {
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

/** The body is not the signed one. */
export class PayloadMismatch extends Error {}

/**
 * Passes a body of any length on while it is hashed. The last chunk waits until the hash is known. A complete body is
 * the signed one. Otherwise it fails with PayloadMismatch.
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
