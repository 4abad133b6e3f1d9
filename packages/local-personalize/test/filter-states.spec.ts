import assert from "node:assert/strict";
import { datasetGroupArn, filmsBucket } from "./films-service.ts";
import {
    addDataset,
    arn,
    column,
    createSchema,
    refusal,
    refuses,
    restartService,
    type Service,
    startService,
    until,
} from "./support.ts";

describe("Filter states and limits", () => {
    const expression = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)";
    let service: Service;
    afterEach(() => service?.discard());

    const describeFilter = async (name: string) => {
        const filterArn = arn(`filter/${name}`);
        return (await service.personalize.describeFilter({ filterArn })).filter?.status;
    };
    const create = (name: string, filterExpression = expression) =>
        service.personalize.createFilter({ name, datasetGroupArn, filterExpression });
    const isGone = refusal("ResourceNotFoundException", /filter/);

    it("CreateFilter requires an ACTIVE dataset group, and a filter has all documented states from creation to deletion", async () => {
        service = await startService({ access: filmsBucket().access, speed: "demo" });
        await service.personalize.createDatasetGroup({ name: "films" });
        await refuses(create("f"), /dataset group .* is CREATE PENDING/, "ResourceInUseException");
        await until(async () => create("f").catch(() => false));
        const statuses = new Set<unknown>();
        await until(async () => statuses.add(await describeFilter("f")).has("ACTIVE"));
        await service.personalize.deleteFilter({ filterArn: arn("filter/f") });
        await assert.rejects(
            until(async () => void statuses.add(await describeFilter("f"))),
            isGone,
        );
        assert.deepEqual(
            [...statuses],
            ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE", "DELETE PENDING", "DELETE IN_PROGRESS"],
        );
    });

    it("a filter survives a restart and is deleted with its dataset group", async () => {
        service = await startService({ access: filmsBucket().access });
        await service.personalize.createDatasetGroup({ name: "films" });
        await create("f");
        service = await restartService(service, { access: filmsBucket().access });
        assert.equal(await describeFilter("f"), "ACTIVE");
        await service.personalize.deleteDatasetGroup({ datasetGroupArn });
        await assert.rejects(describeFilter("f"), isGone);
    });

    it("CreateFilter allows 30 filters, 10 fields in each filter and 20 different fields in total", async () => {
        service = await startService({ access: filmsBucket().access });
        const { personalize } = service;
        await personalize.createDatasetGroup({ name: "films" });
        for (let number = 1; number <= 30; number++) await create(`f${number}`);
        await refuses(create("f31"), /More than 30 resources/, "LimitExceededException");
        for (let number = 1; number <= 30; number++) {
            await personalize.deleteFilter({ filterArn: arn(`filter/f${number}`) });
        }
        const fields = ["ITEM_ID", ...Array.from({ length: 24 }, (_, number) => `C${number}`)];
        const schema = createSchema("Items", ...fields.map((name) => column(name)));
        await addDataset(service, { datasetGroupArn }, { name: "wide", datasetType: "Items", schema });
        const of = (from: number, to: number) =>
            `INCLUDE ItemID WHERE ${Array.from({ length: to - from }, (_, at) => `Items.C${from + at} = "x"`).join(" AND ")}`;
        await refuses(create("wide", of(0, 11)), /at most 10 .* has 11/, "LimitExceededException");
        await create("low", of(0, 10));
        await create("high", of(10, 20));
        await create("same", of(5, 15));
        await refuses(create("more", of(20, 21)), /at most 20 .* be 21/, "LimitExceededException");
    });
});
