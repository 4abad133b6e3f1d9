import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import { createBucket, createDataset, restartService, runImportJob, type Service, startService } from "./support.ts";

const good = interactionsCsv(syntheticRatings()).toString();
const header = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n";
const rows = (row: string) => header + row.repeat(1200);

const files: Readonly<Record<string, string | Buffer>> = {
    "an open quote": rows('u,i,"Watch,1\n'),
    "a quote in a field": rows('u,i,Wa"tch,1\n'),
    "zero bytes": rows("u\0,i,Watch,1\n").replaceAll(",1\n", ",\0\n"),
    "broken UTF-8": Buffer.concat([Buffer.from(rows("u,i,Watch,1\n")), Buffer.from([0xff, 0xfe, 0xc0])]),
    "one line of ten megabytes": `${header}${"u".repeat(10_000_000)},i,Watch,1\n`,
    "a million commas": `${header}${",".repeat(1_000_000)}\n`,
    "more columns than the header": rows("u,i,Watch,1,2\n"),
    "a packed bomb": gzipSync(Buffer.alloc(20_000_000)),
    "times that are not numbers": rows("u,i,Watch,1e999\n"),
    "ids of objects": rows("__proto__,constructor,toString,9999999999999999999\n"),
    "no rows": header,
    nothing: "",
};

describe("Hostile input to the local Personalize", () => {
    const bucket = createBucket(
        Object.fromEntries([
            ["movies/good.csv", good],
            ...Object.entries(files).map(([name, text]) => [`movies/${name}.csv`, text] as const),
        ]),
    );
    let service: Service;
    let datasetArn: string;
    let datasetGroupArn: string;
    before(async () => {
        service = await startService({ access: bucket.access });
        ({ datasetArn, datasetGroupArn } = await createDataset(service));
        const first = { jobName: "good", datasetArn, dataLocation: "s3://movies/good.csv" };
        assert.equal((await runImportJob(service, first)).status, "ACTIVE");
    });
    after(() => service?.discard());

    /** Checks that the service still runs, and still returns every resource whose creation it confirmed. */
    const isWhole = async () => {
        const { datasetGroups } = await service.personalize.listDatasetGroups({});
        assert.ok(datasetGroups?.some((group) => group.datasetGroupArn === datasetGroupArn));
        const { datasets } = await service.personalize.listDatasets({ datasetGroupArn });
        assert.equal(datasets?.[0]?.status, "ACTIVE");
    };
    const post = (body: string | Buffer, operation = "CreateDatasetGroup", path = "/") =>
        fetch(service.endpoint + path, {
            method: "POST",
            headers: { "x-amz-target": `AmazonPersonalize.${operation}`, "content-type": "application/x-amz-json-1.1" },
            body,
        });

    it("an ARN with thousands of colons is rejected within 500 ms of processor time", async () => {
        for (const colons of [1500, 3000]) {
            const begun = process.cpuUsage();
            const arn = `arn:aws:personalize:${":".repeat(colons)}`;
            const answer = await post(JSON.stringify({ campaignArn: arn }), "DescribeCampaign");
            assert.equal(answer.status, 400);
            assert.match(await answer.text(), /less than or equal to 256/);
            const { user, system } = process.cpuUsage(begun);
            assert.ok(user + system < 500_000, `${user + system} µs`);
        }
    });

    for (const [index, name] of Object.keys(files).entries()) {
        it(`an import with ${name} fails, and the dataset keeps the rows of earlier imports`, async () => {
            const job = { jobName: `bad-${index}`, datasetArn, dataLocation: `s3://movies/${name}.csv` };
            const { status, failureReason } = await runImportJob(service, job);
            assert.equal(status, "CREATE FAILED");
            assert.match(failureReason ?? "", /^Failed to create a data import job INTERACTIONS dataset/);
            assert.ok((failureReason ?? "").length < 500);
            await isWhole();
        });
    }

    it("a request with an invalid body is rejected with 4xx", async () => {
        const deep = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
        const bodies = [
            "[]",
            "null",
            '"text"',
            "{",
            "\0",
            deep,
            `{"name":${deep}}`,
            `{"name":"${"n".repeat(5_000_000)}"}`,
        ];
        for (const body of bodies) {
            const answer = await post(body);
            assert.ok(answer.status >= 400 && answer.status < 500, `${body.slice(0, 20)}: ${answer.status}`);
            assert.ok((await answer.text()).length < 10_000);
        }
        await isWhole();
    });

    it("a body of 60 MB is rejected with 413", async () => {
        const answer = await post(Buffer.alloc(60_000_000, "x")).catch((error: unknown) => error);
        assert.ok(!(answer instanceof Response) || answer.status === 413, String(answer));
        await isWhole();
    });

    it("an operation whose name is a member of Object.prototype is rejected", async () => {
        for (const operation of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
            assert.equal((await post("{}", operation)).status, 400);
        }
    });

    it("names and ARNs with path segments create no file outside the data folder", async () => {
        const parent = dirname(service.dataDir);
        const before = readdirSync(parent).filter((name) => name.includes("escaped"));
        for (const name of ["../escaped", "..%2fescaped", "/escaped", "escaped\0", ".."]) {
            const answer = await post(JSON.stringify({ name }));
            assert.equal(answer.status, 400, name);
            const described = await post(
                JSON.stringify({ datasetGroupArn: `${datasetGroupArn}/../../escaped` }),
                "DescribeDatasetGroup",
            );
            assert.equal(described.status, 400);
        }
        assert.deepEqual(
            readdirSync(parent).filter((name) => name.includes("escaped")),
            before,
        );
    });

    it("random JSON for any operation never returns a 5xx status", async () => {
        const operations = [...service.emulator.operations];
        const property = fc.asyncProperty(
            fc.constantFrom(...operations),
            fc.dictionary(
                fc.constantFrom("name", "jobName", "datasetArn", "nextToken", "maxResults", "schema", "tags"),
                fc.jsonValue(),
            ),
            async (operation, body) => {
                for (const name of ["personalize", "personalize-runtime", "personalize-events"] as const) {
                    const answer = await service.emulator.handle({
                        service: name,
                        operation,
                        region: "eu-central-1",
                        body,
                    });
                    assert.ok(answer.status < 500, `${operation}: ${answer.body}`);
                }
            },
        );
        await fc.assert(property, { numRuns: 300 });
        await isWhole();
    });

    it("acknowledged resources survive all hostile input and a restart", async () => {
        await service.personalize.createDatasetGroup({ name: "after" });
        service = await restartService(service, { access: bucket.access });
        await isWhole();
        const { datasetGroups } = await service.personalize.listDatasetGroups({});
        assert.ok(datasetGroups?.some(({ name }) => name === "after"));
    });
});
