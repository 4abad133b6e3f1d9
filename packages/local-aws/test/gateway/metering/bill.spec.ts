import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    campaignArn,
    datasetGroupArn,
    filmsBucket,
    history,
    openFilmsService,
    post,
    solutionArn,
} from "../../../../local-personalize/test/films-service.ts";
import { interactionsCsv } from "../../../../local-personalize/test/interactions.ts";
import {
    arn,
    refuses,
    type Service,
    startService,
    trainRecipe,
    trainVersion,
} from "../../../../local-personalize/test/support.ts";
import { type Bill, openBill } from "../../../gateway/metering/bill.ts";
import type { UsageRecord } from "../../../gateway/metering/usage-types.ts";

const minute = 60_000;
const hour = 60 * minute;
const all = { from: 0, to: Number.MAX_SAFE_INTEGER };
const sum = (records: readonly UsageRecord[]) => records.reduce((total, { quantity }) => total + quantity, 0);

describe("Bill of the local Personalize", () => {
    let service: Service;
    let bill: Bill;
    let version: string;
    /** Opens the bill in a folder. Returns the options of an emulator that reports to it. */
    const metered = (dataDir: string, more: object = {}) => {
        bill = openBill(dataDir, () => service.emulator.clock.now());
        return { access: filmsBucket().access, dataDir, meter: bill.count, ...more };
    };
    const stop = async () => {
        await service.stop();
        bill.close();
    };
    const of = (measure: string) => bill.usage(all).filter((record) => record.measure === measure);
    const tpsHours = () => sum(of("RecommendationTPSHours"));
    const ask = () => service.runtime.getRecommendations({ campaignArn, userId: "1" });
    const restart = async (more: object = {}) => {
        await stop();
        service = await startService(metered(service.dataDir, more));
    };
    /**
     * Restarts with the speed `real`, so that the creation of a campaign takes 9 minutes. Advances the clock until
     * existing resources are ACTIVE.
     */
    const restartReal = async () => {
        await restart({ speed: "real" });
        service.emulator.advance(hour);
    };
    /**
     * Checks that an amount is at most one second less, or `slackMilliseconds` more, than expected, because time passes
     * between an advance of the clock and the check.
     */
    const near = (actual: number, expected: number, slackMilliseconds = 10_000) =>
        assert.ok(
            actual >= expected - 1000 / hour && actual <= expected + slackMilliseconds / hour,
            `${actual} is not ${expected}`,
        );

    beforeEach(async () => {
        const options = metered(await mkdtemp(join(tmpdir(), "bill-")));
        ({ service, solutionVersionArn: version } = await openFilmsService(filmsBucket(), options));
    });
    afterEach(async () => {
        await stop();
        await rm(service.dataDir, { recursive: true, force: true });
    });

    it("the usage of a campaign begins when it is ACTIVE and ends with its deletion, until a new one has its name", async () => {
        const { campaign } = await service.personalize.describeCampaign({ campaignArn });
        service.emulator.advance(50 * hour);
        await restart();
        await service.personalize.deleteCampaign({ campaignArn });
        const [{ at } = { at: 0 }] = service.emulator
            .requests(0)
            .filter(({ operation }) => operation === "DeleteCampaign");
        const before = tpsHours();
        // Allow a difference of 10 s, because the time from the campaign's creation until ACTIVE depends on the
        // machine.
        const lived = (at - Number(campaign?.creationDateTime?.getTime())) / hour;
        assert.ok(Math.abs(before - lived) < 10_000 / hour, `${before} is not ${lived}`);
        service.emulator.advance(100 * hour);
        await restart();
        assert.equal(tpsHours(), before);
        const records = of("RecommendationTPSHours");
        assert.ok(records.length >= 51 && records.length <= 52);
        for (const { quantity } of records.slice(1, -1)) assert.equal(quantity, 1);
        const [{ usageType, resourceArn, region, unit, hour: began } = {} as UsageRecord] = records;
        assert.deepEqual(
            [usageType, resourceArn, region, unit],
            ["EUC1-RecommendationTPSHours", campaignArn, "eu-central-1", "TPS-hours"],
        );
        assert.equal(began % hour, 0);
        await service.personalize.createCampaign({ name: "films", solutionVersionArn: version, minProvisionedTPS: 3 });
        service.emulator.advance(2 * hour);
        near(tpsHours() - before, 6);
        assert.deepEqual(
            new Set(of("RecommendationTPSHours").map(({ resourceArn }) => resourceArn)),
            new Set([campaignArn]),
        );
    });

    it("the usage of a period equals the sum of the usage of its parts, wherever the period is divided", async () => {
        service.emulator.advance(30 * 24 * hour);
        const now = service.emulator.clock.now();
        const start = now - 31 * 24 * hour;
        for (const cut of [start + hour, start + 10 * 24 * hour + 123_456, now - 1]) {
            const parts = [...bill.usage({ from: 0, to: cut }), ...bill.usage({ from: cut, to: now })];
            // Both amounts include usage up to now, so they differ by the time between the two calls.
            assert.ok(Math.abs(sum(parts) - sum(bill.usage(all))) < 0.01);
            assert.equal(
                new Set(parts.map((record) => `${record.resourceArn} ${record.measure} ${record.hour}`)).size,
                parts.length,
            );
        }
    });

    it("the usage follows a changed minProvisionedTPS as soon as the campaign's update is ACTIVE", async () => {
        await restartReal();
        const before = tpsHours();
        service.emulator.advance(10 * hour);
        await service.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 5 });
        near(tpsHours() - before, 10);
        // An update takes 9 minutes, like the creation. Until its end, the old minimum TPS is billed.
        service.emulator.advance(9 * minute);
        near(tpsHours() - before, 10.15);
        service.emulator.advance(2 * hour);
        near(tpsHours() - before, 20.15, 50_000);
        await service.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 1 });
        service.emulator.advance(9 * minute + hour);
        near(tpsHours() - before, 20.15 + 0.75 + 1, 60_000);
    });

    it("a campaign causes no usage while it is being created", async () => {
        await restartReal();
        await service.personalize.deleteCampaign({ campaignArn });
        service.emulator.advance(hour);
        const before = tpsHours();
        await service.personalize.createCampaign({ name: "films", solutionVersionArn: version });
        service.emulator.advance(8 * minute);
        assert.equal(tpsHours(), before);
        service.emulator.advance(minute + hour);
        near(tpsHours() - before, 1);
        const { campaign } = await service.personalize.describeCampaign({ campaignArn });
        assert.equal(campaign?.status, "ACTIVE");
    });

    it("a campaign that is deleted during its update causes no usage after its deletion", async () => {
        await restartReal();
        await service.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 5 });
        service.emulator.advance(minute);
        await service.personalize.deleteCampaign({ campaignArn });
        const before = tpsHours();
        service.emulator.advance(hour);
        assert.equal(tpsHours(), before);
    });

    it("a job that runs again after kill -9 is billed once", () => {
        const resource = { id: 1, kind: "dataset-import-job", region: "eu-central-1", arn: "arn", tags: {}, arns: {} };
        for (const hours of [1, 2]) {
            bill.count({ event: "imported", resource, at: hours * hour, milliseconds: 1, bytes: 1024 ** 3 });
        }
        assert.deepEqual(
            of("DataIngestion")
                .filter(({ quantity }) => quantity === 1)
                .map((record) => record.hour),
            [2 * hour],
        );
    });

    it("kill -9 loses no usage of requests", async () => {
        const { emulator } = service;
        emulator.advance(5 * minute - (emulator.clock.now() % (5 * minute)));
        for (let count = 0; count < 400; count++) await ask();
        const left = await mkdtemp(join(tmpdir(), "killed-"));
        await cp(service.dataDir, left, { recursive: true });
        emulator.advance(hour);
        // Read the expected value first, because time passes.
        const expected = tpsHours();
        await stop();
        await rm(service.dataDir, { recursive: true, force: true });
        service = await startService(metered(left));
        service.emulator.advance(hour);
        near(tpsHours(), expected);
    });

    it("the usage of v2 recipes contains requests, with an hourly minimum, and the interactions of each training", async () => {
        const solutionVersionArn = await trainRecipe(service, "aws-user-personalization-v2", { name: "second" });
        const [training, ...others] = of("TrainingInteractions");
        assert.deepEqual(
            [training?.resourceArn, training?.quantity, others.length],
            [solutionVersionArn, history.length / 1000, 0],
        );
        const { emulator } = service;
        emulator.advance(hour - (emulator.clock.now() % hour));
        await service.personalize.createCampaign({ name: "second", solutionVersionArn, minProvisionedTPS: 2 });
        await service.runtime.getRecommendations({ campaignArn: arn("campaign/second"), userId: "1" });
        emulator.advance(3 * hour);
        near(sum(of("RecommendationRequests")), 3 * 7.2, 120_000);
        assert.equal(of("RecommendationRequests")[0]?.usageType, "EUC1-RecommendationRequests");
    });

    it("the usage of imports and events is in GiB, and the usage of a training in hours", async () => {
        const imported = of("DataIngestion");
        const first = imported.find(({ resourceArn }) => resourceArn === arn("dataset-import-job/first"));
        assert.equal(first?.quantity, interactionsCsv(history).length / 1024 ** 3);
        assert.equal(imported.length, 3);
        const { trackingId } = await service.personalize.createEventTracker({ name: "clicks", datasetGroupArn });
        const eventList = [{ eventType: "Watch", itemId: "1", sentAt: 1_700_000_000 }];
        for (let count = 0; count < 3; count++) {
            const answer = await post(service, "/events", { trackingId, sessionId: "s", userId: "1", eventList });
            assert.equal(answer.status, 200);
        }
        const streamed = () => of("DataIngestion").filter(({ resourceArn }) => resourceArn.endsWith("/INTERACTIONS"));
        const bytes = 3 * JSON.stringify(eventList).length;
        assert.equal(Math.round(sum(streamed()) * 1024 ** 3), bytes);
        await restart();
        assert.equal(Math.round(sum(streamed()) * 1024 ** 3), bytes);

        const { solutionVersion } = await service.personalize.describeSolutionVersion({ solutionVersionArn: version });
        const [hours] = of("TrainingHours");
        assert.ok(Math.abs((hours?.quantity ?? 0) - (solutionVersion?.trainingHours ?? 0)) < 1e-6);
    });

    it("usage records contain the tags of the resource, even after the resource is deleted", async () => {
        const tags = [{ tagKey: "stack", tagValue: "dev" }];
        await service.personalize.tagResource({ resourceArn: campaignArn, tags });
        await service.personalize.tagResource({ resourceArn: solutionArn, tags });
        await trainVersion(service, solutionArn);
        service.emulator.advance(hour);
        await service.personalize.deleteCampaign({ campaignArn });
        await restart();
        const tagged = bill.usage(all).filter((record) => record.tags.stack === "dev");
        assert.deepEqual(
            new Set(tagged.map(({ measure }) => measure)),
            new Set(["RecommendationTPSHours", "TrainingHours"]),
        );
    });

    it("a rejected UpdateCampaign does not change the usage", async () => {
        await restartReal();
        const { emulator } = service;
        await service.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 1 });
        emulator.advance(5 * minute - (emulator.clock.now() % (5 * minute)));
        const before = tpsHours();
        for (let count = 0; count < 350; count++) await ask();
        await refuses(
            service.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 1 }),
            /is being updated/,
            "ResourceInUseException",
        );
        near(tpsHours() - before, 350 / 3600);
    });
});
