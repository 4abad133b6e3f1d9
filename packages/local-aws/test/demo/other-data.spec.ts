import assert from "node:assert/strict";
import { hasOtherData } from "../../demo/other-data.ts";

describe("the demo on a stack that is there", () => {
    const importJobArn =
        "arn:aws:personalize:eu-central-1:000000000000:dataset-import-job/item_interactions_import_job-0123abcd-2";

    it("starts over for other data, whose events would be trained on too", () => {
        assert.equal(hasOtherData({ importJobArn }, "ffff".repeat(16)), true);
    });

    it("continues with the same data, and on a stack without an import", () => {
        assert.equal(hasOtherData({ importJobArn }, `0123abcd${"0".repeat(56)}`), false);
        assert.equal(hasOtherData({}, "ffff".repeat(16)), false);
    });
});
