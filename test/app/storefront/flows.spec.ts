import assert from "node:assert/strict";
import { spoken } from "../../../app/storefront/src/poster/lettering.ts";
import { itemAt } from "../../support/item-at.ts";
import { histories, tables } from "./films.ts";
import { atRow, choose, waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront", () => {
    const site = storefrontSite();
    const { open, clean } = site;

    it("the page shows the rows of the chosen viewer and keeps the viewer's ID in the URL", async () => {
        const page = await open("");
        assert.equal(await waitForAnyText(page, "h1"), "Choose a viewer");
        assert.ok((await waitForFilms(page, "trending")).length > 0, "everybody's rows are there before");
        await page.locator("text/Amir (6)").click();
        await waitForText(page, "#picks-title", /Top picks for Amir \(6\)/);
        assert.equal(new URL(page.url()).hash, "#/?viewer=6");
        const films = await waitForFilms(page, "picks");
        assert.equal(films.length, 20);
        await waitForText(page, "#picks [data-source]", /^From: Personal \(live\)$/);
        await atRow(page, "popular", "[data-item]");
        await waitForText(page, "#popular [data-source]", /^From: Popular films$/);
        await page.reload();
        assert.deepEqual(await waitForFilms(page, "picks"), films);
        clean();
    });

    it("the page accepts any text in any script as viewer ID", async () => {
        const page = await open("");
        await page.type(".by-id input", "a/b 七");
        await page.keyboard.press("Enter");
        await waitForText(page, "#picks-title", /Top picks for viewer a\/b 七/);
        assert.equal((await waitForFilms(page, "picks")).length, 20);
        assert.equal(
            site.served.requests.filter((call) => call.startsWith("GET recommendations/a%2Fb%20%E4%B8%83?")).length,
            1,
        );
        clean();
    });

    it("the page says that a viewer is unknown until the viewer watches a film", async () => {
        const page = await open("#/?viewer=nobody-knows");
        await waitForText(page, "#picks .row-note", /^This viewer is not known, so these are popular films\./);
        await waitForText(page, "#picks [data-source]", /^From: Popular: viewer not known$/);
        await page.locator("#picks .details").click();
        await waitForText(page, ".drawer-sentence", /^This viewer is not known/);
        await page.keyboard.press("Escape");
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks .row-note", /^Because you watched /);
        await waitForText(page, "#picks [data-source]", /^From: Personal \(live\)$/);
        clean();
    });

    it("a new viewer's list becomes personal after the first watched film", async () => {
        const page = await open("");
        await page.locator("text/Be someone new").click();
        await waitForText(page, "#picks .row-note", /You are new/);
        const before = await waitForFilms(page, "picks");
        assert.equal(await page.$("#because"), null);
        await page.locator("#picks [data-item] button").click();
        await page.locator("dialog .primary").click();
        await waitForText(page, "#picks .row-note", /^Because you watched .+: \d+ new.* in \d/);
        const after = await waitForFilms(page, "picks");
        assert.notDeepEqual(after, before);
        assert.ok(!after.includes(itemAt(before, 0)));
        assert.match(await waitForAnyText(page, "#because-title"), /^Because you watched /);
        const viewer = itemAt(new URL(page.url()).hash.split("viewer="), 1);
        assert.match(viewer, /^new-[0-9a-f]{12}$/);
        const [tracked] = site.served.events.filter(({ userId }) => userId === viewer);
        assert.deepEqual(
            [tracked?.events[0]?.eventType, tracked?.events[0]?.itemId, tracked?.events.length],
            ["Watch", before[0], 1],
        );
        await page.reload();
        assert.deepEqual(await waitForFilms(page, "picks"), after, "what he watched stays known");
        clean();
    });

    it("a click on Watch changes the list immediately and shows which films moved and why", async () => {
        const page = await open("#/?viewer=7");
        const before = await waitForFilms(page, "picks");
        const recommendationId = `RID-7-${histories.get("7")?.length}`;
        await page.locator(`#picks [data-item="${before[2]}"] button`).click();
        await page.locator("dialog .primary").click();
        const note = await waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
        assert.equal(await page.$("dialog"), null, "the dialog makes way");
        await waitForText(page, "[data-announcer]", /^Because you watched /);
        const after = await waitForFilms(page, "picks");
        const tracked = site.served.events.findLast(({ userId }) => userId === "7");
        assert.equal(tracked?.events[0]?.recommendationId, recommendationId);
        const call = site.served.requests.findLast((request) => request.startsWith("GET recommendations/7?")) ?? "";
        assert.match(call, /since=\d{13}$/);

        const fresh = after.filter((film) => !before.includes(film));
        assert.match(note, new RegExp(`${fresh.length} new`));
        const marked = await page.$$eval("#picks .chip-new", (chips) =>
            chips.map((chip) => chip.closest<HTMLElement>("[data-item]")?.dataset.item),
        );
        assert.deepEqual(marked, fresh);
        assert.match(note, new RegExp(`${before.filter((film) => !after.includes(film)).length} gone \\(`));
        for (const chip of await page.$$eval("#picks .chip-up", (chips) => chips.map((chip) => chip.textContent))) {
            assert.match(chip ?? "", /^Up \d+$/);
        }
        clean();
    });

    it("the page requests the list again if the event tracker processes an event late", async () => {
        site.served.control.learnsAfterMs = 700;
        const page = await open("#/?viewer=12");
        const before = await waitForFilms(page, "picks");
        await page.locator(".hero .primary").click();
        // The API, and not the page, leaves out the watched film.
        await waitForText(page, "#picks .row-note", /^Because you watched .+: 1 new, 1 gone/);
        assert.deepEqual((await waitForFilms(page, "picks")).slice(0, -1), before.slice(1));
        await waitForText(page, "#picks .row-note", /^Because you watched .+ moved up/);
        clean();
    });

    it("films move with an animation unless the browser prefers reduced motion", async () => {
        const count = () => {
            const { animate } = Element.prototype;
            Element.prototype.animate = function (...given) {
                document.documentElement.dataset.moved = String(
                    1 + Number(document.documentElement.dataset.moved ?? 0),
                );
                return animate.apply(this, given);
            };
        };
        for (const calm of [false, true]) {
            const page = await open(`#/?viewer=${calm ? 8 : 9}`, { calm, before: count });
            await waitForFilms(page, "picks");
            await page.locator(".hero .primary").click();
            await waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
            const moved = Number(await page.evaluate(() => document.documentElement.dataset.moved ?? 0));
            assert.equal(moved > 3, !calm, `${moved} films moved`);
        }
        clean();
    });

    it("the film dialog shows facts about the film and links to similar films", async () => {
        const page = await open("#/?viewer=7");
        const [first = ""] = await waitForFilms(page, "popular");
        await page.locator("#popular [data-item] button").click();
        const film = tables.item(first);
        await waitForText(
            page,
            "dialog .item-facts",
            new RegExp(`^${film?.year} · watched by ${film?.viewers} viewers$`),
        );
        assert.deepEqual(
            await page.$$eval("dialog .genres li", (all) => all.map((one) => one.textContent)),
            film?.genres,
        );
        await waitForText(page, "dialog .why", /^Why it is here Number 1 of 20 in “Popular”: Popular films\./);
        await page.waitForSelector("dialog .similar button");
        const next = await page.$eval("dialog .similar button .card-title", (title) => title.textContent);
        await page.locator("dialog .similar button").click();
        await waitForText(page, "#item-title", new RegExp(`^${next?.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`));
        await page.locator("dialog .close").click();
        await page.waitForSelector("dialog", { hidden: true });
        clean();
    });

    it("the URL contains the open film's ID, and the Back button closes the dialog", async () => {
        const page = await open("#/?viewer=17");
        const [first = "", second = ""] = await waitForFilms(page, "popular");
        const hash = () => page.evaluate(() => location.hash);
        const closed = async () => {
            await page.waitForSelector("dialog", { hidden: true });
            await page.waitForFunction(() => location.hash === "#/?viewer=17");
        };
        const openFilm = async (film: string) => {
            await page.locator(`#popular [data-item="${film}"] button`).click();
            await page.waitForSelector("dialog[open]");
            assert.equal(await hash(), `#/?viewer=17&item=${film}`);
        };
        await openFilm(first);
        await page.goBack();
        await closed();
        const scrolled = await page.evaluate(() => scrollY);
        await openFilm(second);
        await page.locator("dialog .similar button").click();
        await page.waitForFunction((film) => !location.hash.endsWith(film), {}, `item=${second}`);
        // The page moves the focus to the title of the other film.
        const atTitle = () => page.waitForFunction(() => document.activeElement?.id === "item-title");
        await atTitle();
        await page.keyboard.press("Tab");
        await page.evaluate((film) => location.replace(`#/?viewer=17&item=${film}`), second);
        await atTitle();
        await page.goBack();
        await closed();
        assert.equal(await page.evaluate(() => scrollY), scrolled, "the page is where it was");

        await openFilm(first);
        await page.reload();
        const title = tables.item(first)?.title ?? "";
        await waitForText(page, "#item-title", new RegExp(`^${spoken(title)}$`));
        await page.locator("dialog .primary").click();
        await waitForText(page, "#picks .row-note", /^Because you watched .+ in \d/);
        assert.equal(site.served.events.findLast(({ userId }) => userId === "17")?.events[0]?.itemId, first);
        await closed();

        const sent = await open(`#/?viewer=18&item=${second}`);
        await waitForText(sent, "dialog .item-facts", /watched by \d+ viewers$/);
        await sent.keyboard.press("Escape");
        await sent.waitForSelector("dialog", { hidden: true });
        assert.equal(await sent.evaluate(() => location.hash), "#/?viewer=18", "he stays on the page");
        clean();
    });

    it("the film dialog shows an error for an unknown film ID", async () => {
        const page = await open("#/?viewer=17&item=no-such");
        await waitForText(page, "dialog .trouble", /No film of the catalog .* has this id/);
        await page.locator("dialog .close").click();
        await page.waitForSelector("dialog", { hidden: true });
        assert.ok((await waitForFilms(page, "picks")).length > 0);
    });

    it("a row's details show the source of the list and a curl command", async () => {
        const page = await open("#/?viewer=6");
        await waitForFilms(page, "picks");
        await page
            .browserContext()
            .setPermission(site.served.url, { permission: { name: "clipboard-write" }, state: "granted" });
        await page.locator("#picks .details").click();
        const text = await waitForAnyText(page, ".drawer");
        assert.match(text, /Personal \((live|cached)\)/);
        assert.match(text, /\d ms, as your browser measured it/);
        assert.match(text, /RID-6-\d+/);
        assert.match(text, new RegExp(`curl '${site.served.url}api/recommendations/6\\?numResults=20'`));
        assert.equal((await page.$$(".drawer .bar-fill")).length, 20);
        const widths = await page.$$eval(".drawer .bar-fill", (bars) =>
            bars.map((bar) => Number(bar.getAttribute("width"))),
        );
        assert.deepEqual(
            widths,
            widths.toSorted((a, b) => b - a),
        );
        assert.equal(widths[0], 100);
        const answer = JSON.parse(await page.$eval(".drawer details pre", (pre) => pre.textContent ?? ""));
        assert.deepEqual(
            answer.items.map(({ itemId }: { itemId: string }) => itemId),
            await waitForFilms(page, "picks"),
        );
        await page.locator(".call .button").click();
        await waitForText(page, ".call .button", /^Copied$/);
        clean();
    });

    it("the page shows the popular films of the genre chosen in the menu", async () => {
        const page = await open("#/?viewer=6");
        await waitForFilms(page, "popular");
        await choose(page, ".genre", "Western");
        await waitForText(page, "#popular .row-note", /, of Western\.$/);
        const western = tables.popular({ genre: "Western", count: 20 }).map(({ itemId }) => itemId);
        await page.waitForFunction(
            (first) => document.querySelector<HTMLElement>("#popular [data-item]")?.dataset.item === first,
            {},
            itemAt(western, 0),
        );
        assert.deepEqual(await waitForFilms(page, "popular"), western);
        clean();
    });
});
