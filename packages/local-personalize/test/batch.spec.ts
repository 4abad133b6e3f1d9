import assert from "node:assert/strict";
import { campaignArn, datasetGroupArn, filmsBucket, openFilmsService } from "./films-service.ts";
import { accountId, arn, importRole, refuses, region, type Service, startService, untilEnded } from "./support.ts";

interface Line {
    input: unknown;
    output: { recommendedItems: string[]; scores?: number[] } | null;
    error: string | null;
}

describe("Batch inference jobs", () => {
    const bucket = filmsBucket();
    let service: Service;
    let solutionVersionArn: string;
    before(async () => {
        ({ service, solutionVersionArn } = await openFilmsService(bucket));
        bucket.objects["movies/in/users.json"] = '{"userId":"22"}\n{"userId":"nobody"}\n\nno JSON\n{"userId":7}\n{}\n';
    });
    after(() => service?.discard());
    afterEach(() => {
        bucket.deny(false);
        bucket.denyWrites(false);
    });

    const create = (jobName: string, more: object = {}, from = "s3://movies/in/users.json", to = "s3://movies/out/") =>
        service.personalize.createBatchInferenceJob({
            jobName,
            solutionVersionArn,
            jobInput: { s3DataSource: { path: from } },
            jobOutput: { s3DataDestination: { path: to } },
            roleArn: importRole,
            ...more,
        });
    const endedJob = async (jobName: string) => {
        const batchInferenceJobArn = arn(`batch-inference-job/${jobName}`);
        return untilEnded(
            async () =>
                (await service.personalize.describeBatchInferenceJob({ batchInferenceJobArn })).batchInferenceJob,
        );
    };
    const lines = (path: string): Line[] =>
        String(bucket.objects[path])
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line));

    it("a batch job writes the result of GetRecommendations for each input line, and an error for each invalid line", async () => {
        assert.deepEqual(
            (await create("first", { numResults: 3 })).batchInferenceJobArn,
            arn("batch-inference-job/first"),
        );
        const job = await endedJob("first");
        assert.equal(job.status, "ACTIVE", job.failureReason);
        const [known, unknown, ...bad] = lines("movies/out/users.json.out");
        for (const [line, userId] of [
            [known, "22"],
            [unknown, "nobody"],
        ] as const) {
            const input = { campaignArn, userId, numResults: 3 };
            const { itemList = [] } = await service.runtime.getRecommendations(input);
            assert.deepEqual(line, {
                input: { userId },
                output: {
                    recommendedItems: itemList.map(({ itemId }) => itemId),
                    scores: itemList.map(({ score }) => score),
                },
                error: null,
            });
        }
        assert.deepEqual(bad, [
            { input: "no JSON", output: null, error: "The line is not a JSON object." },
            { input: { userId: 7 }, output: null, error: "The userId is not a string." },
            { input: {}, output: null, error: "A userId is required for the recipe aws-user-personalization." },
        ]);
    });

    it("a batch job checks access to its input and to each object of its output", async () => {
        const expectedRequest = {
            roleArn: importRole,
            bucket: "movies",
            sourceAccount: accountId,
            region,
            isPrefix: false,
        };
        const sourceArn = arn("batch-inference-job/first");
        assert.deepEqual(bucket.requests.at(-1), { ...expectedRequest, key: "in/users.json", sourceArn });
        assert.deepEqual(bucket.writes, [{ ...expectedRequest, key: "out/users.json.out", sourceArn }]);
    });

    it("a batch job reads all objects of an S3 folder, and applies the filterValues of each line", async () => {
        bucket.objects["movies/many/a.json"] = '{"userId":"22","filterValues":{"GENRE":"\\"Even\\""}}\n{"userId":"22"}';
        bucket.objects["movies/many/b.json"] = '{"userId":"6","filterValues":{"GENRE":"\\"Taste1\\""}}';
        bucket.objects["movies/many/deeper/c.json"] = '{"userId":"6"}';
        const filterExpression = "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)";
        await service.personalize.createFilter({ name: "genre", datasetGroupArn, filterExpression });
        await create("folder", { filterArn: arn("filter/genre") }, "s3://movies/many/", "s3://movies/answers");
        const { status, failureReason, filterArn } = await endedJob("folder");
        assert.deepEqual([status, failureReason, filterArn], ["ACTIVE", undefined, arn("filter/genre")]);
        const [even, none] = lines("movies/answers/a.json.out");
        assert.equal(even?.output?.recommendedItems.length, 25);
        assert.ok(even?.output?.recommendedItems.every((film) => Number(film) % 2 === 0));
        assert.match(String(none?.error), /\$GENRE needs a value/);
        assert.ok(
            lines("movies/answers/b.json.out")[0]?.output?.recommendedItems.every((film) => Number(film) % 5 === 1),
        );
        assert.equal(bucket.objects["movies/answers/c.json.out"], undefined);
    });

    it("a failed batch job has the service's failureReason", async () => {
        const reason = async (jobName: string, ...rest: [from?: string, to?: string]) => {
            await create(jobName, {}, ...rest);
            const { status, failureReason } = await endedJob(jobName);
            assert.equal(status, "CREATE FAILED");
            return failureReason;
        };
        assert.equal(await reason("nothing-there", "s3://movies/none.json"), "Invalid S3 input path");
        assert.equal(await reason("no-bucket", undefined, "s3://nowhere/out/"), "Invalid S3 output path");
        const denied = "Insufficient privileges for accessing data in Amazon S3.";
        bucket.denyWrites(true);
        assert.equal(await reason("no-put", undefined, "s3://movies/locked/"), denied);
        assert.equal(bucket.objects["movies/locked/users.json.out"], undefined);
        assert.ok(
            service.lines.some((line) =>
                /no-put: the job may not write s3:\/\/movies\/locked\/users.json.out/.test(line),
            ),
        );
        bucket.deny(true);
        assert.equal(await reason("no-get"), denied);
    });

    it("CreateBatchInferenceJob rejects invalid input", async () => {
        const refused = (creation: Promise<unknown>, name: string, message: RegExp) => refuses(creation, message, name);
        await refused(create("first"), "ResourceAlreadyExistsException", /batch-inference-job\/first/);
        await refused(create("a", { numResults: 501 }), "InvalidInputException", /'501' at 'numResults'/);
        await refused(create("a", {}, "s3://movies"), "InvalidInputException", /^Invalid S3 input path$/);
        await refused(
            create("a", {}, undefined, "http://movies/x"),
            "InvalidInputException",
            /^Invalid S3 output path$/,
        );
        await refused(create("a", { filterArn: arn("filter/none") }), "ResourceNotFoundException", /filter/);
        const theme = { batchInferenceJobMode: "THEME_GENERATION" };
        await refused(create("a", theme), "InvalidInputException", /THEME_GENERATION is not emulated here/);
        const version = { solutionVersionArn: arn("solution/films/00000000") };
        await refused(create("a", version), "ResourceNotFoundException", /solution version/);
    });

    it("ListBatchInferenceJobs lists jobs, and can filter them by solution version", async () => {
        const { batchInferenceJobs = [] } = await service.personalize.listBatchInferenceJobs({
            solutionVersionArn,
            maxResults: 2,
        });
        assert.deepEqual(
            batchInferenceJobs.map(({ jobName, status, batchInferenceJobMode }) => [
                jobName,
                status,
                batchInferenceJobMode,
            ]),
            [
                ["first", "ACTIVE", "BATCH_INFERENCE"],
                ["folder", "ACTIVE", "BATCH_INFERENCE"],
            ],
        );
        assert.deepEqual(
            (await service.personalize.listBatchInferenceJobs({ solutionVersionArn: arn("solution/films/00000000") }))
                .batchInferenceJobs,
            [],
        );
    });

    it("a batch job in progress blocks DeleteFilter, and the job continues after a restart", async () => {
        const filterArn = arn("filter/genre");
        bucket.objects["movies/in/one.json"] = '{"userId":"22","filterValues":{"GENRE":"\\"Even\\""}}';
        let release = () => {};
        const held = new Promise<void>((resolve) => {
            release = resolve;
        });
        const { dataDir } = service;
        await service.stop();
        const judge = async () => {
            await held;
            return { allowed: true as const };
        };
        service = await startService({ access: { ...bucket.access, judge }, dataDir });
        await create("held", { filterArn }, "s3://movies/in/one.json");
        await refuses(
            service.personalize.deleteFilter({ filterArn }),
            /batch-inference-job\/held/,
            "ResourceInUseException",
        );
        // The first process stops before it records the end of the work, so the second process begins the work again.
        const stopped = service.stop();
        release();
        await stopped;
        bucket.objects["movies/out/one.json.out"] = "";
        service = await startService({ access: bucket.access, dataDir });
        assert.equal((await endedJob("held")).status, "ACTIVE");
        assert.equal(lines("movies/out/one.json.out")[0]?.output?.recommendedItems.length, 25);
        await service.personalize.deleteFilter({ filterArn });
    });
});
