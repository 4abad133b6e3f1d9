import assert from "node:assert/strict";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied, planned } from "../support/planned.ts";

describe("Change of config tags", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("preview shows only updates, and up makes exactly these", async () => {
        const everything = { api: true, storefront: "cloudfront", eventTracker: true, auditTrail: true };
        await aws.configure(everything);
        assertExit(await aws.engine("up"), 0);
        await aws.configure({ ...everything, tags: { team: "films" } });
        const plan = await planned(aws);
        assert.deepEqual(Object.keys(plan), ["update"]);
        for (const type of ["Bucket", "Topic", "RestApi", "Table", "Distribution", "Campaign", "DatasetGroup"]) {
            assert.ok(plan.update?.includes(type), type);
        }
        assert.deepEqual((await applied(aws)).plan, plan);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });
});
