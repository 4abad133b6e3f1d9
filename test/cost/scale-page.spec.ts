import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { approximately } from "../../config/prices.ts";
import { quotas } from "../../cost/quotas.ts";
import {
    firstToBreak,
    freeMinimum,
    type Layer,
    savedByCaches,
    servingLayers,
    type Traffic,
    usualTraffic,
} from "../../cost/serving-layers.ts";
import { good } from "../config/parsed.ts";

const rates = [10, 500, 5000] as const;
const recipe = "aws-user-personalization";

/** Traffic with the minimum TPS that docs/scale.md recommends. */
function trafficOf(requestsPerSecond: number, more: Partial<Traffic> = {}): Traffic {
    const traffic = {
        ...usualTraffic,
        requestsPerSecond,
        edge: true,
        recipe,
        minProvisionedTPS: 1,
        region: "us-east-1",
        ...more,
    };
    return { ...traffic, minProvisionedTPS: freeMinimum(traffic) };
}
const layersAt = (rate: number, more?: Partial<Traffic>) => servingLayers(trafficOf(rate, more));
const layerAt = (rate: number, what: Layer["what"], more?: Partial<Traffic>) =>
    layersAt(rate, more).find((layer) => layer.what === what);
const sumOf = (layers: readonly Layer[]) => layers.reduce((sum, { usd }) => sum + usd, 0);
const rounded = (value: number) =>
    value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0, minimumFractionDigits: 0 });
const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const each = (cell: (rate: number) => string) => rates.map(cell);
const uncached = { memoryHits: 0, tableHits: 0 };

describe("docs/scale.md", () => {
    let page: string;
    before(async () => {
        page = await readFile(new URL("../../docs/scale.md", import.meta.url), "utf8");
    });
    const has = (text: string) => assert.ok(page.includes(text), `docs/scale.md has not:\n${text}`);
    const whats = layersAt(10).map(({ what }) => what);

    it("docs/scale.md shows the load and the cost of each layer of the API", () => {
        for (const what of whats) {
            const unit = what === "DynamoDB" ? "reads and writes" : "requests";
            has(row(`${what}, ${unit} a second`, ...each((rate) => rounded(layerAt(rate, what)?.perSecond ?? 0))));
            has(row(`cost of ${what}`, ...each((rate) => approximately(layerAt(rate, what)?.usd ?? 0))));
        }
        has(row("**total cost**", ...each((rate) => approximately(sumOf(layersAt(rate))))));
    });

    it("docs/scale.md shows the campaign's cost without caches and the total cost without CloudFront", () => {
        has(
            row(
                "cost of campaign without caches",
                ...each((rate) => approximately(layerAt(rate, "campaign", uncached)?.usd ?? 0)),
            ),
        );
        has(row("cost saved by caches", ...each((rate) => approximately(savedByCaches(trafficOf(rate))))));
        has(
            row(
                "total cost without CloudFront",
                ...each((rate) => approximately(sumOf(layersAt(rate, { edge: false })))),
            ),
        );
    });

    it("docs/scale.md shows each quota and the quota's use in the busiest minutes", () => {
        const part = (load: Layer["load"]) => (load ? `${rounded((100 * load.atPeak) / load.quota)} %` : "");
        for (const what of whats.filter((what) => layerAt(10, what)?.load)) {
            const load = layerAt(10, what)?.load;
            const raised = load?.isRaised ? "yes" : "no";
            has(
                row(
                    what,
                    ...each((rate) => part(layerAt(rate, what)?.load)),
                    `${load?.quota.toLocaleString("en-US")} ${load?.of}`,
                    raised,
                ),
            );
        }
    });

    it("docs/scale.md shows the recommended minimum TPS and which layer first reaches a quota", () => {
        has(row("`minProvisionedTPS`", ...each((rate) => String(freeMinimum(trafficOf(rate))))));
        const first = (more?: Partial<Traffic>) =>
            each((rate) => {
                const bottleneck = firstToBreak(layersAt(rate, more));
                return bottleneck
                    ? `${bottleneck.layer.what}, at ${rounded(rate * bottleneck.times)} requests a second`
                    : "";
            });
        has(row("layer that reaches its quota first", ...first()));
        has(row("layer that reaches its quota first, without caches", ...first(uncached)));
    });

    it("docs/scale.md shows the assumed shares of traffic and the stage's default throttling", () => {
        const { memoryHits, tableHits, shared, edgeHits, events, peak } = usualTraffic;
        const percent = (part: number) => `${Math.round(100 * part)} %`;
        const sentences = page.replaceAll(/\s+/g, " ");
        for (const sentence of [
            `Of all requests ${percent(shared)} are about films`,
            `${percent(events)} are events`,
            `CloudFront answers ${percent(edgeHits)} of the film requests`,
            `${percent(memoryHits)} come from the function's memory, ${percent(tableHits)} from the table`,
            `${percent(1 - memoryHits - tableHits)} need a call of the campaign`,
        ]) {
            assert.ok(sentences.includes(sentence), sentence);
        }
        has(`${peak} times`);
        has(`\`throttle.requestsPerSecond\` (${good().throttle.requestsPerSecond})`);
        has(`\`throttle.burst\` (${good().throttle.burst})`);
        has(`${quotas.campaignRequests.quota} a second`);
    });

    it("docs/scale.md labels every amount as unverified", () => {
        has("Amounts (≈) are estimates from unverified US prices");
        const unmarked = page.match(/.{0,20}(?<!≈ |to |than |\()\$\d+/g) ?? [];
        assert.deepEqual(unmarked, []);
    });
});
