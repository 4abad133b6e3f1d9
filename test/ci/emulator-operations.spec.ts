import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keysOf } from "../../core/config/records.ts";
import type { ServiceName } from "../../packages/local-personalize/contract.ts";
import {
    datasetGroupArn,
    solutionArn as filmsArn,
    filmsBucket,
    openFilmsService,
    usersArn,
} from "../../packages/local-personalize/test/films-service.ts";
import {
    arn,
    createBucket,
    importRole,
    recipe,
    region,
    type Service,
    serviceModels,
    startService,
    trainVersion,
} from "../../packages/local-personalize/test/support.ts";
import { loadServiceModels, type ServiceModel } from "../../packages/local-personalize/wire/validate.ts";
import { effective, parents, refused, storedOnly } from "./emulator-parameters.ts";

/**
 * Operations that the emulator supports only in part. Each has the description of its missing part in docs/emulator.md.
 */
const partly: Readonly<Record<string, string>> = {
    CreateBatchInferenceJob: "without theme generation",
    CreateFilter: "without filters of `ActionID`",
    CreateSolution: "without `aws-next-best-action` and `aws-semantic-similarity`",
    CreateSolutionVersion: "`UPDATE` trains on all data",
    UpdateRecommender: "without `trainingDataConfig`",
    UpdateSolution: "without `performIncrementalUpdate`",
};

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "emulator.md"), "utf8");
const specs = join(root, "packages", "local-personalize", "test");

describe("Table of operations in docs/emulator.md", () => {
    let service: Service;
    let models: Record<ServiceName, ServiceModel>;
    before(async () => {
        service = await startService({ access: createBucket().access });
        models = loadServiceModels(serviceModels());
    });
    after(() => service?.discard());

    it("docs/emulator.md lists each operation of AWS's models that the emulator does not fully support", async () => {
        const rows: string[] = [];
        let emulated = 0;
        for (const name of keysOf(models)) {
            for (const operation of Object.keys(models[name].operations).sort()) {
                const input = models[name].operations[operation]?.input;
                const body = input ? smallest(models[name], input.shape) : {};
                const answer = await service.emulator.handle({ service: name, operation, region, body });
                const { message = "" } = JSON.parse(answer.body || "{}");
                assert.doesNotMatch(message, /validation error|failed/, `${operation} ${JSON.stringify(body)}`);
                const refused = message.startsWith(`${operation} is not emulated here`);
                assert.ok(!(refused && partly[operation]), operation);
                const part = partly[operation];
                if (!refused && part === undefined) emulated++;
                else rows.push(`| \`${operation}\` | ${refused ? "not emulated" : `partly emulated: ${part}`} |`);
            }
        }
        const table = page.split("\n## Operation by operation\n")[1]?.split("\n## ")[0] ?? "";
        const tableRows = table.split("\n").filter((line) => line.startsWith("| `"));
        assert.deepEqual(tableRows, rows, `The table must be:\n${rows.join("\n")}`);
        const count = (here: RegExp) => rows.filter((row) => here.test(row)).length;
        const counted = /^Of (\d+) operations (\d+) are emulated, (\d+) partly emulated, and (\d+) not emulated/m;
        assert.deepEqual(counted.exec(table)?.slice(1).map(Number), [
            rows.length + emulated,
            emulated,
            count(/\| partly emulated/),
            count(/\| not emulated/),
        ]);
    });
});

/**
 * An entry of emulator-parameters.ts: a parameter with all its members. The entry is valid for the operation
 * `operation`, or for all operations if this is undefined.
 */
interface Entry {
    readonly path: string;
    readonly operation: string | undefined;
    readonly behavior: "effective" | "parent" | "refused" | "stored only";
}

/** An optional parameter of an operation: an input member that is no structure, or a member of a structure. */
interface Parameter {
    readonly model: ServiceModel;
    readonly service: ServiceName;
    readonly operation: string;
    readonly path: string;
}

const entriesOf = (behavior: Entry["behavior"], keys: readonly string[]): readonly Entry[] =>
    keys.map((key) => {
        const [path = "", operation] = key.split(" of ");
        return { path, operation, behavior };
    });
const entries: readonly Entry[] = [
    ...entriesOf("effective", Object.values(effective).flat()),
    ...entriesOf("parent", parents),
    ...entriesOf("refused", Object.keys(refused)),
    ...entriesOf("stored only", Object.keys(storedOnly)),
];

