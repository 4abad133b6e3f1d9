import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { forward } from "../../../components/personalize/forward.ts";
import { kinds } from "../../../personalize/kinds.ts";

describe("the forwarder in Pulumi's state", () => {
    it("is what older state holds, byte for byte", async () => {
        const golden = await readFile(join(import.meta.dirname, "forward.golden.txt"), "utf8");
        assert.equal(forward("Schema"), golden);
    });

    it("differs between the kinds by the kind alone, and stays under 2 KB", () => {
        const ofSchema = forward("Schema");
        for (const kind of Object.keys(kinds)) {
            const text = forward(kind);
            assert.equal(text, ofSchema.replaceAll('"Schema"', JSON.stringify(kind)));
            assert.ok(text.length < 2048, `${kind}: ${text.length} characters`);
        }
    });
});
