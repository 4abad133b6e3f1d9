import assert from "node:assert/strict";
import { paginateListDatasetImportJobs } from "@aws-sdk/client-personalize";
import { csv, failureOf, hashA, hashB, type InitFailure, importInputs, roleArn, useWorld } from "./world.ts";

describe("imports, and the versions trained on them", () => {
    const world = useWorld();
    const { make, makeDataset, makeVersion } = world;

    describe("with an import that failed for want of access", () => {
        let datasetArn: string;
        let failure: InitFailure;

        beforeEach(async () => {
            datasetArn = (await makeDataset()).dataset.id;
            world.bucket.deny(true);
            failure = await failureOf(make("DatasetImportJob", importInputs(datasetArn)));
            world.bucket.deny(false);
        });

        it("records it with id, every input and the service's reason", () => {
            assert.match(failure.id, /dataset-import-job\/import-aaaaaaaa-1$/);
            assert.deepEqual(failure.properties, {
                ...importInputs(datasetArn),
                jobName: "import-aaaaaaaa-1",
                arn: failure.id,
                status: "CREATE FAILED",
            });
            assert.deepEqual(failure.reasons, [failure.message]);
            assert.match(
                failure.message,
                /^dataset import job import-aaaaaaaa: CREATE FAILED\. Reason from Personalize: Failed to create a data import job .*Insufficient privileges for accessing data in Amazon S3\.$/,
            );
        });

        it("makes it again under the next number once the policy is fixed", async () => {
            const inputs = importInputs(datasetArn);
            const { changes, replaces } = await world.handlers.DatasetImportJob.diff(
                failure.id,
                failure.properties,
                inputs,
            );
            assert.deepEqual({ changes, replaces }, { changes: true, replaces: ["status"] });
            const job = await make("DatasetImportJob", inputs);
            assert.equal(job.outs.jobName, "import-aaaaaaaa-2");
            assert.equal(job.outs.status, "ACTIVE");
            await world.handlers.DatasetImportJob.delete(failure.id, failure.properties);
            assert.deepEqual(await jobNames(), ["import-aaaaaaaa-1", "import-aaaaaaaa-2"]);
        });
    });

    it("waits for a role that IAM does not know everywhere yet", async () => {
        const { dataset } = await makeDataset();
        const asked: unknown[] = [];
        const refusals = [serviceError("InvalidInputException", "Personalize cannot assume the role.")];
        world.service.personalize.middlewareStack.add(
            (next) => async (args) => {
                const { jobName } = args.input as { jobName?: string };
                const refusal = jobName === undefined ? undefined : refusals.shift();
                if (jobName !== undefined) asked.push(jobName);
                if (refusal) throw refusal;
                return next(args);
            },
            { step: "initialize" },
        );
        const job = await make("DatasetImportJob", importInputs(dataset.id));
        assert.equal(job.outs.jobName, "import-aaaaaaaa-1");
        assert.deepEqual(asked, ["import-aaaaaaaa-1", "import-aaaaaaaa-1"]);
    });

    it("does not ask again when the service refuses for another reason", async () => {
        const { dataset } = await makeDataset();
        const wrong = importInputs(dataset.id, { dataLocation: "s3://" });
        await assert.rejects(
            make("DatasetImportJob", wrong),
            /^Error: dataset import job import-aaaaaaaa: (InvalidInput|Validation)Exception: .*\(request id /,
        );
    });

    it("imports again after destroy, since the old job brought its rows into a dataset that is gone", async () => {
        const first = await makeDataset();
        const job = await make("DatasetImportJob", importInputs(first.dataset.id));
        await world.handlers.DatasetImportJob.delete(job.id, job.outs);
        await world.handlers.Dataset.delete(first.dataset.id, first.dataset.outs);
        await world.handlers.DatasetGroup.delete(first.group.id, first.group.outs);
        await world.handlers.Schema.delete(first.schema.id, first.schema.outs);

        const second = await makeDataset();
        assert.equal(second.dataset.id, first.dataset.id);
        const again = await make("DatasetImportJob", importInputs(second.dataset.id));
        assert.equal(again.outs.jobName, "import-aaaaaaaa-2");
    });

    it("counts the imports of each content by themselves, and imports anew from another place or by another role", async () => {
        const { dataset } = await makeDataset();
        world.bucket.objects["films/copy.csv"] = csv;
        const jobs = [
            { contentHash: hashA },
            { contentHash: hashB },
            { dataLocation: "s3://films/copy.csv" },
            { roleArn: `${roleArn}-2` },
        ];
        const made = [];
        for (const inputs of jobs) {
            made.push((await make("DatasetImportJob", importInputs(dataset.id, inputs))).outs.jobName);
        }
        assert.deepEqual(made, ["import-aaaaaaaa-1", "import-bbbbbbbb-1", "import-aaaaaaaa-2", "import-aaaaaaaa-3"]);
    });

    it("imports a content again that a later import has replaced", async () => {
        const { dataset } = await makeDataset();
        const made = [];
        for (const contentHash of [hashA, hashB, hashA, hashA]) {
            made.push((await make("DatasetImportJob", importInputs(dataset.id, { contentHash }))).outs.jobName);
        }
        assert.deepEqual(made, ["import-aaaaaaaa-1", "import-bbbbbbbb-1", "import-aaaaaaaa-2", "import-aaaaaaaa-2"]);
    });

    it("trains a new version for a new import, and none for an old one", async () => {
        const { dataset, solution, version } = await makeVersion();
        const job = await make("DatasetImportJob", importInputs(dataset.id, { contentHash: hashB }));
        const next = await make("SolutionVersion", { solutionArn: solution.id, importJobArn: job.id });
        assert.notEqual(next.id, version.id);
        const again = await make("SolutionVersion", { solutionArn: solution.id, importJobArn: job.id });
        assert.equal(again.id, next.id);
    });

    async function jobNames(): Promise<string[]> {
        const names: string[] = [];
        for await (const page of paginateListDatasetImportJobs({ client: world.service.personalize }, {})) {
            names.push(...(page.datasetImportJobs ?? []).map(({ jobName }) => String(jobName)));
        }
        return names.sort();
    }
});

const serviceError = (name: string, message: string) => Object.assign(new Error(message), { name });
