import assert from "node:assert/strict";
import { GetBucketTaggingCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { bucketFault } from "../../../core/operations/taken-bucket.ts";
import { tags } from "../../components/mocks.ts";

const failure = (name: string, httpStatusCode: number) =>
    new S3ServiceException({ name, $fault: "client", $metadata: { httpStatusCode } });

/** Returns S3's answers about a bucket: the status of HeadBucket, and the bucket's tags or an error. */
const answers = (status: number, tagging: Readonly<Record<string, string>> | Error = {}) => ({
    send: async (command: unknown) => {
        if (!(command instanceof GetBucketTaggingCommand)) {
            if (status !== 200) throw failure(String(status), status);
            return {};
        }
        if (tagging instanceof Error) throw tagging;
        return { TagSet: Object.entries(tagging).map(([Key, Value]) => ({ Key, Value })) };
    },
});
const fault = (...of: Parameters<typeof answers>) => bucketFault(answers(...of) as never, "films", tags);

describe("`bucketFault`", () => {
    it("`bucketFault` accepts a name that S3 does not have", async () => {
        assert.equal(await fault(404), undefined);
    });

    for (const status of [301, 400, 403]) {
        it(`\`bucketFault\` rejects a bucket for which HeadBucket returns ${status}`, async () => {
            const { fault: why, isOwn } = (await fault(status)) ?? {};
            assert.match(why ?? "", /^exists in another account or region/);
            assert.equal(isOwn, false);
        });
    }

    for (const { of, tagging, expected } of [
        { of: "without tags", tagging: failure("NoSuchTagSet", 404), expected: false },
        { of: "of another stack", tagging: { ...tags, "pulumi:stack": "other" }, expected: false },
        { of: "of the stack", tagging: { ...tags, team: "films" }, expected: true },
    ]) {
        it(`\`bucketFault\` returns \`isOwn\` ${expected} for a bucket ${of}`, async () => {
            const { fault: why, isOwn } = (await fault(200, tagging)) ?? {};
            assert.match(why ?? "", /^exists already/);
            assert.equal(isOwn, expected);
        });
    }

    it("`bucketFault` throws if S3 does not answer, or does not allow to read the tags", async () => {
        await assert.rejects(fault(500), /500/);
        await assert.rejects(fault(200, failure("AccessDenied", 403)), { name: "AccessDenied" });
    });
});
