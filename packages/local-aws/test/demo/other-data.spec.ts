import assert from "node:assert/strict";
import { hasOtherData } from "../../demo/other-data.ts";

describe("hasOtherData of the demo", () => {
    const importJobArn =
        "arn:aws:personalize:eu-central-1:000000000000:dataset-import-job/item_interactions_import_job-0123abcd-2";

    it("hasOtherData returns true if the stack has imported a different file", () => {
        assert.equal(hasOtherData({ importJobArn }, "ffff".repeat(16)), true);
    });

    it("hasOtherData returns false if the stack has imported the same file or nothing", () => {
        assert.equal(hasOtherData({ importJobArn }, `0123abcd${"0".repeat(56)}`), false);
        assert.equal(hasOtherData({}, "ffff".repeat(16)), false);
    });
});
