import assert from "node:assert/strict";
import { keyCases } from "./planned/key-values.ts";

describe("keyCases of drill:planned", () => {
    const cases = keyCases(
        { instance: { dir: "/films" } },
        { boundary: "arn:b", kmsKey: "arn:k", datasetGroup: "arn:g", issuer: "https://login.example" },
    );

    it("keyCases returns a case that sets each config key", () => {
        for (const [key, { set }] of Object.entries(cases)) assert.ok(set[key.split(".")[0] ?? ""] !== undefined, key);
    });
});
