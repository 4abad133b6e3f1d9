import assert from "node:assert/strict";
import { compareProperties } from "../diff.ts";
import { anyKind, isKindName, kinds, type ResourceKindName } from "../kinds.ts";

const common = { region: "eu-central-1", tags: { team: "films" }, pollSeconds: 15, deadlineMinutes: 30 };

/** For each input of each resource kind, a changed value and the effect of the change on the resource. */
const tables: Record<
    ResourceKindName | "Dataset of items",
    Record<string, [value: unknown, "replace" | "update" | "none"]>
> = {
    Schema: {
        name: ["a", "replace"],
        schema: ["{}", "replace"],
        domain: ["ECOMMERCE", "replace"],
        tags: [{}, "none"],
    },
    DatasetGroup: { name: ["a", "replace"], domain: ["ECOMMERCE", "replace"], tags: [{}, "update"] },
    Dataset: {
        name: ["a", "replace"],
        datasetGroupArn: ["a", "replace"],
        schemaArn: ["a", "replace"],
        datasetType: ["INTERACTIONS", "replace"],
        tags: [{}, "update"],
    },
    DatasetImportJob: {
        jobNamePrefix: ["a", "replace"],
        datasetArn: ["a", "replace"],
        dataLocation: ["s3://a/b", "replace"],
        roleArn: ["a", "replace"],
        contentHash: ["a", "replace"],
        repeats: ["a", "replace"],
        tags: [{}, "update"],
    },
    Solution: {
        name: ["a", "replace"],
        datasetGroupArn: ["a", "replace"],
        recipeArn: ["a", "replace"],
        performAutoML: [false, "replace"],
        performAutoTraining: [false, "update"],
        schedulingExpression: ["rate(7 days)", "update"],
        eventParameters: [[{ eventType: "Watch", weight: 0.3 }], "update"],
        tags: [{}, "update"],
    },
    SolutionVersion: {
        solutionArn: ["a", "replace"],
        importJobArn: ["a", "none"],
        rows: ["a", "replace"],
        eventParameters: [[{ eventType: "Watch", weight: 0.3 }], "replace"],
        tags: [{}, "update"],
    },
    Campaign: {
        name: ["a", "replace"],
        solutionArn: ["a", "replace"],
        solutionVersionArn: ["a", "update"],
        minProvisionedTPS: [1, "update"],
        tags: [{}, "update"],
    },
    "Dataset of items": {
        name: ["a", "replace"],
        datasetGroupArn: ["a", "replace"],
        datasetType: ["ITEMS", "replace"],
        schemaArn: ["a", "update"],
        tags: [{}, "update"],
    },
    Filter: {
        name: ["a", "replace"],
        datasetGroupArn: ["a", "replace"],
        filterExpression: ["a", "replace"],
        tags: [{}, "update"],
    },
    EventTracker: { name: ["a", "replace"], datasetGroupArn: ["a", "replace"], tags: [{}, "update"] },
    BatchInferenceJob: {
        jobNamePrefix: ["a", "replace"],
        solutionVersionArn: ["a", "replace"],
        inputLocation: ["s3://a/b", "replace"],
        contentHash: ["a", "replace"],
        outputLocation: ["s3://a/c/", "replace"],
        roleArn: ["a", "replace"],
        filterArn: ["a", "replace"],
        tags: [{}, "update"],
    },
    Recommender: {
        name: ["a", "replace"],
        datasetGroupArn: ["a", "replace"],
        recipeArn: ["a", "replace"],
        recommenderConfig: [{ minRecommendationRequestsPerSecond: 2 }, "update"],
        stopped: [false, "update"],
        tags: [{}, "update"],
    },
};

/**
 * The inputs that determine the ARN of each kind. If the ARN stays the same, the old resource must be deleted first.
 * Jobs and versions get a new name or id each time.
 */
const identities: Record<keyof typeof tables, readonly string[] | "its own each time"> = {
    Schema: ["region", "name"],
    DatasetGroup: ["region", "name"],
    Dataset: ["region", "datasetGroupArn", "datasetType"],
    DatasetImportJob: "its own each time",
    Solution: ["region", "name"],
    SolutionVersion: "its own each time",
    Campaign: ["region", "name"],
    "Dataset of items": ["region", "datasetGroupArn", "datasetType"],
    Filter: ["region", "name"],
    EventTracker: ["region", "datasetGroupArn"],
    BatchInferenceJob: "its own each time",
    Recommender: ["region", "name"],
};

