import assert from "node:assert/strict";
import type { Speed } from "../contract.ts";
import { nextDue } from "../control/auto-training.ts";
import { type Kind, type Life, phaseAt } from "../control/states.ts";

const life = (kind: Kind, more: Partial<Life> = {}): Life => ({
    kind,
    createdAt: 1000,
    finishedAt: null,
    failure: null,
    stoppedAt: null,
    heldUntil: null,
    updatedAt: null,
    deletedAt: null,
    ...more,
});
const at = (now: number, of: Life, speed: Speed = "demo") => phaseAt(of, speed, now).status;

describe("phaseAt", () => {
    it("with the speed `demo`, a campaign is ACTIVE after one second", () => {
        const campaign = life("campaign");
        assert.deepEqual(
            [1000, 1299, 1300, 1999, 2000].map((now) => at(now, campaign)),
            ["CREATE PENDING", "CREATE PENDING", "CREATE IN_PROGRESS", "CREATE IN_PROGRESS", "ACTIVE"],
        );
        assert.equal(phaseAt(campaign, "demo", 9000).since, 2000);
    });

    it("with the speed `real`, states last as long as on AWS, and with `instant` they last no time", () => {
        const minutes = (count: number) => 1000 + count * 60_000;
        assert.equal(at(minutes(8), life("campaign"), "real"), "CREATE IN_PROGRESS");
        assert.equal(at(minutes(10), life("campaign"), "real"), "ACTIVE");
        assert.equal(at(1000, life("campaign"), "instant"), "ACTIVE");
        assert.equal(at(1000, life("solution"), "real"), "ACTIVE");
    });

    it("with the speed `samples` each state lasts 0 ms, but DescribeDatasetGroup returns a deleted dataset group for a moment", () => {
        assert.equal(at(1000, life("event-tracker"), "samples"), "ACTIVE");
        assert.equal(at(5000, life("dataset", { deletedAt: 5000 }), "samples"), "GONE");
        assert.equal(at(5000, life("dataset-group", { deletedAt: 5000 }), "samples"), "DELETE PENDING");
        assert.equal(at(9999, life("dataset-group", { deletedAt: 5000 }), "samples"), "DELETE IN_PROGRESS");
        assert.equal(at(10_000, life("dataset-group", { deletedAt: 5000 }), "samples"), "GONE");
        assert.equal(nextDue(0, 7, undefined, "samples"), 3_600_000);
    });

    it("a job stays IN_PROGRESS until its work ends, and becomes FAILED if its work fails", () => {
        assert.equal(at(99_000, life("dataset-import-job")), "CREATE IN_PROGRESS");
        assert.equal(at(1500, life("dataset-import-job", { finishedAt: 1400 })), "CREATE IN_PROGRESS");
        assert.equal(at(2000, life("dataset-import-job", { finishedAt: 1400 })), "ACTIVE");
        const failed = life("solution-version", { finishedAt: 8000, failure: "no data" });
        assert.equal(at(7999, failed), "CREATE IN_PROGRESS");
        assert.deepEqual(phaseAt(failed, "demo", 8000), { status: "CREATE FAILED", since: 8000 });
    });

    it("a stopped solution version is CREATE STOPPING only if its training was in progress", () => {
        assert.equal(at(1100, life("solution-version", { stoppedAt: 1100 })), "CREATE STOPPED");
        const stopped = life("solution-version", { stoppedAt: 1500 });
        assert.deepEqual(
            [1500, 1800].map((now) => at(now, stopped)),
            ["CREATE STOPPING", "CREATE STOPPED"],
        );
    });

    it("a deleted resource is first DELETE PENDING and then DELETE IN_PROGRESS", () => {
        const leaving = life("dataset", { deletedAt: 5000 });
        assert.deepEqual(
            [5000, 5300, 6000].map((now) => at(now, leaving)),
            ["DELETE PENDING", "DELETE IN_PROGRESS", "GONE"],
        );
    });
});
