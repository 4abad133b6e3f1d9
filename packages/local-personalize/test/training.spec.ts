import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import { createRowCollector, saveRows } from "../importing/rows.ts";
import { inWorker, type TrainingTask } from "../training/in-worker.ts";
import { measure, type TrainingResult, train } from "../training/train.ts";
import { syntheticRatings } from "./interactions.ts";

describe("Training", () => {
    let folder: string;
    beforeEach(() => {
        folder = temporaryFolder();
    });

    function taskFor(users: number): TrainingTask {
        const rows = createRowCollector();
        for (const { user, item, timestamp } of syntheticRatings({ users })) {
            rows.add(String(user), String(item), "Watch", timestamp);
        }
        const rowsFile = join(folder, "rows");
        saveRows(rowsFile, rows.finish());
        return {
            rowsFile,
            streamed: { events: [], lastEvent: 0 },
            recipeName: "aws-user-personalization",
            choice: {},
            contextColumns: [],
            settings: {},
            featureTransformation: {},
            candidates: [],
            modelDir: join(folder, "model"),
            seed: "solution/films",
        };
    }

    it("metrics are equal whether one thread measures them or two", async () => {
        const task = taskFor(500);
        const trained = await train(task);
        assert.ok(!("failure" in trained));
        assert.ok(trained.considered > 20_000, "a second thread measures from 20,000 interactions on");
        const { considered, items, ...measured } = trained;
        assert.deepEqual(measured, measure(task));
    });

    it("a training that is aborted leaves no model file", async () => {
        const task = taskFor(500);
        const stop = new AbortController();
        const training = inWorker<TrainingResult>({ job: "train", task }, stop.signal);
        stop.abort();
        await assert.rejects(training, /^Error: The training ended early, with code \d\.$/);
        assert.ok(!existsSync(task.modelDir));
    });
});
