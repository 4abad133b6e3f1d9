import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
    CreateCampaignCommand,
    CreateDatasetGroupCommand,
    CreateDatasetImportJobCommand,
    CreateSchemaCommand,
    CreateSolutionCommand,
    CreateSolutionVersionCommand,
    DeleteDatasetGroupCommand,
    DescribeCampaignCommand,
    DescribeDatasetGroupCommand,
    DescribeDatasetImportJobCommand,
    DescribeSolutionCommand,
    DescribeSolutionVersionCommand,
    ListDatasetGroupsCommand,
    ListSchemasCommand,
    StopSolutionVersionCreationCommand,
    UpdateCampaignCommand,
} from "@aws-sdk/client-personalize";
import { interactionsCsv, syntheticRatings } from "../../../local-personalize/test/interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    importRole,
    interactionsSchema,
    recipe,
    refusal,
    type Service,
    until,
} from "../../../local-personalize/test/support.ts";
import { clientOf, type LocalPersonalize, startPersonalize } from "./support.ts";

const { access } = createBucket({ "movies/all.csv": interactionsCsv(syntheticRatings()) });
const dataSource = { dataLocation: "s3://movies/all.csv" };

describe("faults on purpose", () => {
    let local: LocalPersonalize;
    const send: LocalPersonalize["personalize"]["send"] = ((command: never) =>
        local.personalize.send(command)) as never;
    const groupStatus = async (name: string) => {
        const describe = new DescribeDatasetGroupCommand({ datasetGroupArn: arn(`dataset-group/${name}`) });
        return (await send(describe)).datasetGroup;
    };

    beforeEach(async () => {
        local = await startPersonalize({ access });
    });
    afterEach(() => local.discard());

    it("throttle the call that is named, as often as asked, and no other", async () => {
        await local.arm({ operation: "ListSchemas", call: 2, times: 2, effect: { kind: "throttle" } });
        const look = () => send(new ListSchemasCommand({})).then(() => "ok", String);
        const throttled = "ThrottlingException: Rate exceeded";
        assert.deepEqual([await look(), await look(), await look(), await look()], ["ok", throttled, throttled, "ok"]);
        await send(new ListDatasetGroupsCommand({}));
        const [{ seen, struck }] = await local.armed();
        assert.deepEqual([seen, struck], [4, 2]);
        assert.deepEqual(await local.requests(), []);
    });

    it("are what AWS's client tries again, and then it succeeds", async () => {
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "throttle" } });
        const patient = clientOf(local.port, 3);
        await patient.send(new CreateDatasetGroupCommand({ name: "films" }));
        patient.destroy();
        assert.deepEqual(
            (await local.requests()).map(({ outcome }) => outcome),
            ["ThrottlingException", "accepted"],
        );
    });

    it("are not armed for another service where calls have no names, nor with another effect than an error", async () => {
        const arm = (effect: object) =>
            local.postFault(JSON.stringify({ operation: "cloudfront:CreateDistribution", effect }));
        const error = { kind: "error", code: "AccessDenied", message: "no", status: 403 };
        for (const [effect, why] of [
            [error, /cloudfront:CreateDistribution is not named here: the local AWS runs with --no-enforce/],
            [
                { kind: "throttle" },
                /An action of another service than Personalize can only have an error; it is throttle/,
            ],
        ] as const) {
            const answer = await arm(effect);
            assert.equal(answer.status, 400);
            assert.match(((await answer.json()) as { message: string }).message, why);
        }
    });

    it("answer any error, in the service's form, and do nothing", async () => {
        const effect = { kind: "error", code: "ServiceUnavailable", message: "Come back later", status: 503 };
        await local.arm({ operation: "CreateSchema", effect });
        const create = new CreateSchemaCommand({ name: "films", schema: interactionsSchema });
        await assert.rejects(send(create), (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
            assert.equal(error.$metadata?.httpStatusCode, 503);
            return refusal("ServiceUnavailable", "Come back later")(error);
        });
        assert.deepEqual((await send(new ListSchemasCommand({}))).schemas, []);
        await send(create);
    });

    it("hold a call back before the service has it, or its answer after", async () => {
        for (const when of ["before", "after"]) {
            const effect = { kind: "latency", milliseconds: 400, when };
            await local.arm({ operation: "CreateDatasetGroup", effect });
            const began = Date.now();
            await send(new CreateDatasetGroupCommand({ name: when }));
            const answered = Date.now();
            const [entry] = (await local.requests()).filter(({ name }) => name === when);
            const [waitedBefore, waitedAfter] = [Number(entry?.at) - began, answered - Number(entry?.at)];
            assert.ok((when === "before" ? waitedBefore : waitedAfter) >= 390, `${waitedBefore} ${waitedAfter}`);
        }
    });

    it("cut the connection before or after: the call was never there, or it was and only the answer is lost", async () => {
        const groups = async () => ((await send(new ListDatasetGroupsCommand({}))).datasetGroups ?? []).length;
        const create = new CreateDatasetGroupCommand({ name: "films" });
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "before" } });
        await assert.rejects(send(create), { code: "ECONNRESET" });
        assert.deepEqual([await groups(), (await local.requests()).length], [0, 0]);

        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "after" } });
        await assert.rejects(send(create), { code: "ECONNRESET" });
        assert.equal(await groups(), 1);
        assert.deepEqual(
            (await local.requests()).map(({ outcome, answered }) => [outcome, answered]),
            [["accepted", 0]],
        );
    });

    it("let AWS's client meet its own first try, when only the answer was lost", async () => {
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "after" } });
        const patient = clientOf(local.port, 3);
        const create = new CreateDatasetGroupCommand({ name: "films" });
        await assert.rejects(patient.send(create), { name: "ResourceAlreadyExistsException" });
        patient.destroy();
        const entries = await until(async () => {
            const all = await local.requests();
            return all.at(-1)?.answered === 1 && all;
        });
        assert.deepEqual(
            entries.map(({ outcome, answered }) => [outcome, answered]),
            [
                ["accepted", 0],
                ["ResourceAlreadyExistsException", 1],
            ],
        );
    });

    it("hold an answer back so long that its caller goes: then it was not answered", async () => {
        const effect = { kind: "latency", milliseconds: 300, when: "after" };
        await local.arm({ operation: "CreateDatasetGroup", effect });
        const abortSignal = AbortSignal.timeout(100);
        const create = new CreateDatasetGroupCommand({ name: "films" });
        await assert.rejects(local.personalize.send(create, { abortSignal }), { name: "AbortError" });
        await sleep(500);
        assert.deepEqual(
            (await local.requests()).map(({ outcome, answered }) => [outcome, answered]),
            [["accepted", 0]],
        );
    });

    it("strike together, each with its own effect", async () => {
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "fail", reason: "No luck." } });
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "after" } });
        await assert.rejects(send(new CreateDatasetGroupCommand({ name: "films" })));
        assert.equal((await groupStatus("films"))?.status, "CREATE FAILED");
    });

    it("make a resource end CREATE FAILED with the reason given, also after a restart", async () => {
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "fail", reason: "No luck." } });
        await send(new CreateDatasetGroupCommand({ name: "films" }));
        await local.stop();
        local = await startPersonalize({ access, dataDir: local.dataDir });
        const group = await groupStatus("films");
        assert.deepEqual([group?.status, group?.failureReason], ["CREATE FAILED", "No luck."]);
        await send(new DeleteDatasetGroupCommand({ datasetGroupArn: arn("dataset-group/films") }));
        await send(new CreateDatasetGroupCommand({ name: "films" }));
        assert.equal((await groupStatus("films"))?.status, "ACTIVE");
    });

    it("make a resource hang, which cannot be deleted, over a restart, until the faults are cleared", async () => {
        await local.arm({ operation: "CreateDatasetGroup", effect: { kind: "hang" } });
        await send(new CreateDatasetGroupCommand({ name: "films" }));
        await local.stop();
        local = await startPersonalize({ access, dataDir: local.dataDir });
        assert.equal((await groupStatus("films"))?.status, "CREATE IN_PROGRESS");
        const remove = new DeleteDatasetGroupCommand({ datasetGroupArn: arn("dataset-group/films") });
        await assert.rejects(send(remove), { name: "ResourceInUseException" });
        await local.arm({ operation: "ListSchemas", effect: { kind: "throttle" } });
        assert.deepEqual(await local.clearFaults(), { cleared: 1, released: 1 });
        assert.equal((await groupStatus("films"))?.status, "ACTIVE");
        await send(new ListSchemasCommand({}));
        assert.deepEqual(await local.armed(), []);
        await send(remove);
    });

    it("fail and hang imports and trainings without doing their work, and fail a campaign's update", async () => {
        const { datasetArn, datasetGroupArn } = await createDataset(local as unknown as Service);
        const importData = (jobName: string) =>
            send(new CreateDatasetImportJobCommand({ jobName, datasetArn, dataSource, roleArn: importRole }));
        const job = async (name: string) => {
            const datasetImportJobArn = arn(`dataset-import-job/${name}`);
            const { datasetImportJob } = await send(new DescribeDatasetImportJobCommand({ datasetImportJobArn }));
            return datasetImportJob;
        };
        const jobOver = (name: string) =>
            until(async () => {
                const found = await job(name);
                return /ACTIVE|FAILED/.test(found?.status ?? "") && found;
            });
        await local.arm({ operation: "CreateDatasetImportJob", effect: { kind: "fail", reason: "Invalid row 7." } });
        await importData("failed");
        const failed = await jobOver("failed");
        assert.deepEqual([failed.status, failed.failureReason], ["CREATE FAILED", "Invalid row 7."]);
        await local.arm({ operation: "CreateDatasetImportJob", effect: { kind: "hang" } });
        await importData("hung");
        assert.equal((await job("hung"))?.status, "CREATE IN_PROGRESS");
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-popularity-count") };
        await send(new CreateSolutionCommand({ ...solution, performAutoTraining: false }));
        const solutionArn = arn("solution/films");
        await assert.rejects(send(new CreateSolutionVersionCommand({ solutionArn })), /no item interactions/);
        await local.clearFaults();
        assert.equal((await jobOver("hung")).status, "ACTIVE");

        const train = async () => {
            const { solutionVersionArn } = await send(new CreateSolutionVersionCommand({ solutionArn }));
            return until(async () => {
                const answer = await send(new DescribeSolutionVersionCommand({ solutionVersionArn }));
                return /ACTIVE|FAILED/.test(answer.solutionVersion?.status ?? "") && answer.solutionVersion;
            });
        };
        await local.arm({ operation: "CreateSolutionVersion", effect: { kind: "fail", reason: "Too few users." } });
        assert.equal((await train()).failureReason, "Too few users.");
        await local.arm({ operation: "CreateSolutionVersion", effect: { kind: "hang" } });
        const hung = await send(new CreateSolutionVersionCommand({ solutionArn }));
        const hungVersion = { solutionVersionArn: hung.solutionVersionArn };
        const hungStatus = async () =>
            (await send(new DescribeSolutionVersionCommand(hungVersion))).solutionVersion?.status;
        assert.equal(await hungStatus(), "CREATE IN_PROGRESS");
        await send(new StopSolutionVersionCreationCommand(hungVersion));
        await local.clearFaults();
        assert.equal(await hungStatus(), "CREATE STOPPED");
        const { solutionVersionArn } = await train();
        const campaignArn = arn("campaign/films");
        const campaignStatus = async () => (await send(new DescribeCampaignCommand({ campaignArn }))).campaign?.status;
        await local.arm({ operation: "CreateCampaign", effect: { kind: "fail", reason: "No capacity." } });
        await send(new CreateCampaignCommand({ name: "films", solutionVersionArn }));
        assert.equal(await campaignStatus(), "CREATE FAILED");
        // A campaign that failed can be repaired by an update.
        await send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 1 }));
        assert.equal(await campaignStatus(), "ACTIVE");
        const effect = { kind: "fail", reason: "No capacity." };
        await local.arm({ operation: "UpdateCampaign", effect });
        await send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 3 }));
        const { campaign } = await send(new DescribeCampaignCommand({ campaignArn }));
        const { latestCampaignUpdate: update } = campaign ?? {};
        assert.deepEqual([campaign?.status, campaign?.minProvisionedTPS], ["ACTIVE", 1]);
        assert.deepEqual(
            [update?.status, update?.failureReason, update?.minProvisionedTPS],
            ["CREATE FAILED", "No capacity.", 3],
        );
        await send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 2 }));
        const after = (await send(new DescribeCampaignCommand({ campaignArn }))).campaign;
        assert.deepEqual([after?.minProvisionedTPS, after?.latestCampaignUpdate?.status], [2, "ACTIVE"]);
    });

    it("give no reason where the service has none: a solution", async () => {
        const { datasetGroupArn } = await createDataset(local as unknown as Service);
        await local.arm({ operation: "CreateSolution", effect: { kind: "fail", reason: "Unseen." } });
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-popularity-count") };
        await send(new CreateSolutionCommand({ ...solution, performAutoTraining: false }));
        const described = await send(new DescribeSolutionCommand({ solutionArn: arn("solution/films") }));
        assert.equal(described.solution?.status, "CREATE FAILED");
        assert.equal(Object.hasOwn(described.solution ?? {}, "failureReason"), false);
    });

    const badFaults: [string, RegExp][] = [
        ["no json", /must be a JSON object/],
        ["[]", /A fault must be a JSON object; it is \[\]/],
        ['{"operation":"CreateFish","effect":{"kind":"throttle"}}', /operation must be .* it is "CreateFish"/],
        ['{"operation":"CreateSchema"}', /effect must be a JSON object; it is missing/],
        ['{"operation":"CreateSchema","effect":{"kind":"burn"}}', /effect.kind must be throttle.* it is "burn"/],
        ['{"operation":"CreateSchema","effect":{"kind":"hang"}}', /hang is for .* CreateSchema is none/],
        ['{"operation":"UpdateCampaign","effect":{"kind":"hang"}}', /hang is for .* UpdateCampaign is none/],
        ['{"operation":"DeleteCampaign","effect":{"kind":"fail","reason":"x"}}', /fail is for .* DeleteCampaign/],
        ['{"operation":"CreateSchema","call":0,"effect":{"kind":"throttle"}}', /call must be a whole number from 1/],
        ['{"operation":"CreateSchema","time":2,"effect":{"kind":"throttle"}}', /no time in a fault: it has operation/],
        ['{"operation":"CreateSchema","effect":{"kind":"drop"}}', /effect.when must be "before" or "after"/],
        ['{"operation":"CreateSchema","effect":{"kind":"throttle","ms":1}}', /no ms in the effect throttle/],
        ['{"operation":"CreateSchema","effect":{"kind":"error","code":"A","message":"b","status":200}}', /400 to 599/],
    ];
    for (const [body, message] of badFaults) {
        it(`are refused when they make no sense: ${body}`, async () => {
            const answer = await local.postFault(body);
            assert.equal(answer.status, 400);
            assert.match(((await answer.json()) as { message: string }).message, message);
            assert.deepEqual(await local.armed(), []);
        });
    }
});
