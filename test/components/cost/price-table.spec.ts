import assert from "node:assert/strict";
import { priceTable } from "../../../components/cost/price-table.ts";
import { estimate } from "../../../cost/estimate.ts";
import { plannedStack } from "../../support/planned-stack.ts";

describe("priceTable", () => {
    const table = priceTable(estimate(plannedStack), 10_000);

    it("priceTable shows monthly cost with and without requests and the first up", () => {
        const lines = table.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
        assert.ok(lines.includes("per month | no requests | 10,000 requests a day"), table);
        assert.ok(lines.includes("campaign, minimum 1 TPS | ≈ $146 | ≈ $146"), table);
        assert.ok(lines.includes("total | ≈ $156 | ≈ $156"), table);
        assert.ok(lines.includes("training, by the hour | ≈ $0.26 to $0.50"), table);
    });

    it("priceTable says that prices are US prices and unverified", () => {
        assert.match(table, /US price, unverified/);
    });

    it("priceTable aligns its amounts", () => {
        const rows = table.split("\n").filter((line) => line.trimEnd().endsWith("$146") || line.includes("total"));
        assert.equal(new Set(rows.map((line) => line.trimEnd().length)).size, 1);
    });
});
