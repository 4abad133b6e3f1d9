import assert from "node:assert/strict";
import { hasOtherData } from "../../demo/other-data.ts";

describe("hasOtherData of the demo", () => {
    const importJobArn =
        "arn:aws:personalize:eu-central-1:000000000000:dataset-import-job/item_interactions_import_job-0123abcd-2";

    it("hasOtherData is true if the stack imported another file", () => {
        assert.equal(hasOtherData({ importJobArn }, "ffff".repeat(16)), true);
    });

    it("hasOtherData is false for the same file and without an import", () => {
        assert.equal(hasOtherData({ importJobArn }, `0123abcd${"0".repeat(56)}`), false);
        assert.equal(hasOtherData({}, "ffff".repeat(16)), false);
    });
});