describe("`diff` of recorded and requested inputs", () => {
    for (const [name, table] of Object.entries(tables)) {
        describe(`\`diff\` of ${name}`, () => {
            const [kindName = ""] = name.split(" ");
            assert.ok(isKindName(kindName));
            const kind = anyKind(kinds[kindName]);
            const own = Object.fromEntries(Object.entries(table).map(([key, [value]]) => [key, value]));
            const inputs = { ...common, ...own };
            const outs = { ...inputs, arn: "arn:of:it", status: "ACTIVE", __provider: "old text" };
            const identity = identities[name as keyof typeof tables];
            const oldGoesFirst = (key: string) => identity !== "its own each time" && !identity.includes(key);

            it(`\`diff\` of ${name} ignores the code of the dynamic provider and the order of keys`, () => {
                assert.deepEqual(compareProperties(kind, outs, { ...inputs, __provider: "new text" }), {
                    changes: false,
                    replaces: [],
                    deleteBeforeReplace: false,
                });
                const tagged = { ...outs, tags: { a: "1", b: "2" } };
                assert.equal(compareProperties(kind, tagged, { ...inputs, tags: { b: "2", a: "1" } }).changes, false);
            });

            it(`the table in this spec contains every input that ${name} declares`, () => {
                const noted = (kind.noted ?? []).filter((key) => key in table);
                const declared = [...kind.replaces, ...kind.updates, ...noted, "tags"].filter(
                    (key) => key !== "region",
                );
                assert.deepEqual(declared.sort(), Object.keys(table).sort());
            });

            const region: (typeof table)[string] = [common.region, "replace"];
            for (const [key, [, effect]] of Object.entries({ ...table, region })) {
                it(`changing ${key} of ${name} has the effect: ${effect}`, () => {
                    assert.deepEqual(compareProperties(kind, outs, { ...inputs, [key]: "something else" }), {
                        changes: effect !== "none",
                        replaces: effect === "replace" ? [key] : [],
                        deleteBeforeReplace: effect === "replace" && oldGoesFirst(key),
                    });
                });
            }

            it(`a replacement of ${name} with a generated name is created first, if the name determines its ARN`, () => {
                const generated = { ...inputs, logicalName: "films" };
                const { deleteBeforeReplace } = compareProperties(
                    kind,
                    { ...outs, status: "CREATE FAILED" },
                    generated,
                );
                assert.equal(deleteBeforeReplace, oldGoesFirst("status") && !identity.includes("name"));
            });

            it(`\`diff\` of ${name} ignores pollSeconds and deadlineMinutes`, () => {
                for (const key of ["pollSeconds", "deadlineMinutes"]) {
                    assert.equal(compareProperties(kind, outs, { ...inputs, [key]: 99 }).changes, false);
                }
            });

            for (const status of ["CREATE FAILED", "CREATE STOPPED", "DELETE IN_PROGRESS"]) {
                it(`\`diff\` of ${name} replaces a resource with the status ${status}`, () => {
                    assert.deepEqual(compareProperties(kind, { ...outs, status }, inputs), {
                        changes: true,
                        replaces: ["status"],
                        deleteBeforeReplace: oldGoesFirst("status"),
                    });
                });
            }

            it(`\`diff\` of ${name} updates a resource with the status CREATE IN_PROGRESS`, () => {
                const { changes, replaces } = compareProperties(
                    kind,
                    { ...outs, status: "CREATE IN_PROGRESS" },
                    inputs,
                );
                assert.deepEqual({ changes, replaces }, { changes: true, replaces: [] });
            });

            it(`\`diff\` of ${name} ignores the name of an adopted resource as long as the input \`adopt\` is set`, () => {
                const renamed = { ...outs, name: "made in the console", adopt: outs.arn };
                assert.equal(compareProperties(kind, renamed, { ...inputs, adopt: outs.arn }).changes, false);
                const { name, adopt, ...adopted }: Record<string, unknown> = { ...inputs, adopt: outs.arn };
                const takenOut = compareProperties(kind, renamed, { ...adopted, name });
                assert.deepEqual(takenOut.replaces, "name" in inputs ? ["name"] : [], String(adopt));
            });

            it(`if the input \`adopt\` has a different ARN, \`diff\` of ${name} replaces the resource without deleting it first`, () => {
                assert.deepEqual(compareProperties(kind, outs, { ...inputs, adopt: "arn:of:another" }), {
                    changes: true,
                    replaces: ["adopt"],
                    deleteBeforeReplace: false,
                });
            });

            it(`\`diff\` of ${name} reports a change for values that are unknown at preview`, () => {
                const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
                const [replacing] = kind.replaces.filter((key) => key !== "region");
                const difference = compareProperties(kind, outs, { ...inputs, [String(replacing)]: unknown });
                assert.deepEqual(difference.replaces, [replacing]);
            });
        });
    }
});
