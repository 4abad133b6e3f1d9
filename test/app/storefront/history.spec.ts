import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { dataWords } from "../../../components/storefront/page-words.ts";
import { type Throttle, throttles, toRates } from "../../../core/config/throttles.ts";
import { good } from "../../core/config/parsed.ts";
import { startIssuer } from "../../support/issuer.ts";
import { read } from "../../support/sources.ts";
import { keenViewer, tables } from "./films.ts";
import { focused, waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import type { Served } from "./server.ts";
import { storefrontSite } from "./site.ts";

/** Number of films in a page of a history. */
const length = 50;

describe("Viewer history in the storefront", () => {
    const site = storefrontSite(() => ({ words: dataWords(undefined, { publicHistories: true }) }));
    const { open, clean } = site;
    const privately = dataWords(undefined, { publicHistories: false });
    const openHistory = async (page: Page) => {
        await waitForFilms(page, "picks");
        await page.locator(".hero-who button").click();
        await page.waitForSelector("dialog.history[open]");
    };
    const shown = (page: Page) =>
        page.$$eval(".past [data-item]", (all) => all.map((one) => (one as HTMLElement).dataset.item));
    const waitForContent = (page: Page, words: RegExp) => waitForText(page, ".history [role=status]", words);
    const askedFor = ({ requests }: Served) => requests.filter((call) => call.includes(" history/"));

    it("README.md states the API calls of a page view, and the throttle that they need", async () => {
        const page = await open(`#/?viewer=${keenViewer}`);
        const favorites = [0, 1, 2].map((place) => `favorite-${place}`);
        for (const row of ["picks", "because", ...favorites, "trending", "popular"]) await waitForFilms(page, row);
        // The row of new items stays empty.
        await page.waitForFunction(
            `performance.getEntriesByType("resource").some(({ name }) => name.includes("/latest?"))`,
        );
        const { requests } = site.served;
        const methods = throttles(toRates(good())).filter(({ methodPath }) => !methodPath.endsWith("/OPTIONS"));
        const methodOf = (call: string) => {
            const path = `~1${call.split(/[ /?]/)[1]}`;
            const isOf = ({ methodPath }: Throttle) => methodPath.split(/~1\{|\/(?=[A-Z]+$)/)[0] === path;
            return methods.find(isOf) ?? methods.find(({ methodPath }) => methodPath.startsWith("~1{proxy+}"));
        };
        // Each method has only a share of the rate, so the busiest method for its share decides.
        const shares = [...Map.groupBy(requests, methodOf)].map(
            ([method, calls]) => (calls.length * good().throttle.requestsPerSecond) / (method?.rate ?? 0),
        );
        const text = `${Math.ceil(Math.max(...shares))} × page views a second at the peak (a view makes ${requests.length} API calls`;
        assert.ok(read("README.md").includes(text), text);
    });

    it("the history dialog loads the history page by page and opens films", async () => {
        const page = await open(`#/?viewer=${keenViewer}`);
        const all = (tables.history(keenViewer) ?? []).toSorted(
            (a, b) => b.at - a.at || (a.itemId < b.itemId ? -1 : 1),
        );
        const ids = all.map(({ itemId }) => itemId);
        assert.ok(ids.length > length && ids.length < 2 * length, "two pages");
        await waitForText(page, ".hero-taste", /^Mostly .*, by the films that they watched$/);
        await openHistory(page);
        await waitForContent(page, new RegExp(`^${ids.length} films, watched in the data or in`));
        // Wait for the list, because the browser draws it one frame after the status.
        await page.waitForSelector(".past [data-item]");
        assert.deepEqual(await shown(page), ids.slice(0, length));
        const genre = await waitForAnyText(page, ".history .scores .cut");
        const having = ids.slice(0, length).filter((id) => tables.item(id)?.genres.includes(genre)).length;
        assert.equal(await waitForAnyText(page, ".history .score"), `${having} of ${length}`);
        await page.locator(".history .within > .button").click();
        await page.waitForSelector(`.past [data-item="${ids[length]}"]`);
        assert.deepEqual(await shown(page), ids);
        assert.equal(await page.$(".history .within > .button"), null, "no page follows");
        await waitForText(page, "[data-announcer]", new RegExp(`^${ids.length - length} more films\\.$`));
        assert.ok((await focused(page)).length > 0, "the first new film has the focus");
        await page.locator(`.past [data-item="${ids[1]}"] button`).click();
        await page.waitForSelector("dialog.item[open]");
        assert.equal(new URL(page.url()).hash, `#/?viewer=${keenViewer}&item=${ids[1]}`);
        clean();
    });

    it("the comparison shows films like the film that the viewer watched last, and requests no other similar films", async () => {
        const page = await open(`#/compare?viewer=${keenViewer}`);
        await page.waitForSelector("#similar-panel [data-item]");
        const newest = (tables.history(keenViewer) ?? []).toSorted((a, b) => b.at - a.at)[0]?.itemId;
        assert.equal(await page.$eval(".like select", (select) => (select as HTMLSelectElement).value), newest);
        const similar = site.served.requests.filter((call) => call.startsWith("GET similar/"));
        assert.deepEqual(similar, [`GET similar/${newest}?numResults=20`]);
        clean();
    });

    it("the history of a new viewer begins with the film that the viewer watched last", async () => {
        const page = await open("#/?viewer=new-1");
        await openHistory(page);
        await waitForContent(page, /^No film is known that this viewer watched in the last 30 days\.$/);
        await page.keyboard.press("Escape");
        await page.locator(".hero .primary").click();
        const name = /^Because you watched (.*?):/.exec(
            await waitForText(page, "#picks .row-note", /^Because you watched/),
        )?.[1];
        await openHistory(page);
        await waitForContent(page, /^1 film, watched in the last 30 days\. Older ones are known only/);
        assert.equal(await waitForAnyText(page, ".past .rank-title"), name);
    });

    it("the film dialog shows a similar film from the viewer's history", async () => {
        const page = await open("#/?viewer=6");
        await waitForText(page, ".hero-taste", /by the films that they watched$/);
        await page.locator("#picks [data-item] button").click();
        await waitForText(page, "dialog .why", /Close to .*, which Amir \(6\) watched\./);
    });

    it("the history dialog shows that loading failed, and can load again", async () => {
        site.served.control.failing = "history";
        const page = await open("#/?viewer=6");
        await openHistory(page);
        await waitForText(page, ".history .trouble", /Try again/);
        site.served.control.failing = undefined;
        await page.locator(".history .trouble button").click();
        await waitForContent(page, /films, watched in the data/);
    });

    it("the page does not request a viewer's history unless histories are public", async () => {
        const served = await site.serve({ words: privately });
        const page = await site.openUrl(`${served.url}#/?viewer=6`);
        await waitForFilms(page, "picks");
        await page.waitForNetworkIdle({ idleTime: 100 });
        assert.equal(await page.$(".hero-who button"), null);
        assert.deepEqual(askedFor(served), []);
    });

    it("the page requests only the signed-in viewer's history, with the viewer's token", async () => {
        const issuer = await startIssuer();
        const served = await site.serve({ auth: issuer, words: privately });
        const page = await site.openUrl(`${served.url}#/?viewer=6`);
        await waitForFilms(page, "trending");
        assert.deepEqual(askedFor(served), []);
        const detail = { viewer: "15", token: await issuer.token({ sub: "15" }) };
        await page.evaluate((given) => dispatchEvent(new CustomEvent("viewer-signed-in", { detail: given })), detail);
        await openHistory(page);
        await waitForText(page, "#history-title", /^You$/);
        await waitForContent(page, /films, watched in the data/);
        assert.ok(askedFor(served).every((call) => call.startsWith("GET history/15?")));
        clean();
        await issuer.close();
    });

    it("the history dialog fits a 320 px screen with touch targets of 44 px", async () => {
        const page = await open("#/?viewer=6", { width: 320, height: 640 });
        await openHistory(page);
        await waitForContent(page, /films/);
        const [wide, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.equal(wide, inner);
        const inside = await page.$eval("dialog.history", (one) => [one.scrollWidth, one.clientWidth]);
        assert.equal(inside[0], inside[1]);
        const heights = await page.$$eval(".past button", (all) =>
            all.map((one) => one.getBoundingClientRect().height),
        );
        assert.ok(Math.min(...heights) >= 44, `${heights}`);
    });
});
