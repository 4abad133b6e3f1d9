import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { approximately, campaignUsdPerHour } from "../../config/prices.ts";
import { campaignCeiling, type Rates, toRates } from "../../config/throttles.ts";
import {
    type AttackedStack,
    attacksOn,
    firewallLimit,
    firewallUsdPerMonth,
    worstThroughApi,
} from "../../cost/abuse.ts";
import { good } from "../config/parsed.ts";

const { recipe, minProvisionedTPS } = good();
const rates: Rates = toRates(good());
const normal: AttackedStack = {
    rates,
    recipe,
    minProvisionedTPS,
    firewall: false,
};
const with_ = (more: Partial<Rates>, firewall = false) => ({ ...normal, firewall, rates: { ...rates, ...more } });

describe("Hourly cost of attacks on the API", () => {
    it("requests of attackers to the API cost at most $5 an hour at the default settings", () => {
        assert.equal(rates.requestsPerSecond, 100);
        assert.ok(worstThroughApi(normal) <= 5, `$${worstThroughApi(normal)}`);
        assert.ok(worstThroughApi(with_({ storefront: "cloudfront" })) <= 5);
    });

    it("without the campaign's rate limit, requests for lists would cost about $22.8 an hour", () => {
        const unbounded = { ...normal, minProvisionedTPS: 100 };
        const lists = attacksOn(unbounded)[0]?.usdPerHour ?? 0;
        assert.ok(Math.abs(lists + 99 * 0.2 - 22.8) < 0.8, `$${lists + 99 * 0.2}`);
    });

    it("the cost of an attack never falls if the request rate rises", () => {
        const rate = fc.integer({ min: 1, max: 5000 });
        fc.assert(
            fc.property(rate, rate, fc.integer({ min: 1, max: 200 }), (one, other, minProvisionedTPS) => {
                const of = (requestsPerSecond: number) =>
                    worstThroughApi({ ...with_({ requestsPerSecond }), minProvisionedTPS });
                assert.ok(of(Math.min(one, other)) <= of(Math.max(one, other)) + 1e-9);
                assert.ok(campaignCeiling({ requestsPerSecond: one }, minProvisionedTPS) >= minProvisionedTPS);
            }),
        );
    });

    it("docs/attacks.md shows the cost of attacks with default settings, with lower throttling and with WAF", async () => {
        const page = await readFile("docs/attacks.md", "utf8");
        const edge = { storefront: "cloudfront" } as const;
        const lower = { requestsPerSecond: 10, burst: 20, eventsPerSecond: 1 };
        const columns = [{}, lower, undefined].map((more) => {
            const attacks = (storefront: Partial<Rates>) =>
                attacksOn(with_({ ...more, ...storefront }, more === undefined));
            return [...attacks({}), ...attacks(edge).filter(({ through }) => through === "CloudFront")];
        });
        const rows = (columns[0] ?? []).map(
            ({ what, through }, index) =>
                `| ${what} | ${through} | ${columns.map((column) => approximately(column[index]?.usdPerHour ?? 0)).join(" | ")} |`,
        );
        for (const row of rows) assert.ok(page.includes(row), `docs/attacks.md lacks:\n${rows.join("\n")}`);
        assert.ok(page.includes(`${firewallLimit.toLocaleString("en-US")} requests in five minutes`));
        assert.ok(page.includes(`${approximately(firewallUsdPerMonth(10_000))} a month`));
        const hours = 200 / (worstThroughApi(normal) + campaignUsdPerHour(recipe, minProvisionedTPS));
        assert.ok(page.includes(`needs ${Math.ceil(hours)} hours to reach this limit`), `${hours} hours`);
    });
});
