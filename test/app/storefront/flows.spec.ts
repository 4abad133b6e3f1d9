import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { spoken } from "../../../app/storefront/src/poster/lettering.ts";
import { openBrowser } from "../../../packages/local-aws/demo/browser.ts";
import { histories, tables, tablesDocument } from "./films.ts";
import { choose, filmsOf, type OpenPage, openPage, type PageOptions, said, textOf } from "./pages.ts";
import { type Served, serveStorefront } from "./server.ts";

describe("the storefront", () => {
    let browser: Browser;
    let served: Served;
    let opened: OpenPage[];
    const open = async (hash: string, options?: PageOptions) => {
        const one = await openPage(browser, `${served.url}${hash}`, options);
        opened.push(one);
        return one.page;
    };
    const askedFor = (path: string) => served.asked.filter((call) => call.startsWith(`GET ${path}`)).length;

    before(async () => {
        browser = await openBrowser();
        served = await serveStorefront({ tables: tablesDocument, histories });
    });
    after(async () => {
        await browser.close();
        await served.close();
    });
    beforeEach(() => {
        opened = [];
        served.asked.length = 0;
        Object.assign(served.control, { failing: undefined, emptied: undefined, delayMs: 0, learnsAfterMs: 0 });
    });
    afterEach(async () => {
        for (const { context } of opened) await context.close();
    });
    const clean = () =>
        assert.deepEqual(
            opened.flatMap(({ complaints }) => complaints),
            [],
        );

    it("asks who is watching, shows a viewer's rows, and remembers him in the address", async () => {
        const page = await open("");
        assert.equal(await textOf(page, "h1"), "Choose a viewer");
        assert.ok((await filmsOf(page, "trending")).length > 0, "everybody's rows are there before");
        await page.locator("text/Amir (6)").click();
        await said(page, "#picks-title", /Top picks for Amir \(6\)/);
        assert.equal(new URL(page.url()).hash, "#/?viewer=6");
        const films = await filmsOf(page, "picks");
        assert.equal(films.length, 20);
        await said(page, "#picks [data-source]", /^From: Personal \(live\)$/);
        await said(page, "#popular [data-source]", /^From: Popular films$/);
        await page.reload();
        assert.deepEqual(await filmsOf(page, "picks"), films);
        clean();
    });

    it("takes any viewer by id, in words of any script", async () => {
        const page = await open("");
        await page.type(".by-id input", "a/b 七");
        await page.keyboard.press("Enter");
        await said(page, "#picks-title", /Top picks for viewer a\/b 七/);
        assert.equal((await filmsOf(page, "picks")).length, 20);
        assert.equal(
            served.asked.filter((call) => call.startsWith("GET recommendations/a%2Fb%20%E4%B8%83?")).length,
            1,
        );
        clean();
    });

    it("shows that a viewer is not known, until a film is watched", async () => {
        const page = await open("#/?viewer=nobody-knows");
        await said(page, "#picks .row-note", /^This viewer is not known, so these are popular films\./);
        await said(page, "#picks [data-source]", /^From: Popular: viewer not known$/);
        await page.locator("#picks .details").click();
        await said(page, ".drawer-sentence", /^This viewer is not known/);
        await page.keyboard.press("Escape");
        await page.locator(".hero .primary").click();
        await said(page, "#picks .row-note", /^Because you watched /);
        await said(page, "#picks [data-source]", /^From: Personal \(live\)$/);
        clean();
    });

    it("accepts a new viewer, whose list becomes personal after watching", async () => {
        const page = await open("");
        await page.locator("text/Be someone new").click();
        await said(page, "#picks .row-note", /You are new/);
        const before = await filmsOf(page, "picks");
        assert.equal(await page.$("#because"), null);
        await page.locator("#picks [data-item] button").click();
        await page.locator("dialog .primary").click();
        await said(page, "#picks .row-note", /^Because you watched .+: \d+ new.* in \d/);
        const after = await filmsOf(page, "picks");
        assert.notDeepEqual(after, before);
        assert.ok(!after.includes(before[0] as string));
        assert.match(await textOf(page, "#because-title"), /^Because you watched /);
        const viewer = new URL(page.url()).hash.split("viewer=")[1] as string;
        assert.match(viewer, /^new-[0-9a-f]{12}$/);
        const [told] = served.events.filter(({ userId }) => userId === viewer);
        assert.deepEqual(
            [told?.events[0]?.eventType, told?.events[0]?.itemId, told?.events.length],
            ["Watch", before[0], 1],
        );
        await page.reload();
        assert.deepEqual(await filmsOf(page, "picks"), after, "what he watched stays known");
        clean();
    });

    it("changes the list at once when a film is watched, and shows what moved and why", async () => {
        const page = await open("#/?viewer=7");
        const before = await filmsOf(page, "picks");
        const recommendationId = `RID-7-${histories.get("7")?.length}`;
        await page.locator(`#picks [data-item="${before[2]}"] button`).click();
        await page.locator("dialog .primary").click();
        const note = await said(page, "#picks .row-note", /^Because you watched .+ in \d/);
        assert.equal(await page.$("dialog"), null, "the dialog makes way");
        await said(page, "[data-announcer]", /^Because you watched /);
        const after = await filmsOf(page, "picks");
        const told = served.events.findLast(({ userId }) => userId === "7");
        assert.equal(told?.events[0]?.recommendationId, recommendationId);
        const call = served.asked.findLast((asked) => asked.startsWith("GET recommendations/7?")) ?? "";
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

    it("asks again when the tracker takes its time to hand on what was watched", async () => {
        served.control.learnsAfterMs = 700;
        const page = await open("#/?viewer=12");
        const before = await filmsOf(page, "picks");
        await page.locator(".hero .primary").click();
        // The API leaves out the film by itself.
        await said(page, "#picks .row-note", /^Because you watched .+: 1 new, 1 gone/);
        assert.deepEqual((await filmsOf(page, "picks")).slice(0, -1), before.slice(1));
        await said(page, "#picks .row-note", /^Because you watched .+ moved up/);
        clean();
    });

    it("glides films to their new places, unless motion is unwelcome", async () => {
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
            await filmsOf(page, "picks");
            await page.locator(".hero .primary").click();
            await said(page, "#picks .row-note", /^Because you watched .+ in \d/);
            const moved = Number(await page.evaluate(() => document.documentElement.dataset.moved ?? 0));
            assert.equal(moved > 3, !calm, `${moved} films moved`);
        }
        clean();
    });

    it("shows a film with its facts and what is like it, and leads on", async () => {
        const page = await open("#/?viewer=7");
        const [first] = await filmsOf(page, "popular");
        await page.locator("#popular [data-item] button").click();
        const film = tables.film(first as string);
        await said(page, "dialog .film-facts", new RegExp(`^${film?.year}watched by ${film?.viewers} people$`));
        assert.deepEqual(
            await page.$$eval("dialog .genres li", (all) => all.map((one) => one.textContent)),
            film?.genres,
        );
        await said(page, "dialog .why", /^Why it is here Number 1 of 20 in “Popular”: Popular films\./);
        await page.waitForSelector("dialog .similar button");
        const next = await page.$eval("dialog .similar button .card-title", (title) => title.textContent);
        await page.locator("dialog .similar button").click();
        await said(page, "#film-title", new RegExp(`^${next?.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`));
        await page.locator("dialog .close").click();
        await page.waitForSelector("dialog", { hidden: true });
        clean();
    });

    it("keeps a film in the address: Back closes it, and it can be shared", async () => {
        const page = await open("#/?viewer=17");
        const [first = "", second = ""] = await filmsOf(page, "popular");
        const hash = () => page.evaluate(() => location.hash);
        const closed = async () => {
            await page.waitForSelector("dialog", { hidden: true });
            await page.waitForFunction(() => location.hash === "#/?viewer=17");
        };
        const openFilm = async (film: string) => {
            await page.locator(`#popular [data-item="${film}"] button`).click();
            await page.waitForSelector("dialog[open]");
            assert.equal(await hash(), `#/?viewer=17&film=${film}`);
        };
        await openFilm(first);
        await page.goBack();
        await closed();
        const scrolled = await page.evaluate(() => scrollY);
        await openFilm(second);
        await page.locator("dialog .similar button").click();
        await page.waitForFunction((film) => !location.hash.endsWith(film), {}, `film=${second}`);
        // The focus moves to the new title.
        const atTitle = () => page.waitForFunction(() => document.activeElement?.id === "film-title");
        await atTitle();
        await page.keyboard.press("Tab");
        await page.evaluate((film) => location.replace(`#/?viewer=17&film=${film}`), second);
        await atTitle();
        await page.goBack();
        await closed();
        assert.equal(await page.evaluate(() => scrollY), scrolled, "the page is where it was");

        await openFilm(first);
        await page.reload();
        const title = tables.film(first)?.title ?? "";
        await said(page, "#film-title", new RegExp(`^${spoken(title)}$`));
        await page.locator("dialog .primary").click();
        await said(page, "#picks .row-note", /^Because you watched .+ in \d/);
        assert.equal(served.events.findLast(({ userId }) => userId === "17")?.events[0]?.itemId, first);
        await closed();

        const sent = await open(`#/?viewer=18&film=${second}`);
        await said(sent, "dialog .film-facts", /watched by \d+ people$/);
        await sent.keyboard.press("Escape");
        await sent.waitForSelector("dialog", { hidden: true });
        assert.equal(await sent.evaluate(() => location.hash), "#/?viewer=18", "he stays on the page");
        clean();
    });

    it("shows an error if the address names an unknown film", async () => {
        const page = await open("#/?viewer=17&film=no-such");
        await said(page, "dialog .trouble", /No film of the catalogue .* has this id/);
        await page.locator("dialog .close").click();
        await page.waitForSelector("dialog", { hidden: true });
        assert.ok((await filmsOf(page, "picks")).length > 0);
    });

    it("shows how a row was made, with a call that can be copied", async () => {
        const page = await open("#/?viewer=6");
        await filmsOf(page, "picks");
        const { context } = opened[0] as OpenPage;
        await context.setPermission(served.url, { permission: { name: "clipboard-write" }, state: "granted" });
        await page.locator("#picks .details").click();
        const text = await textOf(page, ".drawer");
        assert.match(text, /Personal \((live|cached)\)/);
        assert.match(text, /\d ms, as your browser measured it/);
        assert.match(text, /RID-6-\d+/);
        assert.match(text, new RegExp(`curl '${served.url}api/recommendations/6\\?numResults=20'`));
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
            answer.films.map(({ itemId }: { itemId: string }) => itemId),
            await filmsOf(page, "picks"),
        );
        await page.locator(".call .button").click();
        await said(page, ".call .button", /^Copied$/);
        clean();
    });

    it("shows the popular films of a genre", async () => {
        const page = await open("#/?viewer=6");
        await filmsOf(page, "popular");
        await choose(page, ".genre", "Western");
        await said(page, "#popular .row-note", /films of Western/);
        const western = tables.popular({ genre: "Western", count: 20 }).map(({ itemId }) => itemId);
        await page.waitForFunction(
            (first) => document.querySelector<HTMLElement>("#popular [data-item]")?.dataset.item === first,
            {},
            western[0] as string,
        );
        assert.deepEqual(await filmsOf(page, "popular"), western);
        clean();
    });

    it("compares what is popular, similar and personal, and highlights common films", async () => {
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
        await said(
            page,
            ".lead",
            new RegExp(
                `^Of the 20 personal films ${both.length} are also popular, .* ${neither} are in neither list\\.$`,
            ),
        );
        assert.deepEqual(
            similar,
            tables.similar([personal[0] as string], { count: 20 }).films.map(({ itemId }) => itemId),
        );

        await choose(page, ".like select", popular[1] as string);
        await page.waitForFunction((hash) => location.hash.endsWith(hash), {}, `like=${popular[1]}`);
        const expected = tables.similar([popular[1] as string], { count: 20 }).films.map(({ itemId }) => itemId);
        await page.waitForFunction(
            (first) => document.querySelector<HTMLElement>(".column:nth-child(2) [data-item]")?.dataset.item === first,
            {},
            expected[0] as string,
        );
        assert.deepEqual((await columns())[1], expected);
        clean();
    });

    it("asks for a viewer to compare if none was chosen", async () => {
        const page = await open("#/compare");
        assert.equal(await textOf(page, "h1"), "Choose a viewer to compare");
        await page.locator("text/Lea (22)").click();
        await said(page, "h1", /Three ways to choose, for Lea \(22\)/);
        assert.equal(new URL(page.url()).hash, "#/compare?viewer=22");
        clean();
    });

    it("shows that an address has no page, and leads to the films", async () => {
        const page = await open("#/nowhere?viewer=6");
        await said(page, "h1", /^There is no page at this address$/);
        await page.locator("main a").click();
        await said(page, "#picks-title", /Top picks for Amir \(6\)/);
        clean();
    });

    it("has all genres on a card, or a count, and cuts none on any screen", async () => {
        for (const width of [320, 390, 1280, 1920]) {
            const page = await open("#/?viewer=6", { width });
            const [itemId = ""] = (await filmsOf(page, "popular")).filter(
                (id) => (tables.film(id)?.genres.length ?? 0) > 3,
            );
            const card = `#popular [data-item="${itemId}"]`;
            const { genres = [], year } = tables.film(itemId) ?? {};
            const text = await textOf(page, `${card} .card-facts`);
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

    it("shows a stranger the state and how this visit went, and not what it costs", async () => {
        const page = await open("#/?viewer=6");
        await filmsOf(page, "picks");
        await filmsOf(page, "popular");
        await page.locator('nav a[href="#/status?viewer=6"]').click();
        await said(page, ".state", /Serving/);
        const text = await textOf(page, "main");
        assert.doesNotMatch(text, /6f1e02ab|ACTIVE|at least 1 a second|\$/);
        assert.match(text, /Only a signed-in viewer and the owner see version, throughput and cost/);
        assert.match(
            await textOf(page, ".open"),
            /anyone can read and change any viewer's list.*no real people's data/,
        );
        assert.match(await textOf(page, ".visit tbody"), /Popular films/);
        const before = askedFor("health");
        const again = page.waitForResponse((response) => response.url().endsWith("/health"));
        await page.locator(".page-head .button").click();
        await again;
        assert.equal(askedFor("health"), before + 1);
        clean();
    });

    it("shows the owner the month's spend against the limit", async () => {
        const spend = { month: "2026-11", usd: 50, at: Date.now() };
        const owners = await serveStorefront({ tables: tablesDocument, histories, details: true, spend });
        try {
            const one = await openPage(browser, `${owners.url}#/status`);
            opened.push(one);
            await said(one.page, ".limit", /^\$50\.00 spent in November 2026, of \$200\.00, the limit/);
            const label = await one.page.$eval(".limit svg", (bar) => bar.getAttribute("aria-label"));
            assert.equal(label, "25 percent of the monthly limit");
        } finally {
            await owners.close();
        }
    });

    it("asks early for what is pointed at, once, and not where data are saved", async () => {
        const page = await open("#/?viewer=6");
        const [first] = await filmsOf(page, "trending");
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
        assert.equal(askedFor("recommendations/122?"), 1, "a viewer's list, too");

        const saving = await open("#/?viewer=6", {
            before: () => Object.defineProperty(navigator, "connection", { value: { saveData: true } }),
        });
        await filmsOf(saving, "trending");
        const before = served.asked.length;
        await saving.locator(`#trending [data-item="${first}"] button`).hover();
        await saving.waitForNetworkIdle({ idleTime: 200 });
        assert.equal(served.asked.length, before);
        clean();
    });

    it("turns its theme, and remembers that", async () => {
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

    it("works where the browser keeps nothing for pages", async () => {
        const page = await open("#/?viewer=16", {
            before: () => {
                const refuse = () => {
                    throw new DOMException("The operation is insecure.", "SecurityError");
                };
                for (const name of ["localStorage", "sessionStorage"])
                    Object.defineProperty(window, name, { get: refuse });
            },
        });
        await filmsOf(page, "picks");
        await page.locator(".hero .primary").click();
        await said(page, "#picks .row-note", /^Because you watched .+ in \d/);
        await page.locator(".theme").click();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
        clean();
    });

    it("works where the API itself serves it", async () => {
        const one = await openPage(browser, `${served.insideApi}#/?viewer=6`);
        opened.push(one);
        assert.equal((await filmsOf(one.page, "picks")).length, 20);
        clean();
    });
});
