import assert from "node:assert/strict";
import { region } from "../../../../test/support/local-aws.ts";
import { useEnforcing } from "../gateway/enforcement/support.ts";

describe("Buckets of the local AWS", () => {
    const aws = useEnforcing();

    it("GetBucketEncryption returns SSE-C as blocked until PutBucketEncryption sends other types", async () => {
        const { s3 } = aws.admin;
        const of = { Bucket: "sse" };
        await s3.createBucket({ ...of, CreateBucketConfiguration: { LocationConstraint: region } });
        const blocked = async () => {
            const { ServerSideEncryptionConfiguration: { Rules = [] } = {} } = await s3.getBucketEncryption(of);
            return Rules.map(({ BlockedEncryptionTypes }) => BlockedEncryptionTypes?.EncryptionType);
        };
        const put = (types?: "NONE"[]) =>
            s3.putBucketEncryption({
                ...of,
                ServerSideEncryptionConfiguration: {
                    Rules: [
                        {
                            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
                            ...(types && { BlockedEncryptionTypes: { EncryptionType: types } }),
                        },
                    ],
                },
            });
        assert.deepEqual(await blocked(), [["SSE-C"]]);
        await put();
        assert.deepEqual(await blocked(), [["SSE-C"]]);
        await put(["NONE"]);
        assert.deepEqual(await blocked(), [["NONE"]]);
        await put();
        assert.deepEqual(await blocked(), [["NONE"]]);
        await s3.deleteBucket(of);
    });
});
