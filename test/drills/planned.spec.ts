import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { root } from "../../packages/local-aws/instance.ts";
import { keyCases } from "./planned/key-values.ts";

describe("keyCases of drill:planned", () => {
    const cases = keyCases(
        { instance: { dir: "/films" }, stack: "dev" },
        { boundary: "arn:b", kmsKey: "arn:k", datasetGroup: "arn:g", issuer: "https://login.example" },
    );

    it("keyCases has a case for every config key of Pulumi.yaml", () => {
        const { config } = load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as { config: object };
        assert.deepEqual(Object.keys(cases).sort(), Object.keys(config).sort());
    });

    it("each case sets its own config key", () => {
        for (const [key, { set }] of Object.entries(cases)) assert.ok(key in set, key);
    });
});
