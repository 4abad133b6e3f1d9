import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
    type CreateRecommenderCommandInput,
    type CreateSolutionCommandInput,
    type Domain,
    type ImportMode,
    type IngestionMode,
    Personalize,
} from "@aws-sdk/client-personalize";
import { type GetRecommendationsCommandInput, PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import { requireServiceModelDir } from "../botocore.ts";
import { createEmulator, type EmulatorOptions, type ImportAccess, type ImportRequest } from "../emulator.ts";
import { createFaults } from "../host/faults.ts";
import { startServer } from "../host/server.ts";
import { portOf } from "../wire/http.ts";

export const region = "eu-central-1";
export const accountId = "000000000000";
export const arn = (tail: string) => `arn:aws:personalize:${region}:${accountId}:${tail}`;
export const importRole = `arn:aws:iam::${accountId}:role/AmazonPersonalize-ExecutionRole`;
export const recipe = (name: string) => `arn:aws:personalize:::recipe/${name}`;

/** Returns the folder of the service models, in the botocore of the Python that the tests use. */
export function serviceModels(): string {
    const python = process.env.MOVIE_RECOMMENDER_PYTHON;
    if (!python) throw new Error("MOVIE_RECOMMENDER_PYTHON is not set. Run the tests with: npm test");
    return requireServiceModelDir(python);
}

/**
 * Creates an S3 in memory. `objects` maps `bucket/key` to the object's content. After `deny(true)`, every access is
 * denied.
 */
export function createBucket(objects: Record<string, string | Buffer> = {}) {
    const requests: ImportRequest[] = [];
    const writes: ImportRequest[] = [];
    let denied = false;
    let readOnly = false;
    const access: ImportAccess = {
        async judge(request) {
            requests.push(request);
            return denied ? { allowed: false, step: "bucket policy", reason: "no statement" } : { allowed: true };
        },
        async judgeWrite(request) {
            writes.push(request);
            const step = "write by the role's policies";
            return denied || readOnly ? { allowed: false, step, reason: "no statement" } : { allowed: true };
        },
        async list(name, prefix) {
            return Object.entries(objects)
                .filter(([path]) => path.startsWith(`${name}/${prefix}`))
                .map(([path, text]) => ({ key: path.slice(name.length + 1), size: text.length }));
        },
        async read(name, key) {
            const bytes = Buffer.from(objects[`${name}/${key}`] ?? "");
            return (async function* () {
                for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
            })();
        },
        async write(name, key, text) {
            if (name === "nowhere") throw new Error("NoSuchBucket");
            objects[`${name}/${key}`] = text;
        },
    };
    return {
        objects,
        requests,
        writes,
        access,
        deny(value: boolean) {
            denied = value;
        },
        denyWrites(value: boolean) {
            readOnly = value;
        },
    };
}

/** Creates an emulator of the tests' account and region, which by default takes no time and logs to stderr. */
export const createTestEmulator = (options: Pick<EmulatorOptions, "access" | "dataDir"> & Partial<EmulatorOptions>) =>
    createEmulator({
        speed: "instant",
        accountId,
        partition: "aws",
        serviceModelDir: serviceModels(),
        log: (line) => void process.stderr.write(`${line}\n`),
        ...options,
    });

/** Starts the emulator behind a real HTTP server. Returns it with AWS SDK clients that use it. */
export async function startService(more: Partial<EmulatorOptions> & { access: ImportAccess }) {
    const dataDir = more.dataDir ?? (await mkdtemp(join(tmpdir(), "personalize-emulator-")));
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const emulator = createTestEmulator({ log, ...more, dataDir });
    const faults = createFaults();
    const server = await startServer({ emulator, faults, host: "127.0.0.1", port: 0, region, log });
    const endpoint = `http://127.0.0.1:${portOf(server)}`;
    const settings = {
        endpoint,
        region,
        maxAttempts: 1,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const personalize = new Personalize(settings);
    const runtime = new PersonalizeRuntime(settings);
    const stop = async () => {
        personalize.destroy();
        runtime.destroy();
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
        await emulator.close();
    };
    return {
        dataDir,
        emulator,
        endpoint,
        lines,
        personalize,
        runtime,
        /** Ends the service and keeps its folder. */
        stop,
        /** Ends the service and removes its folder. */
        async discard() {
            await stop();
            await rm(dataDir, { recursive: true, force: true });
        },
    };
}

export type Service = Awaited<ReturnType<typeof startService>>;

/** Starts a service for all tests of a `describe`, and ends it after them. Earlier `before` hooks run before the start. */
export function serviceOf(start: () => Promise<Service>): Service {
    let started: Service | undefined;
    before(async () => {
        started = await start();
    });
    after(() => started?.discard());
    // The members exist only when the service has started.
    return new Proxy({} as Service, { get: (_, name) => Reflect.get(started ?? {}, name) });
}

/** Ends a service, and starts it again with its data. */
export async function restartService({ stop, dataDir }: Service, options: Parameters<typeof startService>[0]) {
    await stop();
    return startService({ ...options, dataDir });
}

/** Polls until `look` returns a value. */
export async function until<Found>(look: () => Promise<Found | undefined | false>): Promise<Found> {
    for (;;) {
        const result = await look();
        if (result) return result;
        await sleep(20);
    }
}

/** Polls until a resource is ACTIVE or COMPLETED, or has failed. Returns its description. */
export const untilEnded = <Resource extends { readonly status?: string | undefined }>(
    describe: () => Promise<Resource | undefined>,
): Promise<Resource> =>
    until(async () => {
        const resource = await describe();
        return /ACTIVE|COMPLETED|FAILED/.test(resource?.status ?? "") && resource;
    });

/** Returns a column of an Avro schema, by default a string. `more` are attributes such as `categorical`. */
export const column = (name: string, type: unknown = "string", more: object = {}) => ({ name, type, ...more });

/** Returns the Avro schema of a dataset. */
export const createSchema = (name: string, ...fields: readonly object[]) =>
    JSON.stringify({ type: "record", name, namespace: "com.amazonaws.personalize.schema", fields, version: "1.0" });

export const interactionColumns = [
    ...["USER_ID", "ITEM_ID", "EVENT_TYPE"].map((name) => column(name)),
    column("TIMESTAMP", "long"),
];
export const interactionsSchema = createSchema("Interactions", ...interactionColumns);

/**
 * Creates a schema and a dataset with one name in a group, and imports a file of the bucket "movies" into the dataset.
 * @throws Error if the import fails
 */
export async function addDataset(
    service: Service,
    group: { readonly datasetGroupArn: string | undefined; readonly domain?: Domain | undefined },
    dataset: { readonly name: string; readonly datasetType: string; readonly schema: string; readonly file?: string },
): Promise<void> {
    const { personalize } = service;
    const { datasetGroupArn, domain } = group;
    const { name, datasetType, schema, file } = dataset;
    const { schemaArn } = await personalize.createSchema({ name, schema, ...(domain && { domain }) });
    const { datasetArn = "" } = await personalize.createDataset({ name, schemaArn, datasetGroupArn, datasetType });
    if (file === undefined) return;
    const job = await runImportJob(service, { jobName: name, datasetArn, dataLocation: `s3://movies/${file}` });
    assert.equal(job.status, "ACTIVE", job.failureReason);
}

/** Creates a schema, a dataset group and an interactions dataset, which are ACTIVE at once with the speed `instant`. */
export async function createDataset({ personalize }: Pick<Service, "personalize">, name = "films") {
    const schema = await personalize.createSchema({ name: `${name}-schema`, schema: interactionsSchema });
    const group = await personalize.createDatasetGroup({ name });
    const dataset = await personalize.createDataset({
        name,
        schemaArn: schema.schemaArn,
        datasetGroupArn: group.datasetGroupArn,
        datasetType: "Interactions",
    });
    return {
        schemaArn: String(schema.schemaArn),
        datasetGroupArn: String(group.datasetGroupArn),
        datasetArn: String(dataset.datasetArn),
    };
}

/** Creates an import job, waits for its end, and returns its description. */
export async function runImportJob(
    { personalize }: Pick<Service, "personalize">,
    job: { jobName: string; datasetArn: string; dataLocation: string; importMode?: ImportMode },
) {
    const { dataLocation, ...input } = job;
    const { datasetImportJobArn } = await personalize.createDatasetImportJob({
        ...input,
        dataSource: { dataLocation },
        roleArn: importRole,
    });
    return untilEnded(
        async () => (await personalize.describeDatasetImportJob({ datasetImportJobArn })).datasetImportJob,
    );
}

/** Exports a dataset of the group films to the bucket "movies", and returns the lines of the file. */
export async function exportLines(
    { personalize }: Service,
    { objects }: ReturnType<typeof createBucket>,
    type: string,
    ingestionMode: IngestionMode = "ALL",
): Promise<string[]> {
    const jobName = `${type}-${ingestionMode}`;
    const { datasetExportJobArn } = await personalize.createDatasetExportJob({
        ...{ jobName, datasetArn: arn(`dataset/films/${type}`), roleArn: importRole, ingestionMode },
        jobOutput: { s3DataDestination: { path: "s3://movies/export/" } },
    });
    await untilEnded(
        async () => (await personalize.describeDatasetExportJob({ datasetExportJobArn })).datasetExportJob,
    );
    return String(objects[`movies/export/${jobName}_1.csv`]).trimEnd().split("\n");
}

/** Creates a solution version, waits for the end of its training, and returns its description. */
export async function trainVersion({ personalize }: Pick<Service, "personalize">, solutionArn: string) {
    const { solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn });
    return untilEnded(async () => (await personalize.describeSolutionVersion({ solutionVersionArn })).solutionVersion);
}

/**
 * Creates a solution in the dataset group films, without automatic training, and trains a version. Returns the
 * version's ARN. `more` are further members of the solution, whose name is by default that of the recipe.
 * @throws Error if the training fails
 */
export async function trainRecipe(
    service: Pick<Service, "personalize">,
    recipeName: string,
    more: Partial<CreateSolutionCommandInput> = {},
): Promise<string> {
    const { solutionArn = "" } = await service.personalize.createSolution({
        name: recipeName,
        datasetGroupArn: arn("dataset-group/films"),
        recipeArn: recipe(recipeName),
        performAutoTraining: false,
        ...more,
    });
    const { status, failureReason, solutionVersionArn = "" } = await trainVersion(service, solutionArn);
    assert.equal(status, "ACTIVE", failureReason);
    return solutionVersionArn;
}

/** Creates a recommender, waits for the end of its creation, and returns its description. */
export async function createRecommender({ personalize }: Service, recommender: CreateRecommenderCommandInput) {
    const { recommenderArn } = await personalize.createRecommender(recommender);
    return untilEnded(async () => (await personalize.describeRecommender({ recommenderArn })).recommender);
}

/** Returns the items that a campaign or recommender recommends. */
export const fetchItems = async ({ runtime }: Service, input: GetRecommendationsCommandInput) =>
    (await runtime.getRecommendations(input)).itemList ?? [];

/** Returns a function for assert.rejects that checks the name and message of an AWS client's error. */
export const refusal = (name: string, message: string | RegExp) => (error: unknown) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, name);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
};

/** Asserts that a call of an AWS client fails with an error of this message and name. */
export const refuses = (call: Promise<unknown>, message: string | RegExp, name = "InvalidInputException") =>
    assert.rejects(call, refusal(name, message));
