import assert from "node:assert/strict";
import type { CreateSolutionCommandInput, UpdateSolutionCommandInput } from "@aws-sdk/client-personalize";
import {
    arn,
    createBucket,
    createDataset,
    recipe,
    refuses,
    region,
    restartService,
    type Service,
    startService,
    until,
} from "./support.ts";

const { access } = createBucket();
const solutionArn = arn("solution/films");
const rate = (days: number) => ({
    solutionUpdateConfig: { autoTrainingConfig: { schedulingExpression: `rate(${days} days)` } },
});
const events = (eventType: string) => ({ eventsConfig: { eventParametersList: [{ eventType, weight: 1 }] } });

describe("UpdateSolution", () => {
    let service: Service;
    beforeEach(async () => {
        service = await startService({ access });
    });
    afterEach(() => service.discard());

    const create = async (more: Partial<CreateSolutionCommandInput> = {}) => {
        const { datasetGroupArn } = await createDataset(service);
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-user-personalization-v2") };
        await service.personalize.createSolution({ ...solution, performAutoTraining: false, ...more });
    };
    const update = (changes: Omit<UpdateSolutionCommandInput, "solutionArn">) =>
        service.personalize.updateSolution({ solutionArn, ...changes });
    const describeIt = async () => (await service.personalize.describeSolution({ solutionArn })).solution ?? {};

    it("UpdateSolution changes only the given settings, and replaces the whole eventsConfig", async () => {
        const solutionConfig = { trainingDataConfig: { excludedDatasetColumns: {} }, ...events("view") };
        await create({ solutionConfig });
        assert.equal((await describeIt()).latestSolutionUpdate, undefined);
        await update({ performAutoTraining: true, ...rate(3) });
        await update({ performAutoTraining: false, solutionUpdateConfig: events("watch") });
        const solution = await describeIt();
        assert.equal(solution.performAutoTraining, false);
        assert.deepEqual(solution.solutionConfig, {
            trainingDataConfig: { excludedDatasetColumns: {} },
            autoTrainingConfig: { schedulingExpression: "rate(3 days)" },
            ...events("watch"),
        });
        const { latestSolutionUpdate: latest } = solution;
        assert.deepEqual([latest?.status, latest?.performAutoTraining], ["ACTIVE", false]);
        assert.deepEqual(latest?.solutionUpdateConfig, events("watch"));
        assert.ok(Math.abs(Date.now() - Number(latest?.creationDateTime)) < 60_000);
        assert.equal(solution.status, "ACTIVE");
    });

    const refused: [string, Omit<UpdateSolutionCommandInput, "solutionArn">, RegExp][] = [
        ["nothing", {}, /nothing to update/],
        ["what is so already", { performAutoTraining: false }, /nothing to update/],
        [
            "incremental updates",
            { performIncrementalUpdate: true },
            /performIncrementalUpdate of UpdateSolution is not emulated here/,
        ],
        ["a frequency out of range", rate(31), /from rate\(1 day\) to rate\(30 days\), not 31/],
        ["a frequency of none", rate(0), /not 0/],
    ];
    for (const [what, changes, message] of refused) {
        it(`UpdateSolution rejects ${what}`, async () => {
            await create();
            await refuses(update(changes), message);
            assert.equal((await describeIt()).latestSolutionUpdate, undefined);
        });
    }

    it("UpdateSolution rejects eventsConfig for a recipe without event weights", async () => {
        await create({ recipeArn: recipe("aws-user-personalization") });
        await refuses(update({ solutionUpdateConfig: events("view") }), /only for recipes of version 2/);
    });

    it("the old configuration of a solution stays in effect until the update ends, also after a restart", async () => {
        await create();
        service = await restartService(service, { access, speed: "demo" });
        await until(async () => (await describeIt()).status === "ACTIVE");
        await update({ performAutoTraining: true });
        const before = await describeIt();
        assert.equal(before.performAutoTraining, false);
        assert.match(before.latestSolutionUpdate?.status ?? "", /^CREATE (PENDING|IN_PROGRESS)$/);
        await refuses(update(rate(2)), /is being updated/, "ResourceInUseException");
        service = await restartService(service, { access, speed: "demo" });
        const after = await until(async () => {
            const solution = await describeIt();
            return solution.latestSolutionUpdate?.status === "ACTIVE" && solution;
        });
        assert.equal(after.performAutoTraining, true);
    });

    it("a failed UpdateSolution has a failureReason and leaves the solution unchanged", async () => {
        await create();
        const body = { solutionArn, performAutoTraining: true };
        const fault = { kind: "fail" as const, reason: "No luck." };
        await service.emulator.handle({ service: "personalize", operation: "UpdateSolution", region, body, fault });
        const { latestSolutionUpdate: latest, performAutoTraining } = await describeIt();
        assert.deepEqual([latest?.status, latest?.failureReason], ["CREATE FAILED", "No luck."]);
        assert.equal(performAutoTraining, false);
        await update({ performAutoTraining: true });
        assert.equal((await describeIt()).performAutoTraining, true);
    });
});
