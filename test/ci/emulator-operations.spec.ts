import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceName } from "../../packages/local-personalize/contract.ts";
import {
    createBucket,
    region,
    type Service,
    serviceModels,
    startService,
} from "../../packages/local-personalize/test/support.ts";
import { loadServiceModels, type ServiceModel } from "../../packages/local-personalize/wire/validate.ts";

/** The parts of operations that are left out; a call with one is refused by name, or has no effect. */
const partly: Readonly<Record<string, string>> = {
    CreateBatchInferenceJob: "without theme generation",
    CreateBatchSegmentJob: "without filters",
    CreateDatasetExportJob: "of interactions, the columns that models use",
    CreateDatasetImportJob: "without `publishAttributionMetricsToS3`",
    CreateFilter: "for items, without `CurrentItem`",
    CreateRecommender: "of `recommenderConfig` only `enableMetadataWithRecommendations` has an effect",
    CreateSolution: "without `aws-next-best-action` and `aws-semantic-similarity`; `performHPO` has no effect",
    CreateSolutionVersion: "`UPDATE` trains on all data",
    GetPersonalizedRanking: "without context",
    GetRecommendations: "without promotions and context",
    PutEvents: "impressions and attribution are stored only",
    UpdateSolution: "without `performIncrementalUpdate`",
};
/** Families of which no resource can be created. */
const empty = /^(List|Describe|Update|Delete)(MetricAttribution|DataDeletionJob)/;

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "emulator.md"), "utf8");

describe("Table of operations in docs/emulator.md", () => {
    let service: Service;
    let models: Record<ServiceName, ServiceModel>;
    before(async () => {
        service = await startService({ access: createBucket().access });
        models = loadServiceModels(serviceModels());
    });
    after(() => service?.discard());

    it("the table lists each operation of AWS's service models with its emulation", async () => {
        const rows: string[] = [];
        for (const name of Object.keys(models) as ServiceName[]) {
            for (const operation of Object.keys(models[name].operations).sort()) {
                const input = models[name].operations[operation]?.input;
                const body = input ? smallest(models[name], input.shape) : {};
                const answer = await service.emulator.handle({ service: name, operation, region, body });
                const { message = "" } = JSON.parse(answer.body || "{}");
                assert.doesNotMatch(message, /validation error|failed/, `${operation} ${JSON.stringify(body)}`);
                const refused = message.startsWith(`${operation} is not emulated here`);
                assert.ok(!(refused && partly[operation]), operation);
                const part = partly[operation];
                const here = refused
                    ? "refused"
                    : part
                      ? `partly: ${part}`
                      : empty.test(operation)
                        ? "empty"
                        : "behaves";
                rows.push(`| \`${operation}\` | ${here} |`);
            }
        }
        const table = page.split("\n## Operation by operation\n")[1]?.split("\n## ")[0] ?? "";
        const found = table.split("\n").filter((line) => line.startsWith("| `"));
        assert.deepEqual(found, rows, `The table must be:\n${rows.join("\n")}`);
        const count = (here: RegExp) => rows.filter((row) => here.test(row)).length;
        const counted =
            /^Of (\d+) operations (\d+) behave, (\d+) partly, (\d+) list or find nothing, and (\d+) are refused/m;
        assert.deepEqual(counted.exec(table)?.slice(1).map(Number), [
            rows.length,
            count(/\| behaves/),
            count(/\| partly/),
            count(/\| empty/),
            count(/\| refused/),
        ]);
    });
});

const texts = [
    "none",
    "arn:aws:personalize:eu-central-1:000000000000:solution/none",
    "arn:aws:iam::000000000000:role/none",
    "s3://none/none.csv",
];

/** The smallest input that a shape allows: required members only. */
function smallest(model: ServiceModel, name: string): unknown {
    const shape = model.shapes[name];
    if (!shape) throw new Error(`There is no shape ${name}.`);
    switch (shape.type) {
        case "structure":
            return Object.fromEntries(
                (shape.required ?? []).map((member) => [member, smallest(model, shape.members?.[member]?.shape ?? "")]),
            );
        case "list":
            return [smallest(model, shape.member?.shape ?? "")];
        case "map":
            return {};
        case "boolean":
            return false;
        case "string": {
            const fits = (text: string) => !shape.pattern || new RegExp(`^(?:${shape.pattern})$`, "u").test(text);
            const text = shape.enum?.[0] ?? texts.find(fits);
            if (text === undefined) throw new Error(`No text fits ${name}: ${shape.pattern}`);
            return text;
        }
        default:
            return shape.min ?? 1;
    }
}
