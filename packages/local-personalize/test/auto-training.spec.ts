import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { CreateSolutionCommandInput } from "@aws-sdk/client-personalize";
import fc from "fast-check";
import { nextDue } from "../control/auto-training.ts";
import { post } from "./films-service.ts";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    recipe,
    refuses,
    restartService,
    runImportJob,
    type Service,
    startService,
    trainVersion,
    until,
} from "./support.ts";

const solutionArn = arn("solution/films");
const everyDay = { autoTrainingConfig: { schedulingExpression: "rate(1 day)" } };

describe("nextDue", () => {
    const day = 24 * 3_600_000;
    it("`nextDue` first returns the time one hour after the schedule's start, and then one time in each period", () => {
        assert.equal(nextDue(0, 7, undefined, "real"), 3_600_000);
        assert.equal(nextDue(0, 7, 3_600_000, "real"), 3_600_000 + 7 * day);
        assert.equal(nextDue(0, 7, 3_600_000 + 7 * day + 5, "real"), 3_600_000 + 14 * day);
        assert.equal(nextDue(10 * day, 7, 3_600_000, "real"), 10 * day + 3_600_000, "switched off and on again");
        assert.deepEqual([nextDue(0, 7, undefined, "demo"), nextDue(0, 7, 2000, "demo")], [2000, 142_000]);
        assert.deepEqual([nextDue(0, 1, undefined, "instant"), nextDue(0, 1, 100, "instant")], [100, 2100]);
    });

    it("`nextDue` returns the first scheduled time after the last one, however many periods have passed", () => {
        const times = fc.tuple(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 30 }));
        fc.assert(
            fc.property(times, fc.integer({ min: 0, max: 1e12 }), ([since, days], after) => {
                const lastDueAt = since + 3_600_000 + after;
                const next = nextDue(since, days, lastDueAt, "real");
                assert.ok(next > lastDueAt && next <= lastDueAt + days * day);
                assert.equal((next - since - 3_600_000) % (days * day), 0);
            }),
        );
    });
});

