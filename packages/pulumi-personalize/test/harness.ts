import assert from "node:assert/strict";
import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { Speed } from "../../local-personalize/emulator.ts";
import { interactionsCsv, syntheticRatings } from "../../local-personalize/test/interactions.ts";
import {
    createBucket,
    interactionsSchema,
    recipe,
    type Service,
    startService,
    until,
} from "../../local-personalize/test/support.ts";
import { advice } from "../advice.ts";
import type { ResourceKindName } from "../kinds.ts";
import { createHandlers } from "../process-handlers.ts";
import type { LifecycleDeps } from "../wait.ts";

export type Properties = Readonly<Record<string, unknown>>;
export type Made = { readonly id: string; readonly outs: Properties };
/** The error with which Pulumi records a resource whose creation failed or is incomplete. */
export type InitFailure = Error & { id: string; properties: Properties; reasons: string[] };

export const csv = interactionsCsv(syntheticRatings());
export const tags = {
    "pulumi:project": "movie-recommender",
    "pulumi:stack": "test",
};
/** The ID of an `Owner` that was created in 2024, before any resource of the tests. */
export const owner = "01900000-0000-7000-8000-0000000000aa";
export const roleArn = "arn:aws:iam::000000000000:role/AmazonPersonalize-ExecutionRole";
/** Inputs that every kind has. Pulumi adds the input `__provider`, which contains the provider's code as a text. */
export const common = {
    region: "eu-central-1",
    tags,
    owner,
    pollSeconds: 0.01,
    deadlineMinutes: 1,
    __provider: "exports.handler = …",
};
export const [hashA, hashB] = ["a".repeat(64), "b".repeat(64)] as const;

/** Returns the input `rows` of a solution version that is trained on this import job. */
export const toRowsInput = ({ outs }: Made): string => String(outs.jobName).replace(/-\d+$/, "");

export const importInputs = (datasetArn: string, inputs: Properties = {}) => ({
    ...common,
    jobNamePrefix: "import",
    datasetArn,
    dataLocation: "s3://films/interactions.csv",
    roleArn,
    contentHash: hashA,
    ...inputs,
});

/** Returns the sorted names of all import jobs. */
export async function importJobNames({ personalize }: Pick<Service, "personalize">): Promise<string[]> {
    const { datasetImportJobs = [] } = await personalize.listDatasetImportJobs({});
    return datasetImportJobs.map(({ jobName }) => String(jobName)).sort();
}

/** Starts a local Personalize with a bucket, and creates handlers for it, before each test of the calling suite. */
export function useHarness() {
    const bucket = createBucket({ "films/interactions.csv": csv });
    const lines: string[] = [];

    const depsFor = (client: PersonalizeClient, more: Partial<LifecycleDeps> = {}): LifecycleDeps => ({
        client: () => client,
        sleep: (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000)),
        now: () => performance.now() / 1000,
        log: (line) => void lines.push(line),
        assertEngineAlive: async () => {},
        random: () => 0.5,
        advice,
        ...more,
    });
    const start = async (speed: Speed, dataDir?: string) => {
        const service = await startService({ access: bucket.access, speed, ...(dataDir && { dataDir }) });
        return { service, handlers: createHandlers(depsFor(service.personalize)) };
    };
    let running: Awaited<ReturnType<typeof start>> | undefined;
    const here = () => {
        assert.ok(running, "the harness is there in tests and hooks only");
        return running;
    };
    beforeEach(async () => {
        bucket.deny(false);
        lines.splice(0);
        running = await start("instant");
    });
    afterEach(() => running?.service.discard());

    const make = (kind: ResourceKindName, inputs: Properties) => here().handlers[kind].create({ ...common, ...inputs });
    const makeGroup = (inputs: Properties = {}) => make("DatasetGroup", { name: "films", ...inputs });
    async function makeDataset() {
        const schema = await make("Schema", { name: "films", schema: interactionsSchema });
        const group = await makeGroup();
        const dataset = await make("Dataset", {
            name: "films",
            datasetGroupArn: group.id,
            schemaArn: schema.id,
            datasetType: "INTERACTIONS",
        });
        return { schema, group, dataset };
    }
    async function makeVersion() {
        const resources = await makeDataset();
        const importJob = await make("DatasetImportJob", importInputs(resources.dataset.id));
        const solution = await make("Solution", {
            name: "films",
            datasetGroupArn: resources.group.id,
            recipeArn: recipe("aws-user-personalization"),
            performAutoML: false,
            performAutoTraining: false,
        });
        const inputs = { solutionArn: solution.id, importJobArn: importJob.id, rows: toRowsInput(importJob) };
        return { ...resources, importJob, solution, version: await make("SolutionVersion", inputs) };
    }
    async function makeAll() {
        const resources = await makeVersion();
        const inputs = {
            name: "films",
            solutionArn: resources.solution.id,
            solutionVersionArn: resources.version.id,
            minProvisionedTPS: 1,
        };
        return { ...resources, campaign: await make("Campaign", inputs) };
    }

    return {
        bucket,
        /** Log lines of the handlers. */
        lines,
        get service(): Service {
            return here().service;
        },
        get handlers() {
            return here().handlers;
        },
        /** Returns handlers with another clock, log or engine. */
        handlersWith: (more: Partial<LifecycleDeps>) => createHandlers(depsFor(here().service.personalize, more)),
        /** Returns handlers that do not wait: each wait only advances their clock by `step` seconds. */
        hastyHandlers(step = 1900) {
            let clock = 0;
            const sleep = async () => {
                clock += step;
            };
            return createHandlers(depsFor(here().service.personalize, { now: () => clock, sleep }));
        },
        make,
        makeGroup,
        makeDataset,
        makeVersion,
        makeAll,
        /**
         * Restarts the service with another speed, also for existing resources. By default each step then takes about a
         * second.
         */
        async slowDown(speed: Speed = "demo"): Promise<void> {
            const { service } = here();
            await service.stop();
            running = await start(speed, service.dataDir);
        },
        untilActive: (kind: ResourceKindName, { id, outs }: Made) =>
            until(async () => (await here().handlers[kind].read(id, outs)).props?.status === "ACTIVE"),
    };
}

/** Returns the failed initialization with which the promise rejects. */
export async function requireFailure(work: Promise<unknown>): Promise<InitFailure> {
    const error = await work.then(
        () => assert.fail("it did not fail"),
        (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error && "id" in error, String(error));
    return error as InitFailure;
}
