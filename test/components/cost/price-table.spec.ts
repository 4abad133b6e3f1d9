import assert from "node:assert/strict";
import { priceTable } from "../../../components/cost/price-table.ts";
import { estimate } from "../../../cost/estimate.ts";
import { plannedStack } from "../../support/planned-stack.ts";

describe("the price that preview shows", () => {
    const table = priceTable(estimate(plannedStack), 10_000);

    it("shows the monthly cost without and with the expected requests, and the cost of the first up", () => {
        const lines = table.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
        assert.ok(lines.includes("per month | no requests | 10,000 requests a day"), table);
        assert.ok(lines.includes("campaign, minimum 1 TPS | ≈ $146 | ≈ $146"), table);
        assert.ok(lines.includes("total | ≈ $156 | ≈ $156"), table);
        assert.ok(lines.includes("training, by the hour | ≈ $0.26 to $0.50"), table);
    });

    it("notes that no price is verified, and their source", () => {
        assert.match(table, /US price, unverified/);
    });

    it("has its amounts one below the other", () => {
        const rows = table.split("\n").filter((line) => line.trimEnd().endsWith("$146") || line.includes("total"));
        assert.equal(new Set(rows.map((line) => line.trimEnd().length)).size, 1);
    });
});