describe("Automatic training", () => {
    const { access } = createBucket({
        "movies/all.csv": interactionsCsv(syntheticRatings()),
        "movies/more.csv": interactionsCsv(syntheticRatings({ seed: 2 })),
    });
    let service: Service;

    beforeEach(async () => {
        service = await startService({ access });
    });
    afterEach(() => service.discard());

    const importData = (jobName: string, dataLocation = "s3://movies/all.csv") =>
        runImportJob(service, { jobName, datasetArn: arn("dataset/films/INTERACTIONS"), dataLocation });
    const create = (more: Partial<CreateSolutionCommandInput> = {}) => {
        const recipeArn = recipe("aws-popularity-count");
        const solution = { name: "films", datasetGroupArn: arn("dataset-group/films"), recipeArn };
        return service.personalize.createSolution({ ...solution, ...more });
    };
    const hour = 3_600_000;
    const day = 24 * hour;
    /**
     * Waits until the emulator has evaluated the schedule of the first solution. It evaluates solutions in their order,
     * so the wait ends when a second solution is trained.
     */
    async function evaluated(name: string): Promise<void> {
        const recipeArn = recipe("aws-popularity-count");
        const group = arn("dataset-group/films");
        const sentinel = { name, datasetGroupArn: group, recipeArn, solutionConfig: everyDay };
        await service.personalize.createSolution(sentinel);
        await until(async () => {
            service.emulator.advance(2 * day);
            const { solutionVersions = [] } = await service.personalize.listSolutionVersions({
                solutionArn: arn(`solution/${name}`),
            });
            return solutionVersions.length > 0;
        });
    }
    const versions = async () =>
        (await service.personalize.listSolutionVersions({ solutionArn })).solutionVersions ?? [];
    /** Polls until this many versions exist and all of them are finished. */
    const trained = (count: number) =>
        until(async () => {
            const all = await versions();
            return all.length >= count && all.every(({ status }) => status === "ACTIVE") && all;
        });
    const untilLogged = (text: string) => until(async () => service.lines.some((line) => line.includes(text)));

    it("automatic training is on by default, and trains again only after an import or an event", async () => {
        const { datasetGroupArn } = await createDataset(service);
        const { trackingId } = await service.personalize.createEventTracker({ name: "films", datasetGroupArn });
        await importData("first");
        await create({ solutionConfig: everyDay });
        const [first, ...none] = await trained(1);
        assert.deepEqual([first?.trainingType, first?.trainingMode, none.length], ["AUTOMATIC", "FULL", 0]);
        const { solutionVersionArn } = first ?? {};
        const described = await service.personalize.describeSolutionVersion({ solutionVersionArn });
        assert.equal(described.solutionVersion?.trainingType, "AUTOMATIC");
        assert.ok(!Object.keys(described.solutionVersion ?? {}).includes("lastEvent"));
        await untilLogged("no new interactions since the last training");
        assert.equal((await versions()).length, 1);
        await importData("second", "s3://movies/more.csv");
        const [, second] = await trained(2);
        assert.equal(second?.trainingType, "AUTOMATIC");
        assert.deepEqual(await versions(), [first, second]);
        const eventList = [{ eventType: "watch", itemId: "1", sentAt: 1_700_000_000 }];
        assert.equal(
            (await post(service, "/events", { trackingId, sessionId: "s", userId: "1", eventList })).status,
            200,
        );
        await trained(3);
    });

    it("automatic training skips a scheduled training if there are no interactions", async () => {
        await createDataset(service);
        await create();
        await untilLogged("automatic training is skipped: there are no interactions");
        assert.deepEqual(await versions(), []);
    });

    it("automatic training skips its first training if a manual training has run", async () => {
        await createDataset(service);
        await importData("first");
        // With the speed `samples`, the first training is due only when this test advances the clock.
        service = await restartService(service, { access, speed: "samples" });
        await until(async () => {
            const datasetGroupArn = arn("dataset-group/films");
            const { datasetGroup } = await service.personalize.describeDatasetGroup({ datasetGroupArn });
            return datasetGroup?.status === "ACTIVE";
        });
        await create();
        await until(
            async () => (await service.personalize.describeSolution({ solutionArn })).solution?.status === "ACTIVE",
        );
        await trainVersion(service, solutionArn);
        service.emulator.advance(hour);
        await untilLogged("automatic training is skipped: a version was created manually within the hour");
        assert.deepEqual(
            (await versions()).map(({ trainingType }) => trainingType),
            ["MANUAL"],
        );
    });

    it("UpdateSolution switches automatic training on and off", async () => {
        await createDataset(service);
        await importData("first");
        await create({ performAutoTraining: false, solutionConfig: everyDay });
        await evaluated("while-off");
        assert.deepEqual(await versions(), []);
        await service.personalize.updateSolution({ solutionArn, performAutoTraining: true });
        await trained(1);
        await service.personalize.updateSolution({ solutionArn, performAutoTraining: false });
        await importData("second", "s3://movies/more.csv");
        await evaluated("while-off-again");
        assert.equal((await versions()).length, 1);
    });

    it("UpdateSolution with a shorter schedule trains again within the hour", async () => {
        service = await restartService(service, { access, speed: "samples" });
        await createDataset(service);
        await importData("first");
        await create();
        service.emulator.advance(hour);
        await trained(1);
        await importData("second", "s3://movies/more.csv");
        await service.personalize.updateSolution({ solutionArn, solutionUpdateConfig: everyDay });
        service.emulator.advance(hour);
        await trained(2);
    });

    it("automatic training after a restart trains once for all missed periods", async () => {
        await createDataset(service);
        await importData("first");
        await create({ solutionConfig: everyDay });
        await service.stop();
        await sleep(300);
        service = await startService({ access, dataDir: service.dataDir });
        await trained(1);
        await evaluated("after-the-restart");
        assert.equal((await versions()).length, 1);
    });

    it("an automatic training in progress blocks DeleteSolution, and a deleted solution is not trained again", async () => {
        await createDataset(service);
        await importData("first");
        // With the speed `demo`, a training ends only when this test advances the clock.
        service = await restartService(service, { access, speed: "demo" });
        service.emulator.advance(day);
        await create({ solutionConfig: everyDay });
        await until(async () => {
            service.emulator.advance(500);
            return (await versions()).length === 1;
        });
        const remove = { solutionArn };
        assert.notEqual((await versions())[0]?.status, "ACTIVE");
        await refuses(service.personalize.deleteSolution(remove), /is in progress/, "ResourceInUseException");
        service = await restartService(service, { access });
        await trained(1);
        await service.personalize.deleteSolution(remove);
        await importData("second", "s3://movies/more.csv");
        await evaluated("after-the-deletion");
        const { solutionVersions = [] } = await service.personalize.listSolutionVersions({});
        assert.ok(
            solutionVersions.every(({ solutionVersionArn }) => !solutionVersionArn?.startsWith(`${solutionArn}/`)),
        );
    });
});
