import assert from "node:assert/strict";
import { schemaChangeFault } from "../../../components/common/preflight.ts";

const schema = (fields: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ type: "record", fields: Object.entries(fields).map(([name, type]) => ({ name, type })) });
const before = { ITEM_ID: "string", PRICE: ["null", "double"] };

describe("`schemaChangeFault`", () => {
    for (const { change, after, fault } of [
        { change: "no change", after: before, fault: undefined },
        { change: "another order", after: { PRICE: ["null", "double"], ITEM_ID: "string" }, fault: undefined },
        { change: "a nullable column", after: { ...before, BRAND: ["null", "string"] }, fault: undefined },
        {
            change: "a required column",
            after: { ...before, BRAND: "string" },
            fault: "adds column BRAND, which cannot be null",
        },
        {
            change: "a missing column",
            after: { ITEM_ID: "string" },
            fault: "lacks column PRICE of the stack's dataset",
        },
        { change: "another type", after: { ...before, PRICE: "double" }, fault: "changes the type of column PRICE" },
    ]) {
        it(`\`schemaChangeFault\` returns ${fault ?? "undefined"} for ${change}`, () =>
            assert.equal(schemaChangeFault(schema(before), schema(after)), fault));
    }
});
