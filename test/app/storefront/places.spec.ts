import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { itemAt } from "../../support/item-at.ts";
import { tables } from "./films.ts";
import { choose, waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront pages and settings", () => {
    const site = storefrontSite();
    const { open, askedFor, clean } = site;

    it("the comparison page shows popular, similar and personal films, and marks films that are in several lists", async () => {
        const page = await open("#/compare?viewer=6");
        const columns = async () =>
            page.$$eval(".column", (all) =>
                all.map((column) =>
                    [...column.querySelectorAll<HTMLElement>("[data-item]")].map((film) => film.dataset.item ?? ""),
                ),
            );
        await page.waitForFunction(() =>
            [...document.querySelectorAll(".column")].every((column) => column.querySelector("[data-item]")),
        );
        const [popular = [], similar = [], personal = []] = await columns();
        const both = personal.filter((film) => popular.includes(film));
        const tagged = await page.$$eval(".column:nth-child(3) .tag-popular", (tags) =>
            tags.map((tag) => tag.closest<HTMLElement>("[data-item]")?.dataset.item),
        );
        assert.deepEqual(tagged, both);
        const neither = personal.filter((film) => !popular.includes(film) && !similar.includes(film)).length;
        await waitForText(
            page,
            ".lead",
            new RegExp(
                `^Of the 20 personal films ${both.length} are also popular, .* ${neither} are in neither list\\.$`,
            ),
        );
        assert.deepEqual(
            similar,
            tables.similar([itemAt(personal, 0)], { count: 20 }).items.map(({ itemId }) => itemId),
        );

        await choose(page, ".like select", itemAt(popular, 1));
        await page.waitForFunction((hash) => location.hash.endsWith(hash), {}, `like=${popular[1]}`);
        const expected = tables.similar([itemAt(popular, 1)], { count: 20 }).items.map(({ itemId }) => itemId);
        await page.waitForFunction(
            (first) => document.querySelector<HTMLElement>(".column:nth-child(2) [data-item]")?.dataset.item === first,
            {},
            itemAt(expected, 0),
        );
        assert.deepEqual((await columns())[1], expected);
        clean();
    });

    it("the comparison page asks the user to choose a viewer if none is chosen", async () => {
        const page = await open("#/compare");
        assert.equal(await waitForAnyText(page, "h1"), "Choose a viewer to compare");
        await page.locator("text/Lea (22)").click();
        await waitForText(page, "h1", /Three ways to choose, for Lea \(22\)/);
        assert.equal(new URL(page.url()).hash, "#/compare?viewer=22");
        clean();
    });

    it("an unknown address shows an error page with a link to the films", async () => {
        const page = await open("#/nowhere?viewer=6");
        await waitForText(page, "h1", /^There is no page at this address$/);
        await page.locator("main a").click();
        await waitForText(page, "#picks-title", /Top picks for Amir \(6\)/);
        clean();
    });

    it("a film's card shows the genres that fit and the number of the other genres, and cuts no text", async () => {
        for (const width of [320, 1280]) {
            const page = await open("#/?viewer=6", { width });
            const [itemId = ""] = (await waitForFilms(page, "popular")).filter(
                (id) => (tables.item(id)?.genres.length ?? 0) > 3,
            );
            const card = `#popular [data-item="${itemId}"]`;
            const { genres = [], year } = tables.item(itemId) ?? {};
            const text = await waitForAnyText(page, `${card} .card-facts`);
            for (const genre of genres) assert.ok(text.includes(genre), text);
            const button = await page.$(`${card} button`);
            const { name = "" } = (await page.accessibility.snapshot({ ...(button && { root: button }) })) ?? {};
            assert.ok(name.replace(" ,", ",").includes(`${year} · ${genres.join(", ")}`), name);
            assert.doesNotMatch(name, /\+\d/, "the count is for the eyes");
            const lines = await page.$$eval(".card-facts", (all) =>
                all.map((facts) => ({
                    cut: facts.scrollWidth > facts.clientWidth,
                    count: Math.round(facts.clientHeight / Number.parseFloat(getComputedStyle(facts).lineHeight)),
                })),
            );
            assert.deepEqual(
                lines.filter(({ cut, count }) => cut || count > 2),
                [],
                `${lines.length} cards at ${width} pixels`,
            );
        }
        clean();
    });

    it("the status page shows no version and no cost to callers without a token", async () => {
        const page = await open("#/?viewer=6");
        await waitForFilms(page, "picks");
        await waitForFilms(page, "popular");
        await page.locator('nav a[href="#/status?viewer=6"]').click();
        await waitForText(page, ".state", /Serving/);
        const text = await waitForAnyText(page, "main");
        assert.doesNotMatch(text, /6f1e02ab|ACTIVE|at least 1 a second|\$/);
        assert.match(text, /Only a signed-in viewer and the owner see version, throughput and cost/);
        assert.match(await waitForAnyText(page, ".open"), /Anyone can change these lists.*no real people's data/);
        assert.match(await waitForAnyText(page, ".visit tbody"), /Popular films/);
        assert.equal(await page.$$eval(".panel dl", (lists) => lists.length), 0, "no list of facts without a fact");
        const before = askedFor("health");
        const again = page.waitForResponse((response) => response.url().endsWith("/health"));
        await page.locator(".page-head .button").click();
        await again;
        assert.equal(askedFor("health"), before + 1);
        clean();
    });

    it("the warning that anyone can change the lists takes one line at widths from 360 px", async () => {
        const page = await open("#/");
        await page.waitForSelector(".open");
        for (const width of [360, 375, 390, 414, 430, 450, 480]) {
            await page.setViewport({ width, height: 900 });
            const lines = await page.$eval(".open", (warning) => {
                const range = document.createRange();
                range.selectNodeContents(warning);
                return new Set([...range.getClientRects()].map(({ top }) => top)).size;
            });
            assert.equal(lines, 1, `${width} px`);
        }
    });

    it("the status page explains the colours of list sources and shows no empty panel", async () => {
        const page = await open("#/status");
        await waitForText(page, ".state", /Serving/);
        const panels = await page.$$eval(".panel", (all) => all.map((panel) => panel.querySelector("h2")?.textContent));
        assert.deepEqual(panels, ["Campaign"], "this visit has no list yet");
        const colours = (selector: string) =>
            page.$$eval(selector, (all) => all.map((one) => getComputedStyle(one, "::before").backgroundColor));
        const [personal, similar, popular] = await colours(".legend dt");
        assert.equal(new Set([personal, similar, popular]).size, 3);
        assert.deepEqual(await colours(".chain li"), [personal, personal, personal, similar, popular]);
        clean();
    });

    it("to the stack's owner, the status page shows the month's spend and its limit", async () => {
        const spend = { month: "2026-11", usd: 50, at: Date.now() };
        const { url } = await site.serve({ details: true, spend });
        const page = await site.openUrl(`${url}#/status`);
        await waitForText(page, ".limit", /^\$50\.00 spent in November 2026, of \$200\.00, the limit/);
        const label = await page.$eval(".limit svg", (bar) => bar.getAttribute("aria-label"));
        assert.equal(label, "25 percent of the monthly limit");
    });

    it("the page prefetches a hovered film's details once, and never with data saver", async () => {
        const page = await open("#/?viewer=6");
        const [first] = await waitForFilms(page, "trending");
        const path = `similar/${first}?`;
        for (const _ of [1, 2]) {
            await page.locator(`#trending [data-item="${first}"] button`).hover();
            await page.locator("h2").hover();
        }
        await page.waitForNetworkIdle({ idleTime: 100 });
        assert.equal(askedFor(path), 1);
        await page.locator(`#trending [data-item="${first}"] button`).click();
        await page.waitForSelector("dialog .similar button");
        assert.equal(askedFor(path), 1, "the dialog uses what is there");

        await page.keyboard.press("Escape");
        await page.waitForSelector("dialog", { hidden: true });
        await page.locator(".who").click();
        await page.locator(".viewers li:nth-child(3) button").hover();
        await page.waitForNetworkIdle({ idleTime: 100 });
        assert.equal(askedFor("recommendations/13?"), 1, "a viewer's list, too");

        const saving = await open("#/?viewer=6", {
            before: () => Object.defineProperty(navigator, "connection", { value: { saveData: true } }),
        });
        await waitForFilms(saving, "trending");
        // Rows near the visible area request their lists. The test must not count these requests as prefetches.
        await saving.$eval("#trending", (row) => row.scrollIntoView({ block: "center", behavior: "instant" }));
        await saving.waitForNetworkIdle({ idleTime: 200 });
        const before = site.served.requests.length;
        await saving.locator(`#trending [data-item="${first}"] button`).hover();
        await saving.waitForNetworkIdle({ idleTime: 200 });
        assert.equal(site.served.requests.length, before);
        clean();
    });

    it("the theme button switches the theme, and the browser remembers the choice", async () => {
        const page = await open("", { scheme: "light" });
        const ground = (of: Page) => of.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(await ground(page), "rgb(247, 244, 238)");
        await page.locator(".theme").click();
        assert.equal(await ground(page), "rgb(11, 12, 16)");
        await page.reload();
        await page.waitForSelector(".theme");
        assert.equal(await ground(page), "rgb(11, 12, 16)");
        clean();
    });

    it("the page works in a browser without `localStorage` and `sessionStorage`", async () => {
        const page = await open("#/?viewer=16", {
            before: () => {
                const refuse = () => {
                    throw new DOMException("The operation is insecure.", "SecurityError");
                };
                for (const name of ["localStorage", "sessionStorage"])
                    Object.defineProperty(window, name, { get: refuse });
            },
        });
        await waitForFilms(page, "picks");
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
        await page.locator(".theme").click();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
        clean();
    });
});