describe("Optional parameters in test/ci/emulator-parameters.ts", () => {
    const bucket = filmsBucket();
    const models = loadServiceModels(serviceModels());
    const refusedOperations = [...page.matchAll(/^\| `(\w+)` \| not emulated \|$/gm)].map(([, operation]) => operation);
    const parameters = keysOf(models).flatMap((service) =>
        Object.entries(models[service].operations).flatMap(([operation, { input }]) =>
            input && !refusedOperations.includes(operation)
                ? optionalPaths(models[service], input.shape).map((path) => ({
                      model: models[service],
                      service,
                      operation,
                      path,
                  }))
                : [],
        ),
    );
    let service: Service;
    before(async () => {
        ({ service } = await openFilmsService(bucket));
    });
    after(() => service?.discard());

    const entryOf = ({ path, operation }: Parameter) =>
        entries
            .filter(
                ({ path: start }) => path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[]`),
            )
            .toSorted((a, b) => Number(a.operation === undefined) - Number(b.operation === undefined))
            .find((entry) => entry.operation === undefined || entry.operation === operation);
    const withBehavior = (behavior: Entry["behavior"]) =>
        parameters.filter((parameter) => entryOf(parameter)?.behavior === behavior);
    const call = async (name: ServiceName, operation: string, body: unknown) => {
        const { status, body: text } = await service.emulator.handle({ service: name, operation, region, body });
        return { status, answer: JSON.parse(text || "{}") };
    };

    it("emulator-parameters.ts has an entry for each optional parameter of AWS's service models, and no others", () => {
        assert.ok(parameters.length > 150, String(parameters.length));
        const without = parameters.filter((parameter) => !entryOf(parameter));
        assert.deepEqual(
            without.map(({ operation, path }) => `${path} of ${operation}`),
            [],
        );
        const used = new Set(parameters.map(entryOf));
        assert.deepEqual(
            entries.filter((entry) => !used.has(entry)),
            [],
        );
    });

    it("each effective parameter stands in the spec file that proves its effect, or in a helper of support.ts", () => {
        const helpers = readFileSync(join(specs, "support.ts"), "utf8");
        const missing = Object.entries(effective).flatMap(([spec, keys]) => {
            const text = readFileSync(join(specs, spec), "utf8") + helpers;
            const nameOf = (key: string) => key.split(" of ")[0]?.split(".").at(-1) ?? "";
            return keys.filter((key) => !text.includes(nameOf(key))).map((key) => `${spec}: ${key}`);
        });
        assert.deepEqual(missing, []);
    });

    for (const parameter of withBehavior("refused")) {
        const { model, service: name, operation, path } = parameter;
        it(`${operation} rejects the parameter ${path}, and the error contains the parameter's name`, async () => {
            const shape = model.operations[operation]?.input?.shape ?? "";
            const without = smallest(model, shape) as Record<string, unknown>;
            const { answer } = await call(name, operation, withPath(model, shape, without, path.split(".")));
            const start = entryOf(parameter)?.path;
            assert.equal(answer.__type, "InvalidInputException");
            assert.ok(answer.message.startsWith(`${start} of ${operation} is not emulated here.`), answer.message);
            assert.doesNotMatch((await call(name, operation, without)).answer.message ?? "", /is not emulated here/);
        });
    }

    for (const { service: name, operation } of parameters.filter(({ path }) => path === "nextToken")) {
        it(`${operation} rejects a \`nextToken\` that the same operation did not return`, async () => {
            const { answer } = await call(name, operation, {
                nextToken: "none",
                ...(operation === "ListMetricAttributionMetrics" && { metricAttributionArn: await attribution() }),
            });
            assert.equal(answer.__type, "InvalidNextTokenException", answer.message);
        });
    }

    let created: Promise<Record<string, string>> | undefined;
    const attribution = async () => (await all()).metricAttributionArn ?? "";
    /**
     * Creates a resource of each kind that openFilmsService does not create. Returns the ARNs of two of them whose
     * resources list calls can list: the metric attribution and the dataset group `shop`.
     */
    const all = () => (created ??= createAll());
    const createAll = async () => {
        const create = async (operation: string, body: object) => {
            const { status, answer } = await call("personalize", operation, body);
            assert.equal(status, 200, answer.message);
            return answer;
        };
        const dataSource = { dataLocation: "s3://movies/users.csv" };
        const path = "s3://movies/out/";
        const jobs = {
            roleArn: importRole,
            jobInput: { s3DataSource: { path } },
            jobOutput: { s3DataDestination: { path } },
        };
        const group = { datasetGroupArn };
        const solution = {
            ...group,
            name: "users",
            recipeArn: recipe("aws-item-affinity"),
            performAutoTraining: false,
        };
        const { solutionArn } = await create("CreateSolution", solution);
        const { solutionVersionArn: segments } = await trainVersion(service, solutionArn);
        const solutionVersionArn = (await call("personalize", "ListSolutionVersions", { solutionArn: filmsArn })).answer
            .solutionVersions[0].solutionVersionArn;
        await create("CreateEventTracker", { ...group, name: "films" });
        const filterExpression = "INCLUDE ItemID WHERE Items.RELEASE_YEAR > 1950";
        await create("CreateFilter", { ...group, name: "films", filterExpression });
        await create("CreateDatasetExportJob", { ...jobs, datasetArn: usersArn, jobName: "films" });
        await create("CreateDataDeletionJob", { ...group, jobName: "films", dataSource, roleArn: importRole });
        await create("CreateBatchInferenceJob", { ...jobs, jobName: "films", solutionVersionArn });
        await create("CreateBatchSegmentJob", { ...jobs, jobName: "films", solutionVersionArn: segments });
        const metrics = [{ eventType: "Watch", metricName: "watches", expression: "SAMPLECOUNT()" }];
        const metricsOutputConfig = { roleArn: importRole };
        const attributed = await create("CreateMetricAttribution", {
            ...group,
            name: "films",
            metrics,
            metricsOutputConfig,
        });
        const domain = await create("CreateDatasetGroup", { name: "shop", domain: "ECOMMERCE" });
        return { metricAttributionArn: attributed.metricAttributionArn, shop: domain.datasetGroupArn };
    };

    for (const { service: name, operation, path } of withBehavior("parent")) {
        it(`${operation} lists only resources that belong to the given ${path}`, async () => {
            await all();
            const listed = async (input: object) => {
                const { answer } = await call(name, operation, input);
                return (Object.values(answer).find(Array.isArray) ?? []).length;
            };
            const kind = path.replace("Arn", "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
            if (operation !== "ListRecommenders") assert.ok((await listed({})) > 0);
            assert.equal(await listed({ [path]: arn(`${kind}/none`) }), 0);
        });
    }
});

