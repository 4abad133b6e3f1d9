import assert from "node:assert/strict";
import { paginateListSchemas } from "@aws-sdk/client-personalize";
import {
    arn,
    createBucket,
    createDataset,
    interactionsSchema,
    recipe,
    refusal,
    refuses,
    region,
    serviceOf,
    startService,
} from "./support.ts";

const schemaWith = (change: (document: Record<string, unknown>) => void) => {
    const document = JSON.parse(interactionsSchema);
    change(document);
    return JSON.stringify(document);
};

describe("Resources of the local Personalize", () => {
    const service = serviceOf(() => startService({ access: createBucket().access }));
    let datasetGroupArn: string;
    let schemaArn: string;
    let datasetArn: string;

    before(async () => {
        ({ datasetGroupArn, schemaArn, datasetArn } = await createDataset(service));
    });

    it("creating a resource with an existing name or dataset type returns ResourceAlreadyExistsException", async () => {
        const taken = (tail: string) =>
            refusal("ResourceAlreadyExistsException", `Another resource with Arn ${arn(tail)} already exists.`);
        const schema = interactionsSchema;
        await assert.rejects(
            service.personalize.createSchema({ name: "films-schema", schema }),
            taken("schema/films-schema"),
        );
        await assert.rejects(service.personalize.createDatasetGroup({ name: "films" }), taken("dataset-group/films"));
        await assert.rejects(
            service.personalize.createDataset({
                name: "other",
                schemaArn,
                datasetGroupArn,
                datasetType: "INTERACTIONS",
            }),
            taken("dataset/films/INTERACTIONS"),
        );
        const { dataset } = await service.personalize.describeDataset({ datasetArn });
        assert.equal(dataset?.datasetType, "INTERACTIONS");
        assert.equal(dataset?.schemaArn, schemaArn);
        assert.ok(Math.abs(Date.now() - Number(dataset?.creationDateTime)) < 60_000);
    });

    const badSchemas: [string, string, RegExp][] = [
        ["no JSON", "{", /not a JSON object/],
        ["no record", schemaWith((document) => (document.type = "map")), /type must be "record"/],
        [
            "an unknown type",
            schemaWith((document) => (document.fields = [{ name: "A", type: "array" }])),
            /field A has the type/,
        ],
        [
            "names that differ only in punctuation",
            schemaWith(
                (document) =>
                    (document.fields = ["GENRES_FIELD_1", "GENRESFIELD1"].map((name) => ({ name, type: "string" }))),
            ),
            /GENRES_FIELD_1 and GENRESFIELD1/,
        ],
    ];
    for (const [what, schema, message] of badSchemas) {
        it(`CreateSchema rejects a schema with ${what}`, async () => {
            await refuses(service.personalize.createSchema({ name: "bad", schema }), message);
        });
    }

    it("CreateDataset rejects a schema of a different dataset type, and an unknown type", async () => {
        const create = (datasetType: string) =>
            service.personalize.createDataset({ name: "d", schemaArn, datasetGroupArn, datasetType });
        await refuses(create("Items"), /name must be Items for an ITEMS dataset/);
        await refuses(create("Films"), /no dataset type FILMS/);
    });

    it("CreateDatasetGroup rejects a key without a role", () => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
        return refuses(
            service.personalize.createDatasetGroup({ name: "keyed", kmsKeyArn }),
            /kmsKeyArn needs a roleArn/,
        );
    });

    it("pages of a list contain each resource once, and a nextToken is valid for one query only", async () => {
        const names = Array.from({ length: 7 }, (_, index) => `paged-${index}`);
        for (const name of names) await service.personalize.createSchema({ name, schema: interactionsSchema });
        const listedNames: string[] = [];
        for await (const page of paginateListSchemas({ client: service.personalize, pageSize: 3 }, {})) {
            assert.ok((page.schemas ?? []).length <= 3);
            listedNames.push(...(page.schemas ?? []).map(({ name }) => String(name)));
        }
        assert.deepEqual(
            listedNames.filter((name) => name.startsWith("paged-")),
            names,
        );
        assert.equal(new Set(listedNames).size, listedNames.length);
        const { nextToken } = await service.personalize.listSchemas({ maxResults: 3 });
        await refuses(
            service.personalize.listDatasets({ ...(nextToken && { nextToken }) }),
            /not valid/,
            "InvalidNextTokenException",
        );
    });

    it("resources have the tags of their Create call and of TagResource, at most 50", async () => {
        const tags = [{ tagKey: "team", tagValue: "films" }];
        const created = await service.personalize.createDatasetGroup({ name: "tagged", tags });
        const resourceArn = String(created.datasetGroupArn);
        const listed = async () => (await service.personalize.listTagsForResource({ resourceArn })).tags;
        assert.deepEqual(await listed(), tags);
        await service.personalize.tagResource({
            resourceArn,
            tags: [
                { tagKey: "team", tagValue: "a" },
                { tagKey: "b", tagValue: "" },
            ],
        });
        assert.deepEqual(await listed(), [
            { tagKey: "b", tagValue: "" },
            { tagKey: "team", tagValue: "a" },
        ]);
        await service.personalize.untagResource({ resourceArn, tagKeys: ["b", "absent"] });
        assert.deepEqual(await listed(), [{ tagKey: "team", tagValue: "a" }]);
        const many = Array.from({ length: 50 }, (_, index) => ({ tagKey: `k${index}`, tagValue: "v" }));
        await refuses(
            service.personalize.tagResource({ resourceArn, tags: many }),
            /at most 50/,
            "TooManyTagsException",
        );
        const gone = { resourceArn: arn("campaign/none"), tags };
        await refuses(service.personalize.tagResource(gone), /does not exist/, "ResourceNotFoundException");
        await service.personalize.deleteDatasetGroup({ datasetGroupArn: resourceArn });
    });

    it("a dataset group allows one event tracker, which blocks the deletion of the group", async () => {
        const name = "tracker";
        const created = await service.personalize.createEventTracker({ name, datasetGroupArn });
        assert.match(String(created.eventTrackerArn), /:event-tracker\/[0-9a-f]{8}$/);
        const { eventTracker } = await service.personalize.describeEventTracker({
            eventTrackerArn: created.eventTrackerArn,
        });
        assert.equal(eventTracker?.trackingId, created.trackingId);
        assert.equal(eventTracker?.accountId, "000000000000");
        await refuses(
            service.personalize.createEventTracker({ name: "second", datasetGroupArn }),
            /event-tracker/,
            "ResourceAlreadyExistsException",
        );
        await refuses(
            service.personalize.deleteDatasetGroup({ datasetGroupArn }),
            /event tracker/,
            "ResourceInUseException",
        );
        await service.personalize.deleteEventTracker({ eventTrackerArn: created.eventTrackerArn });
    });

    it("CreateDatasetGroup allows five dataset groups in a region", async () => {
        for (let index = 2; index <= 5; index++)
            await service.personalize.createDatasetGroup({ name: `group-${index}` });
        await refuses(
            service.personalize.createDatasetGroup({ name: "group-6" }),
            /More than 5 resources in ACTIVE state/,
            "LimitExceededException",
        );
    });

    const recipeArn = recipe("aws-user-personalization");
    const badSolutions: [string, object, RegExp][] = [
        [
            "AutoML with a recipe",
            { performAutoML: true, recipeArn },
            /leave recipeArn out, or set performAutoML to false/,
        ],
        ["neither AutoML nor a recipe", {}, /recipeArn is required unless performAutoML/],
        [
            "a recipe that is not emulated",
            { recipeArn: recipe("aws-next-best-action") },
            /aws-next-best-action is not emulated here; use one of/,
        ],
        ["a domain's use case", { recipeArn: recipe("aws-vod-top-picks") }, /for recommenders, not solutions/],
        ["AutoML", { performAutoML: true }, /^performAutoML .* no longer .*aws-user-personalization-v2/],
        ...["aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart"].map((name): [string, object, RegExp] => [
            `the legacy recipe ${name}`,
            { recipeArn: recipe(name) },
            /\/aws-hrnn\S* is a legacy recipe.* no longer .*aws-user-personalization-v2/,
        ]),
    ];
    for (const [what, input, message] of badSolutions) {
        it(`CreateSolution rejects a solution with ${what}`, async () => {
            await refuses(service.personalize.createSolution({ name: "s", datasetGroupArn, ...input }), message);
        });
    }

    it("DeleteDatasetGroup does not find a dataset group of another region", async () => {
        const elsewhere = datasetGroupArn.replace(region, "eu-west-1");
        await refuses(
            service.personalize.deleteDatasetGroup({ datasetGroupArn: elsewhere }),
            `The given dataset group does not exist: ${elsewhere}`,
            "ResourceNotFoundException",
        );
    });
});
