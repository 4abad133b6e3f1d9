import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { catalogue, oddTitles, tables, tablesDocument } from "./films.ts";
import { findViolations, focused, waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront search", () => {
    const site = storefrontSite();
    const { open, clean } = site;
    /** Types words into the search, and returns the ids of the results. */
    const foundFor = async (page: Page, words: string) => {
        await page.$eval(".search input", (input) => (input as HTMLInputElement).select());
        await page.type(".search input", words);
        await waitForText(page, ".search [role=status]", /matches|film|Type/);
        return page.$$eval(".found [data-item]", (all) => all.map((one) => (one as HTMLElement).dataset.item));
    };
    const idOf = (title: string) => catalogue.find((film) => film.title === title)?.itemId;
    const active = (page: Page) =>
        page.$eval(".found [aria-selected=true]", (one) => (one as HTMLElement).dataset.item);

    it("the search can be used with the keyboard: /, arrows, Enter and Escape", async () => {
        const page = await open("#/?viewer=6");
        await waitForFilms(page, "popular");
        await page.keyboard.press("/");
        await page.waitForSelector("dialog.search[open]");
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "combobox");
        assert.deepEqual(await foundFor(page, "miserables DE LETE"), [idOf("Misérables de l'été, Les")]);
        const expected = tables.search("midn", 20).map(({ itemId }) => itemId);
        assert.ok(expected.length > 2);
        assert.deepEqual(await foundFor(page, "midn"), expected);
        assert.equal(await active(page), expected[0]);
        for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"] as const) {
            await page.keyboard.press(key);
        }
        assert.equal(await active(page), expected.at(-1), "above the first is the last");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await waitForText(page, "#item-title", /^Midnight/);
        assert.equal(new URL(page.url()).hash, `#/?viewer=6&item=${expected[1]}`);
        await page.keyboard.press("Escape");
        await page.waitForSelector("dialog", { hidden: true });
        assert.equal(new URL(page.url()).hash, "#/?viewer=6");
        await page.keyboard.press("/");
        await page.waitForSelector("dialog.search[open]");
        await page.keyboard.press("Escape");
        await page.waitForSelector("dialog", { hidden: true });
        clean();
    });

    it("the search sends one request for quick typing, and Enter opens the first film", async () => {
        site.served.control.delayMs = 300;
        const page = await open("#/status");
        await page.locator(".search-open").click();
        // Type all letters in one task, because a busy machine would leave long pauses between key presses.
        await page.$eval(".search input", (input) => {
            const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
            for (let end = 1; end <= "usual wit".length; end++) {
                setter?.call(input, "usual wit".slice(0, end));
                input.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }
        });
        await page.keyboard.press("Enter");
        await waitForText(page, "#item-title", /^The Usual Witnesses$/);
        assert.match(new URL(page.url()).hash, /^#\/\?item=\d+$/, "the status has no films, so home opens");
        assert.deepEqual(
            site.served.requests.filter((call) => call.startsWith("GET items?")),
            ["GET items?query=usual+wit&numResults=20"],
        );
    });

    it("the search reports empty results and failures, and text fields accept the key /", async () => {
        const page = await open("");
        await page.type(".by-id input", "a/b");
        assert.equal(await page.$eval(".by-id input", (input) => (input as HTMLInputElement).value), "a/b");
        assert.equal(await page.$("dialog"), null);
        await page.locator(".search-open").click();
        await page.type(".search input", "qqqq");
        await waitForText(page, ".search [role=status]", /^No film is found for “qqqq”\.$/);
        assert.deepEqual(await page.$$(".found [data-item]"), []);
        await page.keyboard.press("Enter");
        assert.ok(await page.$("dialog.search"), "Enter without a film opens none");
        site.served.control.failing = "items";
        await page.type(".search input", "q");
        await waitForText(page, ".search .trouble", /Try again/);
        site.served.control.failing = undefined;
        await page.locator(".search .trouble button").click();
        await waitForText(page, ".search [role=status]", /^No film/);
    });

    it("the search fits a 320 px screen with touch targets of 44 px", async () => {
        const page = await open("#/?viewer=6", { width: 320, height: 640 });
        await waitForFilms(page, "popular");
        await page.locator(".search-open").click();
        assert.deepEqual(await foundFor(page, "七人"), [idOf("七人の侍")]);
        assert.deepEqual(await findViolations(page), []);
        await foundFor(page, "the");
        const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.equal(wide[0], wide[1]);
        const heights = await page.$$eval(".found [data-item], .search-open, .search input", (all) =>
            all.map((one) => one.getBoundingClientRect().height),
        );
        assert.ok(Math.min(...heights) >= 44, `${heights}`);
        await page.locator(".found [data-item]:nth-child(3)").click();
        await page.waitForSelector("dialog.item");
        assert.ok(oddTitles.length > 0 && (await waitForAnyText(page, "#item-title")) !== "");
        assert.notEqual(await focused(page), "");
    });

    it("the search finds IDs in data without titles", async () => {
        const untitled = { ...tablesDocument.films, titles: tablesDocument.films.titles.map(() => null) };
        const other = await site.serve({ tables: { ...tablesDocument, films: untitled } });
        const page = await site.openUrl(other.url);
        await page.locator(".search-open").click();
        await page.type(".search input", "101");
        await waitForText(page, ".search [role=status]", /^1 film\.$/);
        await page.keyboard.press("Enter");
        await waitForText(page, "#item-title", /^101$/);
    });
});
