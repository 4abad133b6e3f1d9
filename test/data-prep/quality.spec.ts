import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { refuseRedData } from "../../components/data/data-quality.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import { prepare } from "../../data-prep/prepare.ts";
import { checkFigures } from "../../data-prep/quality/checks.ts";
import { computeFigures } from "../../data-prep/quality/figures.ts";
import { reportPaths } from "../../data-prep/quality/judge.ts";
import { openBrowser } from "../../packages/local-aws/demo/browser.ts";
import { columnsFrom } from "../support/columns.ts";
import { fake } from "../support/fake.ts";
import { shop } from "../support/shop.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const day = 86_400;
const start = Date.UTC(2026, 0, 1) / 1000;
type Row = readonly [string, string, number];
const usual = {
    repeated: 0,
    skipped: 0,
    eventTypes: 2,
    optionalColumns: 0,
    itemsWithoutEvents: 0,
    usersWithoutEvents: 0,
    now: start + 40 * day,
};
const levels = (rows: readonly Row[], counts: Partial<typeof usual> = {}) =>
    Object.fromEntries(
        checkFigures(computeFigures(columnsFrom(rows)), { ...usual, ...counts }).map(({ id, level }) => [id, level]),
    );
/** Events of 100 users with 90 items during 30 days. */
const fine: Row[] = Array.from({ length: 3000 }, (_, row) => [
    `u${row % 100}`,
    `i${(row * 7) % 90}`,
    start + row * 864,
]);

describe("`computeFigures`", () => {
    it("`computeFigures` returns the quality figures of an example that was calculated by hand", () => {
        const figures = computeFigures(
            columnsFrom([
                ["a", "x", start],
                ["a", "y", start + 1],
                ["a", "x", start + 2 * day],
                ["b", "x", start + 9 * day],
            ]),
        );
        assert.deepEqual(figures.events, { daysPerBar: 1, bars: [2, 0, 1, 0, 0, 0, 0, 0, 0, 1] });
        assert.deepEqual(figures.busiestDay, { start, rows: 2 });
        assert.deepEqual(figures.longestGap, { from: start + 3 * day, days: 6 });
        assert.deepEqual(figures.histories, [
            { least: 1, users: 2 },
            { least: 2, users: 1 },
        ]);
        assert.deepEqual([figures.coldUsers, figures.coldItems], [1, 2]);
        assert.deepEqual(
            [figures.mostOfUser, figures.mostOfItem],
            [
                { id: "a", rows: 3 },
                { id: "x", rows: 3 },
            ],
        );
        assert.deepEqual(figures.popularity.at(1), { items: 0.5, events: 0.75 });
        assert.equal(figures.gini, 0.25);
    });

    it("for equally popular items the Gini coefficient is 0, for one popular item about 1", () => {
        const equal = Array.from({ length: 100 }, (_, row): Row => ["u", `i${row}`, row]);
        assert.ok(Math.abs(computeFigures(columnsFrom(equal)).gini) < 1e-12);
        const one = [...equal, ...Array.from({ length: 100_000 }, (_, row): Row => ["u", "i0", row])];
        assert.ok(computeFigures(columnsFrom(one)).gini > 0.98);
    });

    it("the report's chart has at most 60 bars, and the bars contain all events", () => {
        const years = Array.from({ length: 1000 }, (_, row): Row => ["u", "i", start - row * 3 * day]);
        const { events } = computeFigures(columnsFrom(years));
        assert.ok(events.bars.length <= 60);
        assert.equal(
            events.bars.reduce((sum, rows) => sum + rows, 0),
            1000,
        );
    });
});

