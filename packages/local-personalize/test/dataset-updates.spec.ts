import assert from "node:assert/strict";
import {
    arn,
    createBucket,
    createDataset,
    importRole,
    refusal,
    refuses,
    region,
    restartService,
    runImportJob,
    type Service,
    startService,
    until,
} from "./support.ts";

interface FieldDocument {
    name: string;
    type: string | string[];
    categorical?: boolean;
}

const itemId = { name: "ITEM_ID", type: "string" };
const genres = { name: "GENRES", type: ["null", "string"], categorical: true };
const year = { name: "YEAR", type: ["int", "null"] };
const itemsSchema = (...fields: FieldDocument[]) =>
    JSON.stringify({ type: "record", name: "Items", namespace: "n", fields, version: "1.0" });
const datasetArn = arn("dataset/films/ITEMS");
const schemaArn = (name: string) => arn(`schema/${name}`);

describe("UpdateDataset", () => {
    const { access } = createBucket({
        "movies/old.csv": "ITEM_ID,GENRES\n1,Drama\n",
        "movies/new.csv": "ITEM_ID,GENRES,YEAR\n1,Drama,1994\n2,Comedy,\n",
    });
    let service: Service;

    beforeEach(async () => {
        service = await startService({ access });
        await createSchema("before", itemId, genres);
        await createSchema("after", itemId, genres, year);
        const { datasetGroupArn } = await service.personalize.createDatasetGroup({ name: "films" });
        const dataset = { name: "items", datasetGroupArn, datasetType: "Items", schemaArn: schemaArn("before") };
        await service.personalize.createDataset(dataset);
    });
    afterEach(() => service.discard());

    const createSchema = (name: string, ...fields: FieldDocument[]) =>
        service.personalize.createSchema({ name, schema: itemsSchema(...fields) });
    const update = (name: string) => service.personalize.updateDataset({ datasetArn, schemaArn: schemaArn(name) });
    const describeIt = async () => (await service.personalize.describeDataset({ datasetArn })).dataset ?? {};
    const restart = async (speed: "instant" | "demo" | "real") => {
        service = await restartService(service, { access, speed });
    };

    it("UpdateDataset adds nullable columns, and later imports use the new schema", async () => {
        await runImportJob(service, { jobName: "old", datasetArn, dataLocation: "s3://movies/old.csv" });
        assert.equal((await describeIt()).latestDatasetUpdate, undefined);
        await update("after");
        const { status, schemaArn: now, latestDatasetUpdate: latest } = await describeIt();
        assert.deepEqual([status, now], ["ACTIVE", schemaArn("after")]);
        assert.deepEqual([latest?.status, latest?.schemaArn], ["ACTIVE", schemaArn("after")]);
        const job = await runImportJob(service, { jobName: "new", datasetArn, dataLocation: "s3://movies/new.csv" });
        assert.equal(job.status, "ACTIVE", job.failureReason);
        await service.personalize.deleteSchema({ schemaArn: schemaArn("before") });
        await refuses(
            service.personalize.deleteSchema({ schemaArn: schemaArn("after") }),
            /is used by the dataset/,
            "ResourceInUseException",
        );
    });

    it("the dataset's status is UPDATE PENDING or UPDATE IN_PROGRESS during the update", async () => {
        await restart("demo");
        await until(async () => (await describeIt()).status === "ACTIVE");
        await update("after");
        const statuses = new Set<string>();
        const begin = await describeIt();
        assert.match(begin.status ?? "", /^UPDATE (PENDING|IN_PROGRESS)$/);
        assert.deepEqual([begin.schemaArn, begin.latestDatasetUpdate?.status], [schemaArn("before"), begin.status]);
        const dataSource = { dataLocation: "s3://movies/new.csv" };
        const job = { jobName: "early", datasetArn, dataSource, roleArn: importRole };
        const inUse = (what: RegExp) => refusal("ResourceInUseException", what);
        await assert.rejects(service.personalize.createDatasetImportJob(job), inUse(/UPDATE/));
        await assert.rejects(update("after"), inUse(/UPDATE/));
        for (const name of ["before", "after"]) {
            await assert.rejects(service.personalize.deleteSchema({ schemaArn: schemaArn(name) }), inUse(/is used by/));
        }
        await until(async () => {
            const { status } = await describeIt();
            statuses.add(String(status));
            return status === "ACTIVE";
        });
        const order = ["UPDATE PENDING", "UPDATE IN_PROGRESS", "ACTIVE"];
        assert.deepEqual(
            [...statuses],
            order.filter((status) => statuses.has(status)),
        );
        assert.equal((await describeIt()).schemaArn, schemaArn("after"));
    });

    it("UpdateDataset is rejected while an import is in progress", async () => {
        await service.stop();
        const go = Promise.withResolvers<{ allowed: true }>();
        service = await startService({ access: { ...access, judge: () => go.promise }, dataDir: service.dataDir });
        const dataSource = { dataLocation: "s3://movies/old.csv" };
        const job = { jobName: "slow", datasetArn, dataSource, roleArn: importRole };
        const { datasetImportJobArn } = await service.personalize.createDatasetImportJob(job);
        const { datasetImportJob } = await service.personalize.describeDatasetImportJob({ datasetImportJobArn });
        assert.equal(datasetImportJob?.status, "CREATE IN_PROGRESS");
        await refuses(update("after"), /is in use by .*slow/, "ResourceInUseException");
        go.resolve({ allowed: true });
    });

    it("a failed UpdateDataset has a failureReason and keeps the old schema", async () => {
        await service.emulator.handle({
            service: "personalize",
            operation: "UpdateDataset",
            region,
            body: { datasetArn, schemaArn: schemaArn("after") },
            fault: { kind: "fail", reason: "No luck." },
        });
        const { status, schemaArn: now, latestDatasetUpdate: latest } = await describeIt();
        assert.deepEqual([status, now], ["ACTIVE", schemaArn("before")]);
        assert.deepEqual([latest?.status, latest?.failureReason], ["UPDATE FAILED", "No luck."]);
        await service.personalize.deleteSchema({ schemaArn: schemaArn("after") });
    });

    const refused: [string, FieldDocument[], RegExp][] = [
        ["that takes a column away", [itemId, year], /lacks the field GENRES/],
        ["that changes a type", [itemId, { ...genres, type: ["null", "int"] }], /changes the field GENRES/],
        ["that makes a column required", [itemId, { ...genres, type: "string" }], /changes the field GENRES/],
        ["whose new column is required", [itemId, genres, { name: "YEAR", type: "int" }], /YEAR must allow null/],
    ];
    for (const [what, fields, message] of refused) {
        it(`UpdateDataset rejects a schema ${what}`, async () => {
            await createSchema("bad", ...fields);
            await refuses(update("bad"), message);
            assert.equal((await describeIt()).schemaArn, schemaArn("before"));
        });
    }

    it("UpdateDataset rejects Interactions datasets, and schemas that are already in use, missing or of a different type", async () => {
        await refuses(update("before"), /already/);
        const others = await createDataset(service, "others");
        const interactions = { datasetArn: others.datasetArn, schemaArn: schemaArn("after") };
        await refuses(service.personalize.updateDataset(interactions), /Only the schema of an Items or Users dataset/);
        await refuses(update("others-schema"), /name must be Items/);
        await assert.rejects(update("none"), { name: "ResourceNotFoundException" });
    });
});
