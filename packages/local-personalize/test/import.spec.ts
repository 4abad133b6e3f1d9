import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    accountId,
    arn,
    createBucket,
    createDataset,
    recipe,
    refuses,
    region,
    runImportJob,
    serviceOf,
    startService,
} from "./support.ts";

const csv = interactionsCsv(syntheticRatings()).toString();
const header = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n";
const rows = (count: number, from = 0) =>
    Array.from({ length: count }, (_, row) => `u${(row + from) % 50},i${row % 30},Watch,${row + from}\n`).join("");

describe("Import jobs", () => {
    const bucket = createBucket({
        "movies/good.csv": csv,
        "movies/other-columns.csv": csv.replace("ITEM_ID,EVENT_TYPE", "FILM,KIND"),
        "movies/reordered.csv": `TIMESTAMP,EVENT_TYPE,ITEM_ID,USER_ID\n${"1,Watch,i,u\n".repeat(1200)}`,
        "movies/few.csv": header + rows(999),
        "movies/words.csv": `${header + rows(1000)}u1,i1,Watch,yesterday\n`,
        "movies/empty.csv": "",
        "movies/latin-1.csv": Buffer.from(`${header + rows(1000)}u1,\u00e9,Watch,1\n`, "latin1"),
        "movies/marked.csv": `\uFEFF${csv}`,
        "movies/semicolons.csv": csv.replaceAll(",", ";"),
        "movies/lower.csv": csv.replace(/^.*/, (names) => names.toLowerCase()),
        "movies/no-header.csv": csv.slice(csv.indexOf("\n") + 1),
        "movies/packed.csv.gz": gzipSync(csv),
        "movies/wide.csv": Buffer.from(`\uFEFF${csv}`, "utf16le"),
        "movies/milliseconds.csv": csv.replaceAll(/\d+$/gm, "$&000"),
        "movies/fractions.csv": csv.replaceAll(/\d+$/gm, "$&.0"),
        "movies/doubled.csv": csv.replaceAll(/^.+$/gm, "$&,x").replace(",x", ",USER_ID"),
        "movies/uneven/a.csv": csv,
        "movies/uneven/b.csv": csv.replaceAll(/^.+$/gm, "$&,x").replace(",x", ",MORE"),
        "movies/manifest/a.csv": csv,
        "movies/manifest/manifest.json": '{"files": ["a.csv"]}\n',
        "movies/folder/a.csv": header + rows(600),
        "movies/folder/b.csv": header + rows(600, 600),
        "movies/folder/deeper/c.csv": "not read\n",
        "movies/more.csv": header + rows(1100, 600),
        "movies/types.csv": header + rows(1100).replace(/Watch,(\d+)/g, (_, row) => `T${row % 11},${row}`),
    });
    const service = serviceOf(() => startService({ access: bucket.access }));
    let datasetArn: string;
    let count = 0;

    before(async () => {
        datasetArn = (await createDataset(service)).datasetArn;
    });

    const run = (key: string, importMode: "FULL" | "INCREMENTAL" = "FULL") =>
        runImportJob(service, { jobName: `job-${++count}`, datasetArn, dataLocation: `s3://${key}`, importMode });
    const lastLog = () => service.lines.findLast((line) => line.includes("rows read"));

    it("an import without access fails with the service's text, and succeeds once access is granted", async () => {
        bucket.deny(true);
        const refused = await run("movies/good.csv");
        bucket.deny(false);
        assert.equal(refused.status, "CREATE FAILED");
        assert.equal(
            refused.failureReason,
            "Failed to create a data import job for INTERACTIONS dataset....Insufficient privileges for accessing data in Amazon S3.",
        );
        assert.ok(service.lines.some((line) => line.includes("bucket policy: no statement")));
        assert.equal((await run("movies/good.csv")).status, "ACTIVE");
    });

    const failures: [string, RegExp][] = [
        [
            "movies/other-columns.csv",
            /INTERACTIONS dataset\.\.\.Input CSV is missing the following columns:\[ITEM_ID, EVENT_TYPE\]\.$/,
        ],
        ["movies/empty.csv", /missing the following columns:\[USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP\]/],
        ["movies/few.csv", /999 interactions, fewer than the minimum of 1000/],
        ["movies/words.csv", /Line 1002 has a value for TIMESTAMP that is not of type long/],
        ["movies/latin-1.csv", /Input CSV is not UTF-8\.$/],
        ["movies/marked.csv", /missing the following columns:\[USER_ID\]/],
        ["movies/semicolons.csv", /missing the following columns:\[USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP\]/],
        ["movies/lower.csv", /missing the following columns:\[USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP\]/],
        ["movies/no-header.csv", /missing the following columns/],
        ["movies/packed.csv.gz", /Input CSV is not UTF-8\.$/],
        ["movies/wide.csv", /Input CSV is not UTF-8\.$/],
        ["movies/milliseconds.csv", /Line 2 has a value for TIMESTAMP that is not in UNIX epoch time in seconds/],
        ["movies/fractions.csv", /Line 2 has a value for TIMESTAMP that is not of type long/],
        ["movies/doubled.csv", /more than one column USER_ID/],
        ["movies/uneven/", /columns of uneven\/b\.csv differ from those of the other files/],
        ["movies/manifest/", /Input CSV is not valid: line 1/],
        ["movies/types.csv", /11 event types and 0 metadata columns; together .* at most 10/],
        ["movies/absent.csv", /Invalid Data location\.$/],
        ["movies/folder", /Invalid Data location\.$/],
        ["nowhere/good.csv", /Invalid Data location\.$/],
    ];
    for (const [key, reason] of failures) {
        it(`the import of ${key} fails`, async () => {
            const job = await run(key);
            assert.equal(job.status, "CREATE FAILED");
            assert.match(job.failureReason ?? "", reason);
        });
    }

    it("an import accepts columns in any order, and reads only the first level of a folder", async () => {
        assert.equal((await run("movies/reordered.csv")).status, "ACTIVE");
        assert.match(lastLog() ?? "", /1200 rows read, 1 in the dataset/);
        assert.equal((await run("movies/folder/")).status, "ACTIVE");
        assert.match(lastLog() ?? "", /1200 rows read, 1200 in the dataset/);
    });

    it("an import with FULL replaces all rows, and with INCREMENTAL adds rows", async () => {
        await run("movies/folder/");
        await run("movies/more.csv", "INCREMENTAL");
        // The folder's files have 1,200 rows, and 600 of the 1,100 new rows are equal to them, so the dataset has 1,700
        // rows.
        assert.match(lastLog() ?? "", /1100 rows read, 1700 in the dataset/);
        await run("movies/more.csv", "INCREMENTAL");
        assert.match(lastLog() ?? "", /1100 rows read, 1700 in the dataset/);
        await run("movies/more.csv");
        assert.match(lastLog() ?? "", /1100 in the dataset/);
    });

    it("CreateDatasetImportJob refuses a location that does not name a bucket, such as an access point", async () => {
        for (const dataLocation of [
            "http://movies/good.csv",
            `s3://arn:aws:s3:${region}:${accountId}:accesspoint/movies/good.csv`,
        ]) {
            await refuses(
                service.personalize.createDatasetImportJob({
                    jobName: "bad",
                    datasetArn,
                    dataSource: { dataLocation },
                }),
                "Invalid Data location.",
            );
        }
    });

    it("names of import jobs cannot be reused, and a dataset that was deleted and created again is empty", async () => {
        const create = (jobName: string, dataLocation: string, importMode: "FULL" | "INCREMENTAL" = "FULL") =>
            service.personalize.createDatasetImportJob({
                jobName,
                datasetArn,
                dataSource: { dataLocation },
                importMode,
            });
        await refuses(
            create("job-1", "s3://movies/good.csv"),
            `Another resource with Arn ${arn("dataset-import-job/job-1")} already exists.`,
            "ResourceAlreadyExistsException",
        );
        await service.personalize.deleteDataset({ datasetArn });
        await refuses(create("gone", "s3://movies/good.csv"), /dataset does not exist/, "ResourceNotFoundException");
        const again = await createDataset(service, "again");
        datasetArn = again.datasetArn;
        await refuses(create("add", "s3://movies/good.csv", "INCREMENTAL"), /must be FULL/);
        const { datasetGroupArn } = again;
        const recipeArn = recipe("aws-user-personalization");
        await service.personalize.createSolution({ name: "empty", datasetGroupArn, recipeArn });
        await refuses(
            service.personalize.createSolutionVersion({ solutionArn: arn("solution/empty") }),
            /no item interactions to train on/,
        );
    });
});
