import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { temporaryFolder } from "../../../../../test/support/temporary-folder.ts";
import type { Metered } from "../../../../local-personalize/emulator.ts";
import {
    campaignArn,
    filmsBucket,
    history,
    openFilmsService,
} from "../../../../local-personalize/test/films-service.ts";
import { interactionsCsv } from "../../../../local-personalize/test/interactions.ts";
import { arn, recipe, restartService } from "../../../../local-personalize/test/support.ts";
import { type Bill, openBill } from "../../../gateway/metering/bill.ts";
import type { Measure, UsageRecord } from "../../../gateway/metering/usage-types.ts";

const hour = 3_600_000;
const all = { from: 0, to: Number.MAX_SAFE_INTEGER };
const begin = Date.UTC(2026, 10, 25);
const [v1, v2] = [recipe("aws-user-personalization"), recipe("aws-user-personalization-v2")];
const resource = (id: number, kind: string, more: Partial<Metered["resource"]> = {}): Metered["resource"] => ({
    ...{ id, kind, region: "eu-central-1", arn: `arn:of:${kind}`, tags: {}, arns: {} },
    ...more,
});
const campaign = resource(1, "campaign");
const sum = (records: readonly UsageRecord[]) => records.reduce((total, { quantity }) => total + quantity, 0);

describe("Bill of the local Personalize", () => {
    let now: number;
    let folder: string;
    let bill: Bill;
    beforeEach(() => {
        now = begin;
        folder = temporaryFolder();
        bill = openBill(folder, () => now);
    });
    afterEach(() => bill.close());

    const provision = (minProvisionedTPS: number, at = now, recipeArn = v1, of = campaign) =>
        bill.count({ event: "provisioned", resource: of, at, minProvisionedTPS, recipeArn });
    const call = (count: number, of = campaign, status = 200, bytes = 0) => {
        const called = { event: "called", operation: "GetRecommendations", milliseconds: 1 } as const;
        for (let left = count; left > 0; left--) bill.count({ ...called, resource: of, at: now, status, bytes });
    };
    const recordsOf = (measure: Measure) => bill.usage(all).filter((record) => record.measure === measure);
    /** Returns the usage by hour. The first hour is 0. */
    const usage = (measure: Measure) =>
        recordsOf(measure).map((record) => [(record.hour - begin) / hour, record.quantity]);

    it("a capacity is billed from its start, which may be in the future, until the next one or the deletion", () => {
        provision(1);
        provision(5, begin + 1.5 * hour);
        now = begin + hour;
        assert.deepEqual(usage("RecommendationTPSHours"), [[0, 1]]);
        now = begin + 2 * hour;
        const billed = [
            [0, 1],
            [1, 3],
        ];
        assert.deepEqual(usage("RecommendationTPSHours"), billed);
        provision(7, begin + 3 * hour);
        provision(0);
        now = begin + 9 * hour;
        assert.deepEqual(usage("RecommendationTPSHours"), billed, "the deletion also ends what would begin later");
        provision(3, now, v1, { ...campaign, id: 2 });
        now = begin + 10 * hour;
        assert.deepEqual(usage("RecommendationTPSHours"), [...billed, [9, 3]], "another campaign has the name");
    });

    it("requests above a campaign's TPS are billed by windows of 5 minutes, and those of v2 recipes by the hour", () => {
        const second = { ...campaign, id: 2 };
        provision(2);
        provision(2, begin, v2, second);
        call(700);
        call(700, second);
        call(700, campaign, 400);
        now = begin + 1.5 * hour;
        assert.deepEqual(usage("RecommendationTPSHours"), [
            [0, 2 + 100 / 3600],
            [1, 1],
        ]);
        assert.deepEqual(usage("RecommendationRequests"), [
            [0, 7.2],
            [1, 3.6],
        ]);
    });

    it("the usage of a period equals the sum of the usage of its parts, wherever the period is divided", () => {
        provision(2);
        for (now of [begin, begin + 1.5 * hour]) call(900);
        now = begin + 30 * 24 * hour;
        for (const cut of [begin + hour, begin + 10 * 24 * hour + 123_456, now - 1]) {
            const parts = [...bill.usage({ from: 0, to: cut }), ...bill.usage({ from: cut, to: now })];
            assert.deepEqual(parts, bill.usage(all));
        }
    });

    it("data is billed in GiB, and a training in hours or, for v2 recipes, in interactions; a repeated job once", () => {
        const job = { resource: resource(3, "dataset-import-job"), milliseconds: 1 };
        for (const at of [begin, begin + hour]) bill.count({ event: "imported", ...job, at, bytes: 1024 ** 3 });
        call(3, resource(4, "dataset"), 200, 1024 ** 2);
        assert.deepEqual(usage("DataIngestion"), [
            [0, 3 / 1024],
            [1, 1],
        ]);
        for (const [id, recipeArn] of [v1, v2].entries()) {
            const trained = { resource: resource(5 + id, "solution-version"), milliseconds: 1, hours: 0.5, recipeArn };
            bill.count({ event: "trained", ...trained, at: begin, interactions: 3000 });
        }
        assert.deepEqual(usage("TrainingHours"), [[0, 0.5]]);
        assert.deepEqual(usage("TrainingInteractions"), [[0, 3]]);
    });

    it("a record names usage type, unit and resource, and has the last tags of the resource", () => {
        provision(1);
        now = begin + hour;
        provision(0, now, v1, { ...campaign, tags: { stack: "dev" } });
        const [{ usageType, unit, region, resourceArn, tags } = assert.fail()] = recordsOf("RecommendationTPSHours");
        assert.deepEqual([usageType, unit, region], ["EUC1-RecommendationTPSHours", "TPS-hours", "eu-central-1"]);
        assert.deepEqual([resourceArn, tags], [campaign.arn, { stack: "dev" }]);
    });

    it("kill -9 loses no usage", async () => {
        provision(1);
        call(400);
        const left = temporaryFolder();
        await cp(folder, left, { recursive: true });
        const copy = openBill(left, () => now);
        now = begin + hour;
        assert.deepEqual(copy.usage(all), bill.usage(all));
        assert.equal(sum(copy.usage(all)), 1 + 100 / 3600);
        copy.close();
    });

    it("the bill of an emulator has its imports, its training and the hours of its campaign, also after a restart", async () => {
        let { service } = await openFilmsService(filmsBucket(), { dataDir: folder, meter: bill.count });
        service.emulator.advance(50 * hour);
        service = await restartService(service, { access: filmsBucket().access, meter: bill.count });
        await service.personalize.deleteCampaign({ campaignArn });
        now = service.emulator.clock.now() + 100 * hour;
        await service.stop();
        const hours = recordsOf("RecommendationTPSHours");
        assert.ok(sum(hours) >= 50 && sum(hours) < 50.02, `${sum(hours)}`);
        assert.ok(hours.every((record) => record.resourceArn === campaignArn && record.hour % hour === 0));
        const first = recordsOf("DataIngestion").find((one) => one.resourceArn === arn("dataset-import-job/first"));
        assert.equal(first?.quantity, interactionsCsv(history).length / 1024 ** 3);
        assert.deepEqual([recordsOf("DataIngestion").length, recordsOf("TrainingHours").length], [3, 1]);
    });
});
