import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { Page } from "puppeteer-core";
import { dataWords } from "../../../components/storefront/page-words.ts";
import type { Manifest } from "../../../data-prep/manifest.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { fake } from "../../support/fake.ts";
import { keenViewer, tablesDocument } from "./films.ts";
import { assertAccessible, atRow, waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

const manifest = fake<Manifest>({
    noun: { one: "product", many: "products" },
    eventTypes: ["view", "cart", "purchase"].map((name) => ({ name, rows: 9 })),
    sources: [{ dataset: "interactions", file: "orders.csv", sha256: "" }],
    viewers: [keenViewer],
});
const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>';
const uuid = "3f2a91c4-7b1e-4c55-9d0a-2b7f6a1c9e10";

describe("Storefront of a shop", () => {
    let images: Server;
    before(async () => {
        images = createServer((request, response) => {
            response.writeHead(request.url === "/picture.svg" ? 200 : 404, { "content-type": "image/svg+xml" });
            response.end(request.url === "/picture.svg" ? picture : "");
        });
        await new Promise<void>((done) => images.listen(0, "127.0.0.1", done));
    });
    after(() => images.close());
    const site = storefrontSite(() => {
        const origin = `http://127.0.0.1:${portOf(images)}`;
        const { films } = tablesDocument;
        const details = films.ids.map((_, place) => ({
            price: 1234.5 + place,
            brand: `Brand ${place % 3}`,
            stock: (place + 1) % 4,
            ...(place % 2 === 0 && { image: `${origin}/${place === 0 ? "missing" : "picture"}.svg` }),
        }));
        const years = films.years.map((year, place) => (place === 0 ? null : year));
        const tables: TablesDocument = { ...tablesDocument, films: { ...films, years, details } };
        return { tables, words: dataWords(manifest, { publicHistories: true }), watchedTypes: ["purchase"] };
    });
    const { open, clean } = site;
    /** Returns the URL of an item's picture once it has loaded, and its aspect ratio. */
    const pictureOf = async (page: Page, itemId: string) => {
        const selector = `#popular [data-item="${itemId}"] img`;
        await page.waitForFunction(
            (sought) => document.querySelector<HTMLImageElement>(sought)?.naturalWidth,
            {},
            selector,
        );
        return page.$eval(selector, (image) => ({
            src: (image as HTMLImageElement).src,
            shape: image.clientHeight / image.clientWidth,
        }));
    };
    const press = (page: Page, words: string) =>
        page.locator(`::-p-xpath(//dialog//button[text()="${words}"])`).click();

    it("a product's card shows price, brand, low stock, and an image or a generated tile", async () => {
        const page = await open("#/?viewer=6");
        await atRow(page, "popular", "[data-item] img[src]");
        await page.$eval("#popular", (row) => row.scrollIntoView());
        const [first = "", second = "", third = ""] = await waitForFilms(page, "popular");
        const textOf = (itemId: string) => page.$eval(`#popular [data-item="${itemId}"]`, (card) => card.textContent);
        assert.match((await textOf(first)) ?? "", /1,234\.50Only 1 left.*Brand 0/);
        assert.match((await textOf(second)) ?? "", /1,235\.50Only 2 left.*Brand 1/);
        assert.match((await pictureOf(page, third)).src, /picture\.svg$/);
        for (const itemId of [first, second]) {
            const { src, shape } = await pictureOf(page, itemId);
            assert.match(src, /^data:image\/svg\+xml,.*text-anchor/, "a broken image becomes a tile, too");
            assert.ok(Math.abs(shape - 1) < 0.02, String(shape));
        }
        clean(/404/);
    });

    it("a sold-out product is neither the large product nor in a row, and its dialog says that it is sold out", async () => {
        const soldOut = tablesDocument.films.ids.filter((_, place) => (place + 1) % 4 === 0);
        const page = await open(`#/?viewer=6&item=${soldOut[0]}`);
        await waitForText(page, "dialog .stock", /^Sold out$/);
        for (const row of ["picks", "popular"]) {
            assert.deepEqual(
                (await waitForFilms(page, row)).filter((itemId) => soldOut.includes(itemId)),
                [],
                row,
            );
        }
        assert.doesNotMatch(await waitForAnyText(page, ".hero-facts"), /Sold out/);
    });

    it("the large product's picture fills its area on a phone and on a wide screen, also without an image", async () => {
        for (const { viewer, width, src } of [
            { viewer: 22, width: 390, src: "data:" },
            { viewer: 22, width: 1280, src: "data:" },
            { viewer: 15, width: 390, src: "http:" },
        ]) {
            const page = await open(`#/?viewer=${viewer}`, { width });
            await page.waitForFunction(
                (scheme) => {
                    const picture = document.querySelector<HTMLImageElement>(".hero-art .poster");
                    return picture?.src.startsWith(scheme) && picture.naturalWidth > 0;
                },
                {},
                src,
            );
            const [art = 0, hero = 0] = await page.$$eval(".hero-art .poster, .hero", (both) =>
                both.map(({ clientWidth, clientHeight }) => clientWidth * clientHeight).sort((a, b) => a - b),
            );
            assert.ok(art > 0.7 * hero, `${art} of ${hero} px²`);
        }
    });

    it("a dialog has a separator between two facts only, also for a product without a year", async () => {
        const facts = async (place: number) => {
            const page = await open(`#/?viewer=6&item=${tablesDocument.films.ids[place]}`);
            return waitForText(page, "dialog .item-facts", /viewed/);
        };
        assert.match(await facts(0), /^1,234\.50Only 1 leftBrand 0 · viewed by \d+ customers$/);
        assert.match(await facts(1), /^1,235\.50Only 2 leftBrand 1 · \d{4} · viewed by \d+ customers$/);
    });

    it("in both themes, axe finds no accessibility violation, and no text has low contrast", async () => {
        const page = await open("#/?viewer=6");
        await waitForFilms(page, "picks");
        await page.locator("#picks [data-item]:has(.stock) button").click();
        await page.waitForSelector("dialog .item-facts .stock");
        await assertAccessible(page);
    });

    it("the page says customer and category instead of viewer and genre, and shortens a UUID", async () => {
        const page = await open(`#/?viewer=${uuid}`);
        await waitForText(page, "#picks-title", /^Top picks for customer 3f2a91c4…$/);
        await waitForText(page, "#picks .row-note", /^This customer is not known/);
        await atRow(page, "popular", ".genre option:nth-child(2)");
        await waitForText(page, "#popular .genre", /^All categories/);
        await page.locator(".who").click();
        await waitForText(page, ".picker .taste", /\w+, \w+/);
        await waitForText(page, ".picker h2", /^Choose a customer$/);
    });

    it("each button sends a different event type, and only a purchase removes the product from the list", async () => {
        const page = await open("#/?viewer=21");
        const [first = "", second = ""] = await waitForFilms(page, "picks");
        const buttons = await page.$$eval(".hero-deeds .button", (all) => all.map((one) => one.textContent));
        assert.deepEqual(buttons, ["View", "Add to the cart", "Buy", "More about it"]);
        await page.locator(`#picks [data-item="${second}"] button`).click();
        await press(page, "Add to the cart");
        await waitForText(page, "#picks .row-note", /^(Because you|You) added .+ to the cart/);
        const eventOf = () => site.served.events.findLast(({ userId }) => userId === "21")?.events[0];
        assert.deepEqual([eventOf()?.eventType, eventOf()?.itemId], ["cart", second]);
        const after = await waitForFilms(page, "picks");
        const bought = after[0] ?? first;
        await page.locator(`#picks [data-item="${bought}"] button`).click();
        await press(page, "Buy");
        await waitForText(page, "#picks .row-note", /^Because you bought /);
        assert.deepEqual([eventOf()?.eventType, eventOf()?.itemId], ["purchase", bought]);
        assert.ok(!(await waitForFilms(page, "picks")).includes(bought));
    });

    it("a button has the data's own word for an event type if the page knows no verb, or has used the verb", async () => {
        const buttonsFor = async (...names: string[]) => {
            const eventTypes = names.map((name) => ({ name, rows: 9 }));
            const words = dataWords({ ...manifest, eventTypes }, { publicHistories: true });
            const page = await site.openUrl(`${(await site.serve({ words })).url}#/?viewer=21`);
            await waitForFilms(page, "picks");
            const buttons = await page.$$eval(".hero-deeds .button", (all) => all.map((one) => one.textContent));
            return { page, buttons: buttons.slice(0, -1) };
        };
        const { page, buttons } = await buttonsFor("visualizza", "aggiungi_al_carrello", "acquisto");
        assert.deepEqual(buttons, ["Visualizza", "Aggiungi al carrello", "Acquisto"]);
        await page.locator(".hero-deeds .button:nth-of-type(3)").click();
        await waitForText(page, "#picks .row-note", /^(Because you|You) chose “acquisto” for .+/);
        const english = await buttonsFor("view", "detailView", "checkout");
        assert.deepEqual(english.buttons, ["View", "Detail View", "Buy"]);
    });

    it("a click on the button `Not interested` removes a product from the customer's lists", async () => {
        const page = await open("#/?viewer=22");
        const [, refused = ""] = await waitForFilms(page, "picks");
        await page.locator(`#picks [data-item="${refused}"] button`).click();
        await press(page, "Not interested");
        await waitForText(page, "#picks .row-note", /^Because you are not interested in /);
        assert.equal(
            site.served.events.findLast(({ userId }) => userId === "22")?.events[0]?.eventType,
            "NotInterested",
        );
        assert.ok(!(await waitForFilms(page, "picks")).includes(refused));
        await page.reload();
        assert.ok(!(await waitForFilms(page, "picks")).includes(refused), "after the page was closed, too");
    });
});
