import assert from "node:assert/strict";
import { forward } from "../../../components/personalize/forward.ts";
import { kinds } from "../../../personalize/kinds.ts";

describe("forward", () => {
    it("forward differs between kinds only in the kind and is below 2 KB", () => {
        const ofSchema = forward("Schema");
        for (const kind of Object.keys(kinds)) {
            const text = forward(kind);
            assert.equal(text, ofSchema.replaceAll('"Schema"', JSON.stringify(kind)));
            assert.ok(text.length < 2048, `${kind}: ${text.length} characters`);
        }
    });
});
