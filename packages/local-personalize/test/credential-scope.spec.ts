import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { credentialScope } from "../wire/http.ts";

const scopeOf = (authorization: string | undefined, target = "/") =>
    credentialScope(
        { headers: { ...(authorization !== undefined && { authorization }) } } as IncomingMessage,
        new URL(target, "http://localhost"),
    );

describe("credentialScope", () => {
    const signed = (scope: string) =>
        `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0123abcd`;

    it("credentialScope reads the Authorization header", () => {
        assert.deepEqual(scopeOf(signed("AKIDEXAMPLE/20261125/eu-central-1/personalize/aws4_request")), {
            accessKeyId: "AKIDEXAMPLE",
            region: "eu-central-1",
            service: "personalize",
        });
    });

    it("credentialScope accepts header parts without spaces", () => {
        const header =
            "AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0";
        assert.deepEqual(scopeOf(header), { accessKeyId: "test", region: "us-east-1", service: "s3" });
    });

    it("credentialScope reads a presigned URL with escaped slashes", () => {
        const query = "X-Amz-Credential=test%2F20261125%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Signature=0";
        assert.deepEqual(scopeOf(undefined, `/bucket/key?${query}`), {
            accessKeyId: "test",
            region: "eu-central-1",
            service: "s3",
        });
    });

    for (const [what, header] of [
        ["no signature", undefined],
        ["another scheme", "Basic dGVzdDp0ZXN0"],
        ["a scope that is cut short", signed("test/20261125/eu-central-1")],
        ["an empty scope", signed("")],
    ] as const) {
        it(`credentialScope returns undefined for ${what}`, () => assert.equal(scopeOf(header), undefined));
    }
});
