import assert from "node:assert/strict";
import type { ReadFromAws } from "../look.ts";
import { targetOfJob, targetOfRole } from "../target.ts";

const point = "arn:aws:s3:eu-central-1:123456789012:accesspoint/films";
const command = "aws s3control get-access-point --account-id 123456789012 --name films --query Bucket";

/** Returns what AWS returns for an import job with this location. */
const readsLocation = (dataLocation: string): ReadFromAws => {
    const answers: Readonly<Record<string, object>> = {
        "sts:GetCallerIdentity": { Arn: "arn:aws:iam::123456789012:user/ann", Account: "123456789012" },
        "personalize:DescribeDatasetImportJob": { datasetImportJob: { dataSource: { dataLocation } } },
    };
    return async (permission) => (answers[permission] ?? {}) as never;
};

describe("The import that a diagnosis is about", () => {
    const job = "arn:aws:personalize:eu-central-1:123456789012:dataset-import-job/films";

    it("`targetOfJob` returns bucket and key of the location, also for a bucket with dots in its name", async () => {
        const { bucket, key } = await targetOfJob(job, readsLocation("s3://films.example.com/a/b.csv"));
        assert.deepEqual([bucket, key], ["films.example.com", "a/b.csv"]);
    });

    it("`targetOfJob` and `targetOfRole` refuse an access point, and print the command that shows its bucket", async () => {
        await assert.rejects(targetOfJob(job, readsLocation(`s3://${point}/a.csv`)), ({ message }: Error) =>
            message.endsWith(`does not name a bucket. Import from the bucket of the access point: ${command}`),
        );
        const before = process.env.AWS_REGION;
        process.env.AWS_REGION = "eu-central-1";
        try {
            const refused = targetOfRole("arn:aws:iam::123456789012:role/Import", point, undefined, readsLocation(""));
            await assert.rejects(refused, ({ message }: Error) => message.endsWith(command));
        } finally {
            if (before === undefined) delete process.env.AWS_REGION;
            else process.env.AWS_REGION = before;
        }
    });
});
