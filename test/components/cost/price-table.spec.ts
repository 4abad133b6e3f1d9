import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { choosePriceNote, idleRule, plannedStack as planOf, priceTable } from "../../../components/cost/price-table.ts";
import { approximately } from "../../../core/config/prices.ts";
import { estimate } from "../../../core/cost/estimate.ts";
import { good } from "../../core/config/parsed.ts";
import { plannedStack } from "../../support/planned-stack.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("`priceTable`", () => {
    const table = priceTable(estimate(plannedStack), 10_000);

    it("`priceTable` shows monthly costs with and without requests, and the first `up`'s cost", () => {
        const lines = table.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
        assert.ok(lines.includes("per month | no requests | 10,000 requests a day"), table);
        assert.ok(lines.includes("campaign, minimum 1 TPS | ≈ $146 | ≈ $146"), table);
        assert.ok(lines.includes("total | ≈ $156 | ≈ $156"), table);
        assert.ok(lines.includes("training, by the hour | ≈ $0.26 to $0.50"), table);
    });

    it("`priceTable` states that the prices are those of the USA and are unverified", () => {
        assert.match(table, /US price, unverified/);
    });

    it("`priceTable` aligns the amounts in its columns", () => {
        const rows = table.split("\n").filter((line) => line.trimEnd().endsWith("$146") || line.includes("total"));
        assert.equal(new Set(rows.map((line) => line.trimEnd().length)).size, 1);
    });
});

describe("`choosePriceNote`, the note below the price table", () => {
    const noteOf = (isParked: boolean) => choosePriceNote(good({ api: "true" }), plannedStack, { isParked });

    it("the preview of a stack with a campaign compares the campaign with batch inference", () => {
        assert.match(noteOf(false) ?? "", /^Without a campaign, with lists by batch inference/);
    });

    it("the preview of a parked stack prints the price that `resume` adds, and no comparison with batch inference", () => {
        const note =
            "The campaign is parked, and not in this price. `npm run resume` adds ≈ $146 a month (US price, unverified).";
        assert.equal(noteOf(true), note);
    });

    for (const api of ["true", "false"]) {
        it(`the preview of a stack with campaignEnabled false and api ${api} prints no note on prices`, () => {
            const config = good({ api, campaignEnabled: "false", storefront: "none" });
            const plan = { ...plannedStack, hasCampaign: false };
            for (const isParked of [true, false]) assert.equal(choosePriceNote(config, plan, { isParked }), undefined);
        });
    }
});

describe("`idleRule`, what preview says about a campaign without requests", () => {
    const cases = [
        {
            what: "with an address, the cost guard parks after the grace",
            values: { alertEmail: "ann@films.example" },
            action: "park",
            rule: /^After 14 days without requests, the cost guard notifies, and 1 day later parks the campaign, if an address has confirmed/,
        },
        {
            what: "without an address, the cost guard only announces, and the rule names the command",
            values: {},
            action: "park",
            rule: /^After 14 days .* only announces .* a confirmed address; it costs ≈ \$146 a month .*: pulumi config set alertEmail <address>$/,
        },
        {
            what: "with `announce`, the cost guard only announces, and the rule names the command",
            values: { idle: '{"hours":36}' },
            action: "announce",
            rule: /^After 36 hours .* only announces .* \$146 a month .*: pulumi config set --path idle\.action park$/,
        },
    ] as const;
    for (const { what, values, action, rule } of cases) {
        it(what, () => assert.match(idleRule(good(values), action), rule));
    }
});

describe("`plannedStack` with `serving.mode: batch`", () => {
    const folder = temporaryFolder();
    before(async () => {
        const day = 86_400;
        const rows = [0, 200, 350, 365].map((at, user) => `${user},film,${at * day}`);
        await writeFile(join(folder, "interactions.csv"), ["USER_ID,ITEM_ID,TIMESTAMP", ...rows, ""].join("\n"));
    });

    for (const { serving, viewers } of [
        { serving: { mode: "batch" }, viewers: 4 },
        { serving: { mode: "batch", activeDays: 30 }, viewers: 2 },
    ]) {
        it(`\`plannedStack\` counts ${viewers} viewers in batch inference jobs with ${JSON.stringify(serving)}`, async () => {
            const interactionsFile = join(folder, "interactions.csv");
            const config = good({ interactionsFile, serving: JSON.stringify(serving) });
            assert.deepEqual((await planOf(config)).batchLists, { viewers, everyDays: 7 });
        });
    }

    it("the preview of batch inference states the same price of a campaign as the preview of that campaign", async () => {
        const configOf = (mode: string) =>
            good({ interactionsFile: join(folder, "interactions.csv"), serving: JSON.stringify({ mode }) });
        const { expectedUsd } = estimate(await planOf(configOf("campaign")));
        const config = configOf("batch");
        const note = choosePriceNote(config, await planOf(config), { isParked: false }) ?? "";
        assert.ok(note.startsWith(`With a campaign the same stack costs ${approximately(expectedUsd)} a month`), note);
    });
});
