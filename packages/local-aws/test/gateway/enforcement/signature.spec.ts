import assert from "node:assert/strict";
import { isSignedBy, readSignature, type Signature, timeFault } from "../../../gateway/enforcement/signature.ts";

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const request = (method: string, url: string, headers: Record<string, string>) => ({
    method,
    url,
    headers,
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
});

function read(of: ReturnType<typeof request>): Signature {
    const signature = readSignature(of);
    assert.ok(typeof signature !== "string", String(signature));
    return signature;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
const listUsers = request("GET", "/?Action=ListUsers&Version=2010-05-08", {
    host: "iam.amazonaws.com",
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "x-amz-date": "20150830T123600Z",
    authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const s3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const getObject = request("GET", "/test.txt", {
    host: "examplebucket.s3.amazonaws.com",
    range: "bytes=0-9",
    "x-amz-content-sha256": empty,
    "x-amz-date": "20130524T000000Z",
    authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const presigned = request(
    "GET",
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    { host: "examplebucket.s3.amazonaws.com" },
);

describe("Verification of AWS Signature Version 4", () => {
    it("isSignedBy accepts AWS's examples for IAM, S3 and presigned URLs", () => {
        assert.equal(isSignedBy(listUsers, read(listUsers), secret, empty), true);
        assert.equal(isSignedBy(getObject, read(getObject), s3Secret, empty), true);
        assert.equal(isSignedBy(presigned, read(presigned), s3Secret, "UNSIGNED-PAYLOAD"), true);
    });

    it("isSignedBy rejects a changed method, path, query, host, secret or body", () => {
        const signature = read(listUsers);
        const others = [
            { ...listUsers, method: "POST" },
            { ...listUsers, url: "/?Action=ListRoles&Version=2010-05-08" },
            { ...listUsers, url: "/x?Action=ListUsers&Version=2010-05-08" },
            request("GET", listUsers.url, { ...listUsers.headers, host: "sts.amazonaws.com" }),
        ];
        for (const other of others) {
            assert.equal(isSignedBy(other, signature, secret, empty), false, JSON.stringify(other));
        }
        assert.equal(isSignedBy(listUsers, signature, `${secret}x`, empty), false);
        assert.equal(isSignedBy(listUsers, signature, secret, empty.replace("e3", "e4")), false);
        assert.equal(isSignedBy(listUsers, { ...signature, region: "eu-central-1" }, secret, empty), false);
    });

    it("readSignature returns the error code for a missing, incomplete or unsupported signature", () => {
        const { authorization } = listUsers.headers as { authorization: string };
        const faultOf = (headers: object, url = listUsers.url) =>
            readSignature({ url, headers: { ...listUsers.headers, ...headers } as Record<string, string> });
        assert.equal(readSignature({ url: "/", headers: {} }), "MissingAuthenticationToken");
        assert.equal(faultOf({ authorization: authorization.replace(/Signature=.*/, "") }), "IncompleteSignature");
        assert.equal(faultOf({ authorization: authorization.replace(";host", "") }), "IncompleteSignature");
        assert.equal(faultOf({ authorization: "Bearer x" }), "UnsupportedSignature");
        assert.equal(faultOf({}, presigned.url), "UnsupportedSignature");
        // The header X-Amz-Target changes the call, so a request in which it is not signed is refused.
        assert.equal(faultOf({ "x-amz-target": "DynamoDB_20120810.Scan" }), "SignatureDoesNotMatch");
    });

    it("timeFault allows a clock difference of 5 minutes, of 15 minutes for S3, and of the duration of a presigned URL", () => {
        const at = (signature: Signature, seconds: number) =>
            timeFault(signature, Date.parse("2015-08-30T12:36:00Z") + seconds * 1000);
        const iam = read(listUsers);
        const s3 = { ...iam, service: "s3" };
        assert.deepEqual(
            [-301, -299, 299, 301].map((seconds) => at(iam, seconds)),
            ["RequestTimeTooSkewed", undefined, undefined, "RequestTimeTooSkewed"],
        );
        assert.deepEqual(
            [899, 901].map((seconds) => at(s3, seconds)),
            [undefined, "RequestTimeTooSkewed"],
        );
        const url = { ...s3, expires: 3600 };
        assert.deepEqual(
            [3599, 3601].map((seconds) => at(url, seconds)),
            [undefined, "RequestExpired"],
        );
        assert.equal(
            timeFault({ ...iam, date: "20150829" }, Date.parse("2015-08-30T12:36:00Z")),
            "SignatureDoesNotMatch",
        );
    });
});
