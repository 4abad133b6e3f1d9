import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { dataWords } from "../../../components/storefront/page-words.ts";
import { assertAccessible, atRow, focused, type PageOptions, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront accessibility", () => {
    const words = dataWords(undefined, { publicHistories: true });
    const site = storefrontSite(() => ({ words }));
    const { open, clean } = site;

    const rows = async (page: Page) => void (await waitForFilms(page, "popular"));
    const click = (selector: string) => async (page: Page) => {
        await waitForFilms(page, "picks");
        await page.locator(selector).click();
        await page.waitForSelector("dialog[open]");
        await page.waitForNetworkIdle({ idleTime: 100 });
    };
    interface Place {
        readonly hash: string;
        ready(page: Page): Promise<unknown>;
        readonly options?: PageOptions;
        /** Path of the API whose requests fail, or whose lists have no films. */
        readonly failing?: string;
        readonly emptied?: string;
        /** Whether the campaign is parked. */
        readonly isParked?: true;
    }
    const viewer = "#/?viewer=6";
    const phone = { width: 320, height: 640 };
    const trouble = (page: Page) => page.waitForSelector(".trouble");
    const places: Readonly<Record<string, Place>> = {
        "the first visit": { hash: "", ready: rows },
        "a viewer's rows": { hash: viewer, ready: rows },
        "a list that changed": {
            hash: "#/?viewer=14",
            async ready(page) {
                await waitForFilms(page, "picks");
                await page.locator(".hero .primary").click();
                await waitForText(page, "#picks .row-note", /^Because/);
            },
        },
        "a film": { hash: viewer, ready: click("#picks [data-item] button") },
        "a row's drawer": { hash: viewer, ready: click("#picks .details") },
        "the choice of a viewer": { hash: viewer, ready: click(".who") },
        "a viewer's history": { hash: viewer, ready: click(".hero-who button") },
        "the search": {
            hash: viewer,
            async ready(page) {
                await waitForFilms(page, "picks");
                await page.keyboard.press("/");
                await page.type("dialog.search input", "the");
                await page.waitForSelector(".found [data-item]");
            },
        },
        "the comparison": {
            hash: "#/compare?viewer=6",
            ready: (page) => page.waitForSelector(".column:nth-child(2) [data-item]"),
        },
        "the comparison on a phone": {
            hash: "#/compare?viewer=6",
            options: { width: 390 },
            ready: (page) => page.waitForSelector("#personal-panel [data-item]"),
        },
        "the status": { hash: "#/status", ready: (page) => page.waitForSelector(".panel .state") },
        "an unknown page": { hash: "#/nowhere", ready: (page) => waitForText(page, "main", /Go to the films/) },
        "a film that is not known": { hash: "#/?viewer=6&item=none", ready: trouble },
        "a list that fails": { hash: viewer, failing: "recommendations", ready: trouble },
        "a table that fails, on a phone": {
            hash: viewer,
            options: phone,
            failing: "trending",
            ready: (page) => atRow(page, "trending", ".trouble"),
        },
        "a history that fails": { hash: viewer, failing: "history", ready: click(".hero-who button") },
        "an event that fails": {
            hash: viewer,
            failing: "events",
            async ready(page) {
                await waitForFilms(page, "picks");
                await page.locator(".hero .primary").click();
                await waitForText(page, "#picks .row-note", /Try again/);
            },
        },
        "a status that fails": { hash: "#/status", failing: "health", ready: trouble },
        "lists without films": {
            hash: viewer,
            emptied: "",
            ready: (page) => waitForText(page, "#picks .trouble", /There is no film/),
        },
        "a page that is offline": {
            hash: viewer,
            async ready(page) {
                await waitForFilms(page, "picks");
                await page.setOfflineMode(true);
                await page.waitForSelector(".offline");
            },
        },
        "a parked campaign": { hash: viewer, isParked: true, ready: (page) => page.waitForSelector(".banner") },
        "the status of a parked campaign": {
            hash: "#/status",
            isParked: true,
            ready: (page) => page.waitForSelector(".guard"),
        },
    };
    for (const [name, { hash, ready, options, failing, emptied, isParked }] of Object.entries(places)) {
        it(`axe finds no accessibility violation on ${name} in the dark and the light theme`, async () => {
            Object.assign(site.served.control, { failing, emptied });
            const { url } = isParked ? await site.serve({ parked: true, details: true }) : site.served;
            const page = await site.openUrl(`${url}${hash}`, options);
            await ready(page);
            await assertAccessible(page);
        });
    }

    it("a user can use the whole storefront with the keyboard alone", async () => {
        const page = await open("", { height: 2400 });
        await rows(page);
        const press = async (...keys: Parameters<Page["keyboard"]["press"]>[0][]) => {
            for (const key of keys) await page.keyboard.press(key);
        };
        const tabTo = async (name: RegExp, most = 25) => {
            for (let count = 0; count < most; count++) {
                if (name.test(await focused(page))) return;
                await press("Tab");
            }
            assert.fail(`Tab does not come to ${name}; it is at ${await focused(page)}`);
        };
        await press("Tab");
        assert.equal(await focused(page), "Skip to the films");
        await press("Enter");
        await tabTo(/^Lea \(22\)/);
        await press("Enter");
        await waitForText(page, "#picks-title", /Lea \(22\)/);
        const films = await waitForFilms(page, "picks");
        await tabTo(/^How it was made: Top picks/);
        await press("Tab");
        const item = () =>
            page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-item]")?.dataset.item);
        assert.equal(await item(), films[0]);
        await press("ArrowRight", "ArrowRight", "ArrowLeft");
        assert.equal(await item(), films[1]);
        await press("End");
        assert.equal(await item(), films.at(-1));
        const inSight = await page.evaluate(() => {
            const { left, right } = (document.activeElement as HTMLElement).getBoundingClientRect();
            return left >= 0 && right <= innerWidth;
        });
        assert.ok(inSight, "what has the focus is in sight");
        await press("Home", "ArrowRight", "Enter");
        await page.waitForSelector("dialog[open] .similar button");
        await press("Escape");
        await page.waitForSelector("dialog", { hidden: true });
        assert.equal(await item(), films[1], "the focus is back where it was");
        await press("Tab");
        assert.match(await focused(page), /^How it was made/, "a row is one stop of the Tab key");

        await page.keyboard.down("Shift");
        await press("Tab");
        await page.keyboard.up("Shift");
        await press("Enter");
        await page.waitForSelector("dialog[open]");
        await tabTo(/^Watch$/);
        await press("Enter");
        await waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
        assert.equal(
            await item(),
            (await waitForFilms(page, "picks"))[1],
            "the focus is on the film in the place of the watched one",
        );
        await tabTo(/^Use the light theme$/, 60);
        await press("Space");
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
        clean();
    });

    it("each focused element has an outline of 3 px", async () => {
        const page = await open("#/?viewer=6", { height: 3600 });
        for (const row of ["picks", "trending", "popular"]) await waitForFilms(page, row);
        for (let count = 0; count < 14; count++) {
            await page.keyboard.press("Tab");
            const outline = await page.evaluate(() => {
                const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement as Element);
                return `${outlineStyle} ${outlineWidth}`;
            });
            assert.equal(outline, "solid 3px", await focused(page));
        }
    });

    it("no page needs horizontal scrolling at widths from 320 to 2,560 px", async () => {
        const page = await open("");
        for (const hash of ["#/", "#/?viewer=6", "#/compare?viewer=6", "#/status?viewer=6"]) {
            await page.goto(`${site.served.url}${hash}`);
            await page.waitForSelector("[data-item], .panel");
            for (const width of [320, 390, 768, 1024, 2560]) {
                await page.setViewport({ width, height: 900 });
                const [content, window] = await page.evaluate(() => {
                    scrollTo(10_000, 0);
                    return [document.documentElement.scrollWidth, innerWidth];
                });
                assert.equal(content, window, `${hash} at ${width}`);
                const out = await page.$$eval(".head > *, .head a, h1, h2, .button", (all) =>
                    all
                        .filter((one) => {
                            const { right, width: wide } = one.getBoundingClientRect();
                            return wide > 0 && right > innerWidth + 1 && one.closest(".columns") === null;
                        })
                        .map((one) => one.outerHTML.slice(0, 80)),
                );
                assert.deepEqual(out, [], `${hash} at ${width}`);
            }
        }
    });
});
