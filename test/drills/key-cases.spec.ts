import assert from "node:assert/strict";
import { keyCases } from "./planned/key-values.ts";

describe("`keyCases` of drill:planned", () => {
    const cases = keyCases(
        { instance: { dir: "/films" } },
        { boundary: "arn:b", kmsKey: "arn:k", datasetGroup: "arn:g", issuer: "https://login.example" },
    );

    it("`keyCases` returns for each config key a case that sets the key", () => {
        for (const [key, { set }] of Object.entries(cases)) assert.ok(set[key.split(".")[0] ?? ""] !== undefined, key);
    });
});
