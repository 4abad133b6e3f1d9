import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { credentialScope } from "../wire/http.ts";

const scopeOf = (authorization: string | undefined, target = "/") =>
    credentialScope(
        { headers: { ...(authorization !== undefined && { authorization }) } } as IncomingMessage,
        new URL(target, "http://localhost"),
    );

const signed = (scope: string) =>
    `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0123abcd`;
const scope = "AKIDEXAMPLE/20261125/eu-central-1/s3/aws4_request";
const presigned = `/bucket/key?X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Signature=0`;

describe("credentialScope", () => {
    for (const [what, header, target] of [
        ["the Authorization header", signed(scope)],
        ["a header without spaces", signed(scope).replaceAll(", ", ",")],
        ["a presigned URL with escaped slashes", undefined, presigned],
    ] as const) {
        it(`credentialScope reads ${what}`, () => {
            const expected = { accessKeyId: "AKIDEXAMPLE", region: "eu-central-1", service: "s3" };
            assert.deepEqual(scopeOf(header, target), expected);
        });
    }

    for (const [what, header] of [
        ["no signature", undefined],
        ["another scheme", "Basic dGVzdDp0ZXN0"],
        ["a scope that is cut short", signed("test/20261125/eu-central-1")],
        ["an empty scope", signed("")],
    ] as const) {
        it(`credentialScope returns undefined for ${what}`, () => assert.equal(scopeOf(header), undefined));
    }
});
