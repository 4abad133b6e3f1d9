import assert from "node:assert/strict";
import { atRow, choose, waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront errors", () => {
    const site = storefrontSite(() => ({ tracker: false }));
    const { open, clean } = site;

    it("a row that failed to load shows the request ID and can be loaded again", async () => {
        site.served.control.failing = "trending";
        const page = await open("#/?viewer=6");
        assert.equal((await waitForFilms(page, "picks")).length, 20, "the other rows do not mind");
        await atRow(page, "trending", ".trouble");
        await waitForText(page, "#trending .trouble", /The table cannot be read\..*Request r-1234/);
        site.served.control.failing = undefined;
        await page.locator("#trending .trouble .button").click();
        assert.ok((await waitForFilms(page, "trending")).length > 0);
    });

    for (const throttled of [
        { status: 429, seconds: 1 },
        { status: 503, seconds: 2 },
    ]) {
        it(`the page waits, and repeats each request once, after the answer ${JSON.stringify(throttled)}`, async () => {
            site.served.control.throttled = throttled;
            const began = performance.now();
            const page = await open("#/?viewer=6");
            assert.equal((await waitForFilms(page, "picks")).length, 20);
            const calls = site.served.requests.filter((call) => call.startsWith("GET recommendations/"));
            assert.equal(calls.length, 2);
            assert.ok(performance.now() - began > 1000 * throttled.seconds);
            assert.equal(await page.$(".trouble"), null);
        });
    }

    it("the page repeats no request after a 503 without `Retry-After`, or with a long one", async () => {
        for (const throttled of [{ status: 503 }, { status: 429, seconds: 60 }]) {
            site.served.requests.length = 0;
            site.served.control.throttled = throttled;
            const page = await open("#/?viewer=6");
            await page.waitForSelector("#picks .trouble");
            const calls = site.served.requests.filter((call) => call.startsWith("GET recommendations/"));
            assert.equal(calls.length, 1);
        }
    });

    it("the page shows that an event was rejected, and can send the event again", async () => {
        const page = await open("#/?viewer=11");
        await waitForFilms(page, "picks");
        site.served.control.failing = "events";
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks .row-note", /could not send that you watched .*\. The table cannot be read/);
        site.served.control.failing = undefined;
        await page.locator("#picks .row-note .button").click();
        await waitForText(page, "#picks .row-note", /no event tracker, so the campaign does not learn from it\.$/);
    });

    it("an empty row shows why the row is empty", async () => {
        site.served.control.emptied = "trending";
        const page = await open("#/?viewer=6");
        await atRow(page, "trending", ".trouble");
        await waitForText(page, "#trending .trouble", /No film has a growing audience/);
        clean();
    });

    it("an empty list, an empty comparison and an empty row of similar films show why there are no films", async () => {
        site.served.control.emptied = "";
        const page = await open("#/?viewer=6");
        await waitForText(page, ".hero-item", /^There is no film to recommend\.$/);
        await waitForText(page, "#picks .trouble", /^There is no film to recommend\.$/);
        await atRow(page, "popular", ".trouble");
        await waitForText(page, "#popular .trouble", /^No film is popular in this data\.$/);
        const shown = () => page.$$eval(".blank", (all) => all.filter((one) => one.checkVisibility()).length);
        assert.equal(await shown(), 0, "nothing looks as if it would still load");
        assert.equal(await page.$eval(".genre", (select) => select.checkVisibility()), false);
        await page.locator("#picks .details").click();
        await waitForText(page, ".drawer", /The list has no films\./);
        await page.evaluate(() => location.replace("#/compare?viewer=6"));
        for (const column of ["popular", "similar", "personal"]) {
            await waitForText(page, `#${column}-panel .trouble`, /^There is no film for this list\.$/);
        }
        assert.equal(await shown(), 0);
        site.served.control.emptied = "similar";
        await page.goto(`${site.served.url}#/?viewer=6&item=1`);
        await page.reload();
        await waitForText(page, "dialog .hint", /^No similar film is known\.$/);
        clean();
    });

    it("the main film area says that the list could not be loaded", async () => {
        site.served.control.failing = "recommendations";
        const page = await open("#/?viewer=6");
        await waitForText(page, ".hero-item", /^The list could not be loaded\.$/);
        site.served.control.failing = undefined;
        await page.locator("#picks .trouble .button").click();
        await page.waitForSelector(".hero .primary");
    });

    it("the page says that the browser is offline, keeps the films, and works again when the browser is online", async () => {
        const page = await open("#/?viewer=6");
        const films = await waitForFilms(page, "picks");
        await atRow(page, "popular", "[data-item]");
        await page.setOfflineMode(true);
        await waitForText(page, ".offline", /^You are offline\./);
        assert.deepEqual(await waitForFilms(page, "picks"), films);
        await choose(page, ".genre", "Western");
        await page.locator("#picks [data-item] button").click();
        await waitForText(page, "dialog .trouble", /You are offline\./);
        await page.setOfflineMode(false);
        await page.waitForSelector(".offline", { hidden: true });
        await page.locator("dialog .trouble .button").click();
        await page.waitForSelector("dialog .similar button");
    });

    it("the page reads the API's health again when its viewer returns to the tab", async () => {
        const page = await open("#/?viewer=6");
        await waitForFilms(page, "picks");
        const look = page.waitForResponse((response) => response.url().endsWith("/health"));
        await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
        await look;
        clean();
    });

    it("the page says that the campaign is parked (deleted to save cost), and shows the source of each list", async () => {
        const parked = await site.serve({ parked: true, details: true, tracker: true });
        const page = await site.openUrl(`${parked.url}#/?viewer=6`);
        await waitForText(page, ".banner", /^The campaign is parked\./);
        await waitForText(page, "#picks [data-source]", /Popular films.*there is currently no campaign/);
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
        await waitForText(page, "#picks [data-source]", /Similar films/);
        await page.evaluate(() => scrollTo(0, 0));
        await page.locator(".banner a").click();
        await waitForText(page, ".guard", /Cost guard.*so the campaign was parked/);
        const text = await waitForAnyText(page, "main");
        assert.match(text, /Away/);
        assert.match(text, /\$0\.00 an hour.*US prices, unverified/);
        clean();
    });
});