/**
 * Returns the paths of a shape's optional parameters. For a structure or a list of structures, returns the paths of the
 * members.
 */
function optionalPaths(model: ServiceModel, name: string, path = "", isOptional = false): string[] {
    const shape = model.shapes[name];
    if (shape?.type === "structure") {
        return Object.entries(shape.members ?? {}).flatMap(([member, { shape: inner }]) => {
            const whole = path === "" ? member : `${path}.${member}`;
            return optionalPaths(model, inner, whole, isOptional || !shape.required?.includes(member));
        });
    }
    const inner = shape?.type === "list" ? (shape.member?.shape ?? "") : "";
    if (model.shapes[inner]?.type === "structure") return optionalPaths(model, inner, `${path}[]`, isOptional);
    return isOptional ? [path] : [];
}

/** Returns the input with a valid value for the member at a path. */
function withPath(
    model: ServiceModel,
    name: string,
    input: Record<string, unknown>,
    [member = "", ...rest]: string[],
): object {
    const inner = model.shapes[name]?.members?.[member]?.shape ?? "";
    const before = input[member] ?? smallest(model, inner);
    const isBoolean = model.shapes[inner]?.type === "boolean";
    const value =
        rest.length > 0 ? withPath(model, inner, before as Record<string, unknown>, rest) : isBoolean || before;
    return { ...input, [member]: value };
}

const texts = [
    "none",
    "arn:aws:personalize:eu-central-1:000000000000:solution/none",
    "arn:aws:iam::000000000000:role/none",
    "s3://none/none.csv",
];

/** Returns the smallest valid input of a shape, with required members only. */
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
            return Object.fromEntries([
                [smallest(model, shape.key?.shape ?? ""), smallest(model, shape.value?.shape ?? "")],
            ]);
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
