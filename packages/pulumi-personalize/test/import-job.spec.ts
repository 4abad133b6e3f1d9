import assert from "node:assert/strict";
import {
    common,
    csv,
    hashA,
    hashB,
    type InitFailure,
    importInputs,
    importJobNames,
    requireFailure,
    roleArn,
    toRowsInput,
    useHarness,
} from "./harness.ts";

describe("Import jobs and the solution versions trained on them", () => {
    const harness = useHarness();
    const { make, makeDataset, makeVersion } = harness;

    describe("An import job that failed with insufficient privileges", () => {
        let datasetArn: string;
        let failure: InitFailure;

        beforeEach(async () => {
            datasetArn = (await makeDataset()).dataset.id;
            harness.bucket.deny(true);
            failure = await requireFailure(make("DatasetImportJob", importInputs(datasetArn)));
            harness.bucket.deny(false);
        });

        it("`create` records the failed job with its ARN, inputs and the service's reason", () => {
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
                /^dataset import job import-aaaaaaaa: CREATE FAILED\. Reason from Personalize: Failed to create a data import job .*Insufficient privileges for accessing data in Amazon S3\. Find the cause with: /,
            );
            assert.ok(failure.message.endsWith(`npx access-doctor --job ${failure.id}`), failure.message);
        });

        it("the update after a failed import job creates another job, with the next number in its name", async () => {
            const inputs = importInputs(datasetArn);
            const { changes, replaces } = await harness.handlers.DatasetImportJob.diff(
                failure.id,
                failure.properties,
                inputs,
            );
            assert.deepEqual({ changes, replaces }, { changes: true, replaces: ["status"] });
            const job = await make("DatasetImportJob", inputs);
            assert.equal(job.outs.jobName, "import-aaaaaaaa-2");
            assert.equal(job.outs.status, "ACTIVE");
            await harness.handlers.DatasetImportJob.delete(failure.id, failure.properties);
            assert.deepEqual(await importJobNames(harness.service), ["import-aaaaaaaa-1", "import-aaaaaaaa-2"]);
        });
    });

    describe("An import job shortly after a policy change", () => {
        /** Returns the inputs that `check` returns, at the first `up` or, with `olds`, at a later one. */
        const checked = async (datasetArn: string, accessHash: string, olds: object = {}) =>
            (await harness.handlers.DatasetImportJob.check(olds as never, importInputs(datasetArn, { accessHash })))
                .inputs;
        const refuse = async (times: number) => {
            let left = times;
            harness.bucket.deny(true);
            harness.service.personalize.middlewareStack.add(
                (next, { commandName }) =>
                    async (args) => {
                        // Allow access from this job on. On AWS, access is allowed after IAM has distributed the
                        // policy.
                        if (commandName === "CreateDatasetImportJobCommand" && left-- === 0) harness.bucket.deny(false);
                        return next(args);
                    },
                { step: "initialize" },
            );
        };

        it("`create` starts a second import job if the first one lacks access", async () => {
            const { dataset } = await makeDataset();
            const inputs = await checked(dataset.id, "a");
            await refuse(1);
            const job = await harness.handlers.DatasetImportJob.create(inputs);
            assert.equal(job.outs.jobName, "import-aaaaaaaa-2");
            assert.match(job.id, /import-aaaaaaaa-2$/);
            assert.match(
                harness.lines.join("\n"),
                /Insufficient privileges .*\. The policy of the role or the bucket changed less than two minutes before this job, so a second job is created\./,
            );
            const { props } = await harness.handlers.DatasetImportJob.read(job.id, job.outs);
            assert.deepEqual(props, job.outs);
            const diff = await harness.handlers.DatasetImportJob.diff(job.id, job.outs, importInputs(dataset.id));
            assert.equal(diff.changes, false);
        });

        it("`create` fails and starts no third import job if the second one lacks access too", async () => {
            const { dataset } = await makeDataset();
            const inputs = await checked(dataset.id, "a");
            await refuse(2);
            const failure = await requireFailure(harness.handlers.DatasetImportJob.create(inputs));
            assert.match(failure.id, /import-aaaaaaaa-2$/);
            assert.deepEqual(await importJobNames(harness.service), ["import-aaaaaaaa-1", "import-aaaaaaaa-2"]);
        });

        it("`create` starts no second import job after another failure, or without a recent policy change", async () => {
            const { dataset } = await makeDataset();
            const first = await checked(dataset.id, "a");
            const aged = { ...first, accessChangedAt: new Date(Date.now() - 130_000).toISOString() };
            const older = await checked(dataset.id, "a", aged);
            const { accessHash, ...unknown } = first;
            const ofLastRelease = await checked(dataset.id, String(accessHash), importInputs(dataset.id));
            assert.equal((await checked(dataset.id, "b", aged)).accessChangedAt === aged.accessChangedAt, false);
            harness.bucket.deny(true);
            for (const inputs of [older, ofLastRelease, importInputs(dataset.id)]) {
                await requireFailure(harness.handlers.DatasetImportJob.create(inputs));
            }
            harness.bucket.deny(false);
            assert.equal((await importJobNames(harness.service)).length, 3, JSON.stringify(unknown));
            harness.bucket.objects["films/few.csv"] = csv.toString().split("\n").slice(0, 20).join("\n");
            const few = { ...first, dataLocation: "s3://films/few.csv" };
            const failure = await requireFailure(harness.handlers.DatasetImportJob.create(few));
            assert.match(failure.message, /fewer than the minimum/);
            assert.equal((await importJobNames(harness.service)).length, 4);
        });
    });

    it("`create` repeats CreateDatasetImportJob until Personalize can assume the role", async () => {
        const { dataset } = await makeDataset();
        const requestedNames: unknown[] = [];
        const refusals = [serviceError("InvalidInputException", "Personalize cannot assume the role.")];
        harness.service.personalize.middlewareStack.add(
            (next) => async (args) => {
                const jobName = "jobName" in args.input ? args.input.jobName : undefined;
                const refusal = jobName === undefined ? undefined : refusals.shift();
                if (jobName !== undefined) requestedNames.push(jobName);
                if (refusal) throw refusal;
                return next(args);
            },
            { step: "initialize" },
        );
        const job = await make("DatasetImportJob", importInputs(dataset.id));
        assert.equal(job.outs.jobName, "import-aaaaaaaa-1");
        assert.deepEqual(requestedNames, ["import-aaaaaaaa-1", "import-aaaaaaaa-1"]);
    });

    it("`create` does not repeat CreateDatasetImportJob after a validation error", async () => {
        const { dataset } = await makeDataset();
        const wrong = importInputs(dataset.id, { dataLocation: "s3://" });
        await assert.rejects(
            make("DatasetImportJob", wrong),
            /^Error: dataset import job import-aaaaaaaa: (InvalidInput|Validation)Exception: .*\(request id /,
        );
    });

    it("an AccessDeniedException is reported with the diagnose-access command, quoted for a shell", async () => {
        const { dataset } = await makeDataset();
        harness.service.personalize.middlewareStack.add(
            (next) => async (args) => {
                if (!("jobName" in args.input)) return next(args);
                throw Object.assign(serviceError("AccessDeniedException", "not authorized to perform: iam:PassRole"), {
                    $metadata: {},
                });
            },
            { step: "initialize" },
        );
        const hostile = { roleArn: `${roleArn}/it's;id`, dataLocation: "s3://films;id/$(id) a\nb.csv" };
        const inputs = importInputs(dataset.id, hostile);
        await assert.rejects(make("DatasetImportJob", inputs), (error: Error) => {
            const role = `'${roleArn}/it'\\''s;id'`;
            const command = `npx access-doctor --role ${role} --bucket 'films;id' --key '$(id) a\nb.csv'`;
            assert.ok(error.message.endsWith(`Find the cause with: AWS_REGION=eu-central-1 ${command}`), error.message);
            return true;
        });
    });

    it("`create` imports the same content again after the dataset was deleted and created again", async () => {
        const first = await makeDataset();
        const job = await make("DatasetImportJob", importInputs(first.dataset.id));
        await harness.handlers.DatasetImportJob.delete(job.id, job.outs);
        await harness.handlers.Dataset.delete(first.dataset.id, first.dataset.outs);
        await harness.handlers.DatasetGroup.delete(first.group.id, first.group.outs);
        await harness.handlers.Schema.delete(first.schema.id, first.schema.outs);

        const second = await makeDataset();
        assert.equal(second.dataset.id, first.dataset.id);
        const again = await make("DatasetImportJob", importInputs(second.dataset.id));
        assert.equal(again.outs.jobName, "import-aaaaaaaa-2");
    });

    it("`create` numbers import jobs with the same content, and starts a new job for a different location or role", async () => {
        const { dataset } = await makeDataset();
        harness.bucket.objects["films/copy.csv"] = csv;
        const jobs = [
            { contentHash: hashA },
            { contentHash: hashB },
            { dataLocation: "s3://films/copy.csv" },
            { roleArn: `${roleArn}-2` },
        ];
        const createdNames = [];
        for (const inputs of jobs) {
            createdNames.push((await make("DatasetImportJob", importInputs(dataset.id, inputs))).outs.jobName);
        }
        assert.deepEqual(createdNames, [
            "import-aaaaaaaa-1",
            "import-bbbbbbbb-1",
            "import-aaaaaaaa-2",
            "import-aaaaaaaa-3",
        ]);
    });

    it("`create` imports the same content again if a later import replaced the content", async () => {
        const { dataset } = await makeDataset();
        const createdNames = [];
        for (const contentHash of [hashA, hashB, hashA, hashA]) {
            createdNames.push((await make("DatasetImportJob", importInputs(dataset.id, { contentHash }))).outs.jobName);
        }
        assert.deepEqual(createdNames, [
            "import-aaaaaaaa-1",
            "import-bbbbbbbb-1",
            "import-aaaaaaaa-2",
            "import-aaaaaaaa-2",
        ]);
    });

    it("`create` imports the same content again if the input `repeats` is the ARN of the earlier job", async () => {
        const { dataset, importJob, solution, version } = await makeVersion();
        const inputs = importInputs(dataset.id, { repeats: importJob.id });
        const { diff } = harness.handlers.DatasetImportJob;
        assert.deepEqual((await diff(importJob.id, importJob.outs, inputs)).replaces, ["repeats"]);
        // The second call is an `up` that resumes after a crash.
        const [again, resumed] = [await make("DatasetImportJob", inputs), await make("DatasetImportJob", inputs)];
        assert.equal(again.outs.jobName, "import-aaaaaaaa-2");
        assert.equal(resumed.id, again.id);
        assert.equal((await diff(again.id, again.outs, inputs)).changes, false);
        const learned = { solutionArn: solution.id, importJobArn: again.id, rows: toRowsInput(again) };
        const { changes } = await harness.handlers.SolutionVersion.diff(version.id, version.outs, {
            ...common,
            ...learned,
        });
        assert.equal(changes, false, "equal rows need no training");
    });

    it("SolutionVersion trains once for each new import job", async () => {
        const { dataset, solution, version } = await makeVersion();
        const job = await make("DatasetImportJob", importInputs(dataset.id, { contentHash: hashB }));
        const next = await make("SolutionVersion", {
            solutionArn: solution.id,
            importJobArn: job.id,
            rows: toRowsInput(job),
        });
        assert.notEqual(next.id, version.id);
        const again = await make("SolutionVersion", {
            solutionArn: solution.id,
            importJobArn: job.id,
            rows: toRowsInput(job),
        });
        assert.equal(again.id, next.id);
    });
});

const serviceError = (name: string, message: string) => Object.assign(new Error(message), { name });
