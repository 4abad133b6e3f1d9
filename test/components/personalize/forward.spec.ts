import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { forward } from "../../../components/personalize/forward.ts";
import { kinds } from "../../../personalize/kinds.ts";

/** The text that Pulumi writes into the state of every resource of a kind. */
async function serialised(kind: string): Promise<string> {
    const provider = forward(kind);
    return (await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true })).text;
}

describe("the forwarder in Pulumi's state", () => {
    it("is what older state holds, byte for byte", async () => {
        const golden = await readFile(join(import.meta.dirname, "forward.golden.txt"), "utf8");
        assert.equal(await serialised("Schema"), golden);
    });

    it("takes nothing along from this machine or stack", async () => {
        process.env.FORWARD_SPEC_SECRET = "hunter2";
        const text = await serialised("Schema");
        delete process.env.FORWARD_SPEC_SECRET;
        assert.doesNotMatch(text, /hunter2|eu-central-1|node_modules|aws-sdk|process\.env/);
        assert.ok(!text.includes(process.cwd()));
    });

    it("differs between the kinds by the kind alone, and stays under 2 KB", async () => {
        const ofSchema = await serialised("Schema");
        for (const kind of Object.keys(kinds)) {
            const text = await serialised(kind);
            assert.equal(text, ofSchema.replaceAll('"Schema"', JSON.stringify(kind)));
            assert.ok(text.length < 2048, `${kind}: ${text.length} characters`);
        }
    });
});
