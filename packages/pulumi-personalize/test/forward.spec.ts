import assert from "node:assert/strict";
import { forward } from "../forward.ts";
import { kinds } from "../kinds.ts";

describe("forward", () => {
    it("`forward` returns less than 2 KB of provider code, which differs between resource kinds only in the kind's name", () => {
        const ofSchema = forward("#handlers", "Schema");
        for (const kind of Object.keys(kinds)) {
            const text = forward("#handlers", kind);
            assert.equal(text, ofSchema.replaceAll('"Schema"', JSON.stringify(kind)));
            assert.ok(text.length < 2048, `${kind}: ${text.length} characters`);
        }
    });
});
