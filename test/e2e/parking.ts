import assert from "node:assert/strict";
import { listEverything } from "../support/inventory.ts";
import { assertExit } from "../support/local-aws.ts";
import type { startOperated } from "./operated-stack.ts";

type Operated = Awaited<ReturnType<typeof startOperated>>;

/** Defines tests of the runbooks park and resume for a deployed stack. The last test destroys the stack. */
export function parkAndResume(operated: () => Operated): void {
    let stack: Operated;
    let aws: Operated["aws"];
    let admin: Operated["admin"];
    before(() => {
        stack = operated();
        ({ aws, admin } = stack);
    });

    const runbook = (...args: Parameters<typeof stack.runbook>) => stack.runbook(...args);
    const json = (...args: Parameters<typeof stack.json>) => stack.json(...args);
    const askedDuring = (work: () => Promise<unknown>) => stack.askedDuring(work);

    it("`park` deletes only the campaign, and `up` does not create the campaign again", async () => {
        assertExit(await runbook("park"), 2);
        assert.match((await runbook("park", "--dry-run")).stdout, /It would delete .* saves ≈ \$146 a month/);
        const operations = await askedDuring(async () => {
            const result = await runbook("park", "--yes", "--reason", "holidays");
            assertExit(result, 0);
            assert.match(result.stdout, /is deleted, which saves ≈ \$146 a month/);
        });
        assert.deepEqual(operations, ["DeleteCampaign"]);
        assert.deepEqual((await aws.personalize.listCampaigns({})).campaigns, []);
        const status = await aws.runbook("watch-status", "--json");
        assertExit(status, 0);
        assert.equal(JSON.parse(status.stdout).overall, "active");
        const { operations: byUp, stdout } = await stack.up();
        assert.deepEqual(byUp, []);
        assert.equal((await aws.outputs()).campaignArn, "");
        assert.match(stdout, /parked since .*holidays/);
        assert.match(stdout, /npm run resume\S* adds ≈ \$146 a month/);
    });

    it("while the campaign is parked, `retrain`, `rollback` and `recommend` fail, and `park` succeeds", async () => {
        const again = await runbook("park", "--yes");
        assertExit(again, 0);
        assert.match(again.stdout, /The campaign has been parked since .*holidays/);
        const others = [["retrain"], ["rollback", "--yes"], ["recommend", "1"]] as const;
        for (const [name, ...args] of others) {
            const result = await runbook(name, ...args);
            assertExit(result, 1);
            assert.match(result.stderr, /The campaign has been parked since .*npm run resume/);
        }
    });

    it("`resume` without `--yes` shows the price and changes nothing", async () => {
        const operations = await askedDuring(async () => {
            const result = await runbook("resume");
            assertExit(result, 2);
            assert.match(result.stderr, /Create campaign .* costs ≈ \$146 a month .* confirm with --yes/);
            assert.match((await runbook("resume", "--dry-run")).stdout, /It would create campaign/);
        });
        assert.deepEqual(operations, []);
        assert.equal((await json("versions", 0)).parked.reason, "holidays");
        await aws.configure({ monthlyLimitUsd: 60 });
        const refused = await runbook("resume", "--yes");
        assertExit(refused, 1);
        assert.match(refused.stderr, /costs ≈ \$146 a month .*, above monthlyLimitUsd 60\. To allow it/);
        await aws.configure();
    });

    it("`resume` creates the campaign again without a training, and `up` records the campaign", async () => {
        const operations = await askedDuring(async () => {
            const resumed = await json("resume", 0, "--yes");
            assert.equal(resumed.campaignArn, stack.campaignArn);
            assert.doesNotMatch((await stack.up()).stdout, /parked|held/);
        });
        assert.deepEqual(operations, ["CreateCampaign"]);
        assert.equal(await stack.serving(), await stack.newest());
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
    });

    it("a second `park` completes an interrupted `park`, with the first reason", async () => {
        await admin.arm({
            operation: "DeleteCampaign",
            effect: { kind: "error", code: "InvalidInputException", message: "not now", status: 400 },
        });
        assertExit(await runbook("park", "--yes", "--reason", "first"), 1);
        assert.equal((await aws.personalize.listCampaigns({})).campaigns?.length, 1);
        assertExit(await runbook("park", "--yes", "--reason", "second"), 0);
        assert.deepEqual((await aws.personalize.listCampaigns({})).campaigns, []);
        assert.equal((await json("versions", 0)).parked.reason, "first");
    });

    it("`destroy` of a parked stack leaves no resource", async () => {
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await listEverything(aws), []);
        const again = await runbook("park", "--yes");
        assertExit(again, 1);
        assert.match(again.stderr, /has no campaign to park/);
    });
}
