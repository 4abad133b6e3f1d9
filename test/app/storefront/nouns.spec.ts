import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { dataWords } from "../../../components/storefront/page-words.ts";
import type { Manifest } from "../../../data-prep/manifest.ts";
import { fake } from "../../support/fake.ts";
import { keenViewer } from "./films.ts";
import { waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

/** The manifest of a book shop's data, from which the page and the API take their words. */
const manifest = fake<Manifest>({
    noun: { one: "book", many: "books" },
    eventTypes: [{ name: "purchase", rows: 9 }],
    sources: [{ dataset: "interactions", file: "orders.csv", sha256: "" }],
    viewers: [keenViewer],
});

describe("Storefront of a book shop", () => {
    const site = storefrontSite(() => ({ words: dataWords(manifest, { publicHistories: true }) }));
    const { open } = site;

    /**
     * Returns all words of the page, including those for screen readers. Leaves out the genre "Film-Noir" and field
     * names in raw responses.
     */
    const namesNoFilm = async (page: Page, place: string) => {
        const text = await page.evaluate(() => {
            const copy = document.body.cloneNode(true) as HTMLElement;
            for (const raw of copy.querySelectorAll("details pre")) raw.remove();
            const labels = [...copy.querySelectorAll("[aria-label]")].map((one) => one.getAttribute("aria-label"));
            return `${copy.textContent} ${labels.join(" ")}`;
        });
        assert.ok(text.length > 100, place);
        assert.doesNotMatch(text, /\bfilms?\b(?!-noir)|\bmovie|\bwatch(?!-status)|ratings/i, place);
    };
    const places: readonly (readonly [name: string, hash: string, ready: (page: Page) => Promise<unknown>])[] = [
        ["the first visit", "", async () => {}],
        ["a viewer's rows", `#/?viewer=${keenViewer}`, (page) => waitForFilms(page, "picks")],
        [
            "a viewer who is not known",
            "#/?viewer=nobody",
            (page) => waitForText(page, "#picks .row-note", /popular books/),
        ],
        [
            "a bought book",
            "#/?viewer=6",
            async (page) => {
                await waitForFilms(page, "picks");
                await page.locator(".hero .primary").click();
                await waitForText(page, "#picks .row-note", /^Because you bought/);
            },
        ],
        [
            "a history",
            `#/?viewer=${keenViewer}`,
            async (page) => {
                await waitForFilms(page, "picks");
                await page.locator(".hero-who button").click();
                await waitForText(page, ".history [role=status]", /books, bought in the data/);
            },
        ],
        [
            "a row's drawer",
            "#/?viewer=6",
            async (page) => {
                await waitForFilms(page, "picks");
                await page.locator("#picks .details").click();
                await page.waitForSelector("dialog.drawer[open]");
            },
        ],
        [
            "the search",
            "#/?viewer=6",
            async (page) => {
                await waitForFilms(page, "popular");
                await page.keyboard.press("/");
                await page.type(".search input", "qqqq");
                await waitForText(page, ".search [role=status]", /^No book is found/);
            },
        ],
        [
            "an unknown book",
            "#/?viewer=6&item=none",
            (page) => waitForText(page, "dialog .trouble", /^No book of the catalog/),
        ],
        ["the comparison", "#/compare?viewer=6", (page) => page.waitForSelector(".column:nth-child(2) [data-item]")],
        ["the status", "#/status", (page) => page.waitForSelector(".panel .figure")],
        ["an unknown page", "#/nowhere", (page) => waitForText(page, "main", /Go to the books/)],
    ];
    for (const [place, hash, ready] of places) {
        it(`a book shop's page says book instead of film in this place: ${place}`, async () => {
            const page = await open(`${hash}`);
            await waitForText(page, ".skip", /^Skip to the books$/);
            if (!/nowhere|status|compare/.test(hash)) await waitForFilms(page, "popular");
            await ready(page);
            await namesNoFilm(page, place);
        });
    }

    it("a book shop's page says book instead of film in empty rows and offline", async () => {
        for (const emptied of ["recommendations", "popular", "trending"]) {
            site.served.control.emptied = emptied;
            const page = await open("#/?viewer=6");
            await page.waitForNetworkIdle({ idleTime: 100 });
            if (emptied === "recommendations") {
                await page.locator("#picks .details").click();
                await waitForText(page, "dialog.drawer", /The list has no books\./);
            }
            await page.setOfflineMode(true);
            await waitForText(page, ".offline", /keeps its books/);
            await namesNoFilm(page, emptied);
        }
    });
});
