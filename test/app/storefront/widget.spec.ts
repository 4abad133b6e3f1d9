import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer-core";
import { buildStorefront } from "../../../app/storefront/build.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { type Issuer, startIssuer } from "../../support/issuer.ts";
import { until } from "../../support/until.ts";
import { assertAccessible } from "./pages.ts";
import { storefrontSite } from "./site.ts";

/** Serves the example page of another origin, with the API's address in place of the example's. */
async function startHost(apiHost: () => string) {
    const example = await readFile("examples/widget/index.html", "utf8");
    const server: Server = createServer((_, response) => {
        response.writeHead(200, { "content-type": "text/html" });
        response.end(
            example.replaceAll("https://films.example", apiHost()).replace("img-src https:", "img-src 'self'"),
        );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return { origin: `http://127.0.0.1:${portOf(server)}`, server };
}

describe("Widget on a page of another origin", () => {
    let host: Awaited<ReturnType<typeof startHost>>;
    let issuer: Issuer;
    let api = "";
    before(async () => {
        issuer = await startIssuer();
        host = await startHost(() => api);
    });
    after(async () => {
        await issuer?.close();
        host?.server.close();
    });
    const site = storefrontSite();
    const openHost = async (options: Parameters<typeof site.serve>[0] = {}) => {
        const served = await site.serve({ allowedOrigins: [host.origin], ...options });
        api = served.url.slice(0, -1);
        return { served, page: await site.openUrl(`${host.origin}/#`) };
    };
    /** Waits for the items of the page's element at a place, and returns their titles. */
    const titles = async (page: Page, place: number): Promise<string[]> => {
        const find = (at: number) => {
            const root = document.querySelectorAll("recommended-items")[at]?.shadowRoot;
            const found = [...(root?.querySelectorAll('[part="title"]') ?? [])].map(({ textContent }) => textContent);
            return found.length > 0 && found;
        };
        return (await (await page.waitForFunction(find, {}, place)).jsonValue()) as string[];
    };
    const first = ">>> [part='link']";

    it("the widget has less than 10 kB", async () => {
        const { directory } = await buildStorefront();
        const bytes = gzipSync(await readFile(`${directory}/widget.js`)).length;
        assert.ok(bytes < 10_000, `${bytes}`);
    });

    it("the example shows a viewer's list and popular items without violations of policy and accessibility", async () => {
        const { page } = await openHost();
        const [own, popular] = [await titles(page, 0), await titles(page, 1)];
        assert.deepEqual([own.length, popular.length], [10, 10]);
        assert.notDeepEqual(own, popular);
        await assertAccessible(page);
        site.clean();
    });

    it("a choice by keyboard sends one event with the list's id, and the next list leaves the item out", async () => {
        const { served, page } = await openHost();
        const before = await titles(page, 0);
        const chosen = page.evaluate(
            () =>
                new Promise((done) => {
                    addEventListener("choose", (event) => done((event as CustomEvent).detail), { once: true });
                }),
        );
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        const detail = (await chosen) as { itemId: string; recommendationId: string };
        await page.waitForFunction(
            (title) => {
                const root = document.querySelector("recommended-items")?.shadowRoot;
                return root?.querySelector('[part="title"]')?.textContent !== title;
            },
            {},
            before[0],
        );
        assert.ok(!(await titles(page, 0)).includes(before[0] ?? ""));
        const focused = await page.evaluate(
            () => document.activeElement?.shadowRoot?.activeElement?.querySelector("[part=title]")?.textContent,
        );
        assert.equal(focused, (await titles(page, 0))[0], "the focus stays at its place");
        const [sent, ...more] = served.events;
        assert.deepEqual([sent?.userId, sent?.events.length, more], ["22", 1, []]);
        const [event] = sent?.events ?? [];
        assert.deepEqual(
            [event?.eventType, event?.itemId, event?.recommendationId],
            ["Watch", detail.itemId, detail.recommendationId],
        );
        assert.ok(detail.recommendationId);
        site.clean();
    });

    it("items that become visible are told once, and `view-type` records an event of each", async () => {
        const { served, page } = await openHost();
        await titles(page, 0);
        await page.evaluate(() => {
            const element = document.createElement("recommended-items");
            const api = document.querySelector("recommended-items")?.getAttribute("api") ?? "";
            const attributes = { api, viewer: "23", count: "3", "view-type": "View" };
            for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
            document.querySelector("h1")?.after(element);
        });
        await until("an event", async () => served.events.length > 0, 5);
        const items = served.events.flatMap(({ events }) => events);
        assert.deepEqual([items.length, new Set(items.map(({ itemId }) => itemId)).size], [3, 3]);
        assert.ok(items.every(({ eventType }) => eventType === "View"));
        assert.equal(served.events[0]?.userId, "23");
    });

    it("an element with `href` has links, and follows changes of its attributes", async () => {
        const { page } = await openHost();
        await titles(page, 1);
        const link = await page.waitForSelector(`recommended-items[list=popular] ${first}`);
        const href = await link?.evaluate((element) => element.getAttribute("href"));
        const itemId = decodeURIComponent(href?.split("=")[1] ?? "");
        await page.evaluate((id) => {
            const element = document.querySelector("recommended-items[list=popular]");
            element?.setAttribute("item", id);
            element?.setAttribute("list", "similar");
        }, itemId);
        await page.waitForSelector("recommended-items[list=similar] >>> ::-p-text(Similar)");
        assert.equal((await titles(page, 1)).length, 10);
        site.clean();
    });

    it("a viewer's list needs the token, and the page learns of a failure", async () => {
        const { served, page } = await openHost({ auth: issuer });
        await titles(page, 1);
        const isEmpty = await page.evaluate(
            () => document.querySelector("recommended-items")?.shadowRoot?.childElementCount === 0,
        );
        assert.ok(isEmpty);
        const failure = page.evaluate(
            () =>
                new Promise((done) => {
                    const element = document.querySelector("recommended-items");
                    element?.addEventListener("failure", (event) => done((event as CustomEvent).detail.message));
                    Object.assign(element ?? {}, { token: "wrong" });
                }),
        );
        assert.match(String(await failure), /^401 /);
        const token = await issuer.token({ sub: "22" });
        await page.evaluate((given) => {
            Object.assign(document.querySelector("recommended-items") ?? {}, { token: given });
        }, token);
        assert.equal((await titles(page, 0)).length, 10);
        await page.click(`recommended-items ${first}`);
        await until("an event", async () => served.events.length > 0, 5);
        assert.equal(served.events[0]?.userId, "22");
        site.clean(/401/);
    });

    it("a page whose origin is not in `allowedOrigins` shows no items", async () => {
        const { page } = await openHost({ allowedOrigins: [] });
        await page.waitForFunction(() => customElements.get("recommended-items") !== undefined);
        await page.waitForFunction(
            () => ![...document.querySelectorAll("recommended-items")].some((each) => each.hasAttribute("aria-busy")),
        );
        const shown = await page.evaluate(() =>
            [...document.querySelectorAll("recommended-items")].map((each) => each.shadowRoot?.childElementCount),
        );
        assert.deepEqual(shown, [0, 0]);
    });
});
