import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { tables } from "./films.ts";
import { waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront after Watch", () => {
    const site = storefrontSite();
    const open = (viewer: number, width: number, height: number) => site.open(`#/?viewer=${viewer}`, { width, height });
    const changed = (page: Page) => waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
    const picks = (page: Page) =>
        page.$eval("#picks", (row) => {
            const { top, bottom } = row.getBoundingClientRect();
            const head = document.querySelector(".head")?.getBoundingClientRect().bottom ?? 0;
            return { top: top - head, below: innerHeight - bottom, scrolled: scrollY };
        });
    const focusedItem = (page: Page) =>
        page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-item]")?.dataset.item);

    for (const [width, height] of [
        [390, 844],
        [1280, 1100],
        [1440, 900],
    ] as const) {
        it(`the page scrolls to the changed list only if necessary at ${width} × ${height} px`, async () => {
            const page = await open(6, width, height);
            await waitForFilms(page, "popular");
            const before = await picks(page);
            await page.locator(".hero .primary").click();
            await changed(page);
            const after = await picks(page);
            assert.ok(after.top >= 0 && after.below >= 0, `the whole row is in view: ${JSON.stringify(after)}`);
            if (before.below >= 32) assert.equal(after.scrolled, before.scrolled, "it was in view before");
            assert.ok(
                await page.evaluate(() => document.activeElement?.matches(".hero .primary")),
                "Watch has the focus",
            );
        });
    }

    it("a click on Watch in the list moves the focus to the next film", async () => {
        const page = await open(7, 1280, 1200);
        const before = await waitForFilms(page, "picks");
        await waitForFilms(page, "popular");
        const scrolled = await page.evaluate(() => scrollY);
        await page.locator(`#picks [data-item="${before[3]}"] button`).click();
        await page.locator("dialog .primary").click();
        await changed(page);
        const after = await waitForFilms(page, "picks");
        assert.ok(!after.includes(before[3] ?? ""));
        assert.equal(await focusedItem(page), after[3]);
        assert.equal(await page.evaluate(() => scrollY), scrolled);
    });

    it("a click on Watch in another row scrolls to the list's focused heading", async () => {
        const page = await open(8, 1280, 700);
        const [first] = await waitForFilms(page, "popular");
        await page.locator(`#popular [data-item="${first}"] button`).click();
        await page.locator("dialog .primary").click();
        await changed(page);
        const { top, below } = await picks(page);
        assert.ok(top >= 0 && below >= 0, `${top} ${below}`);
        assert.equal(await page.evaluate(() => document.activeElement?.id), "picks-title");
    });

    it("the film dialog shows the watched films on which a recommendation is based", async () => {
        const page = await open(9, 1280, 900);
        await page.locator(".hero .primary").click();
        await changed(page);
        const seed = site.served.events.at(-1)?.events[0]?.itemId ?? "";
        const [like = ""] = await waitForFilms(page, "because");
        await page.locator(`#because [data-item="${like}"] button`).click();
        const title = tables.item(seed)?.title ?? "";
        const why = await waitForText(page, "dialog .why", /Close to .+, which \S+ \(9\) watched\.$/);
        assert.match(why, /^Why it is here Number 1 of \d+ in “Because you watched .+”: Similar films\./);
        assert.ok(why.includes(title), why);
    });

    it("the viewer's favorite genres appear above the main film and in the viewer menu", async () => {
        const page = await open(6, 1280, 900);
        await waitForFilms(page, "picks");
        const taste = await waitForText(page, ".hero-taste", /^Mostly .+, by this list$/);
        const genres = taste.match(/^Mostly (.+), by/)?.[1]?.replace(" and ", ", ");
        await page.locator(".who").click();
        assert.equal(await waitForAnyText(page, ".viewer[aria-pressed=true] .taste"), genres);
    });
});