describe("Data checks", () => {
    it("for usual data, all checks except the size checks are green", () => {
        const { interactions, users, ...others } = levels(fine);
        assert.deepEqual([interactions, users], ["amber", "amber"]);
        assert.deepEqual([...new Set(Object.values(others))], ["green"]);
    });

    it("each fault in the data turns the fault's check amber or red", () => {
        assert.equal(levels(fine.map(([user, item]) => [user, item, start])).span, "red");
        assert.equal(
            levels(fine.map(([user, item], row) => [row % 10 < 6 ? "bot" : user, item, start + row * 864]))["one-user"],
            "red",
        );
        assert.equal(
            levels(fine.map(([user, item], row) => [row % 10 < 1 ? "bot" : user, item, start + row * 864]))["one-user"],
            "amber",
        );
        assert.equal(levels(fine.map(([, item, time], row) => [`u${row}`, item, time]))["returning-users"], "red");
        assert.equal(levels(fine.filter((_, row) => row < 500 || row > 1700)).gap, "amber");
        assert.equal(
            levels(fine.map(([user, item, time], row) => [user, item, row === 0 ? 44_205 : time])).times,
            "amber",
        );
        assert.equal(levels(fine, { repeated: 4000 })["repeated-events"], "red");
        assert.equal(levels(fine, { repeated: 60 })["repeated-events"], "amber");
        assert.equal(levels(fine, { skipped: 60 })["unusable-rows"], "amber");
        assert.equal(levels(fine, { now: start + 200 * day }).age, "amber");
        assert.equal(levels(fine, { itemsWithoutEvents: 91 })["cold-items"], "amber");
        assert.equal(levels(fine, { eventTypes: 8, optionalColumns: 3 })["types-and-columns"], "red");
    });

    it("`refuseRedData` stops a preview if a check is red, unless `dataWaiver` is set", () => {
        const checks = checkFigures(
            computeFigures(columnsFrom(fine.map(([user, item]) => [user, item, start]))),
            usual,
        );
        const manifest = fake<Manifest>({ checks });
        const config = { dataWaiver: undefined, eventWeights: undefined };
        assert.throws(
            () => refuseRedData(manifest, config),
            /not good enough for a paid training.*0 days.*dataWaiver/s,
        );
        refuseRedData(manifest, { ...config, dataWaiver: "a load test without real times" });
        refuseRedData(fake<Manifest>({ checks: checks.filter(({ level }) => level !== "red") }), config);
        refuseRedData(undefined, config);
    });

    it("`refuseRedData` rejects `eventWeights` that leave fewer than 1,000 interactions", () => {
        const eventTypes = [
            { name: "view", rows: 5000 },
            { name: "buy", rows: 999 },
            { name: "rate", rows: 1 },
        ];
        const manifest = fake<Manifest>({ checks: [], eventTypes });
        const refuse = (eventWeights: Record<string, number>) =>
            refuseRedData(manifest, { dataWaiver: undefined, eventWeights });
        assert.throws(
            () => refuse({ buy: 1 }),
            /999 interactions with an event type of eventWeights.*view, buy, rate/s,
        );
        refuse({ buy: 1, rate: 0 });
        refuse({ view: 1 });
    });
});

describe("Quality report", () => {
    const folder = temporaryFolder();
    let browser: Browser;
    before(async () => {
        const { events, products, customers } = shop();
        const put = (name: string, text: string) => {
            writeFileSync(join(folder, name), text);
            return join(folder, name);
        };
        await prepare({
            input: put("events.csv", events),
            items: put("products.csv", products),
            users: put("customers.csv", customers),
            output: join(folder, "out/data.csv"),
            report: join(folder, "report.json"),
            log: () => {},
        });
        browser = await openBrowser();
    });
    after(async () => {
        await browser?.close();
    });

    it("the JSON report contains the summary, the figures and the checks of the manifest", () => {
        const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
        const manifest = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
        assert.equal(report.schemaVersion, 1);
        assert.equal(report.quality.figures.rows, report.interactions);
        assert.deepEqual(report.quality.checks, manifest.checks);
        assert.match(
            report.quality.checks.find(({ id }: { id: string }) => id === "cold-items").found,
            /, 6 of the catalog without any/,
        );
        const paths = { json: "a.json", html: "a.html" };
        assert.deepEqual([reportPaths("a.json"), reportPaths("a.html")], [paths, paths]);
    });

    it("the HTML report needs no other file, and is readable in both themes", async () => {
        for (const [scheme, width, color] of [
            ["light", 1280, "rgb(27, 31, 36)"],
            ["dark", 390, "rgb(230, 237, 243)"],
        ] as const) {
            const page = await browser.newPage();
            const requestedUrls: string[] = [];
            page.on("request", (request) => requestedUrls.push(request.url()));
            await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
            await page.setViewport({ width, height: 900 });
            const url = `file://${join(folder, "report.html")}`;
            await page.goto(url);
            assert.deepEqual(requestedUrls, [url]);
            const drawn = await page.evaluate(`({
                wide: document.documentElement.scrollWidth <= innerWidth,
                charts: [...document.querySelectorAll("svg")].map((svg) => [svg.getBoundingClientRect().height > 80, svg.querySelector("title").textContent]),
                bars: [...document.querySelectorAll("rect")].every((bar) => Number.isFinite(bar.getBBox().height)),
                rows: document.querySelectorAll("[data-check]").length,
                first: document.querySelector("[data-check] .level").textContent,
                color: getComputedStyle(document.body).color,
            })`);
            assert.deepEqual(drawn, {
                wide: true,
                charts: [
                    [true, "Events over time"],
                    [true, "Share of events by share of items"],
                    [true, "Users by the least length of their history"],
                ],
                bars: true,
                rows: 17,
                first: "amber",
                color,
            });
            await page.close();
        }
    });
});
