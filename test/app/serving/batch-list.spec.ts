import assert from "node:assert/strict";
import { packItems } from "../../../app/serving/item-scores.ts";
import { batchListKey } from "../../../app/serving/ports.ts";
import { idsOf, startApi } from "./api-harness.ts";

const minute = 60_000;

/** Starts an API that serves a list of batch inference, made an hour ago, to viewer `a`. */
async function startBatchApi(itemIds: readonly string[]) {
    const harness = startApi({ config: { batch: true } });
    const madeAt = harness.clock.at - 60 * minute;
    const items = packItems(itemIds.map((itemId, at) => ({ itemId, score: 0.01 / (at + 1) })));
    harness.table.setStack({ lists: { generation: 1, solutionVersionArn: "v1", madeAt } });
    const list = { items, key: batchListKey(1), madeAt, revision: 0, from: "batch" as const };
    await harness.table.port.putList("a", list, 0, new AbortController().signal);
    return harness;
}

describe("GET /recommendations/{userId} with a list of batch inference", () => {
    it("the response contains the batch job's films and scores, and the job's time", async () => {
        const harness = await startBatchApi(["100", "200", "20"]);
        const answer = await harness.recommend("a");
        assert.deepEqual([answer.source, idsOf(answer)], ["batch", ["100", "200", "20"]]);
        assert.equal(Date.parse(answer.madeAt), harness.clock.at - 60 * minute);
        assert.equal(answer.items[0].score, 0.01);
    });

    it("an event moves similar films to the list's front and removes the watched film", async () => {
        const harness = await startBatchApi(["100", "200", "18", "20"]);
        await harness.watch("a", "18");
        const answer = await harness.recommend("a");
        assert.deepEqual([answer.source, idsOf(answer)], ["batch", ["20", "100", "200"]]);
    });

    it("an event adds no film that the filter of the batch job removed", async () => {
        const harness = await startBatchApi(["100", "200"]);
        await harness.watch("a", "18");
        assert.deepEqual(idsOf(await harness.recommend("a")), ["100", "200"]);
    });

    it("an event from long before the batch job does not change the viewer's list", async () => {
        const harness = await startBatchApi(["100", "200", "20"]);
        harness.clock.at -= 120 * minute;
        await harness.watch("a", "18");
        harness.clock.at += 120 * minute;
        assert.deepEqual(idsOf(await harness.recommend("a")), ["100", "200", "20"]);
    });
});
