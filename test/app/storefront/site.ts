import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { openBrowser } from "../../../packages/local-aws/demo/browser.ts";
import { histories, tablesDocument } from "./films.ts";
import { type OpenPage, openPage, type PageOptions } from "./pages.ts";
import { type Served, serveStorefront } from "./server.ts";

/**
 * A storefront on the tests' films and a browser, for the tests of one `describe`. Each test begins without a page, on an
 * API that answers at once.
 */
export function storefrontSite() {
    let browser: Browser;
    let served: Served;
    let opened: OpenPage[] = [];
    before(async () => {
        browser = await openBrowser();
        served = await serveStorefront({ tables: tablesDocument, histories });
    });
    after(async () => {
        await browser?.close();
        await served?.close();
    });
    beforeEach(() => {
        opened = [];
        served.asked.length = 0;
        Object.assign(served.control, { failing: undefined, emptied: undefined, delayMs: 0, learnsAfterMs: 0 });
    });
    afterEach(async () => {
        for (const { context } of opened) await context.close();
    });

    /** Opens an address of any storefront in a window of its own. */
    async function openUrl(url: string, options?: PageOptions): Promise<Page> {
        const one = await openPage(browser, url, options);
        opened.push(one);
        return one.page;
    }
    return {
        get served() {
            return served;
        },
        openUrl,
        /** Opens this storefront at a hash of its address. */
        open: (hash: string, options?: PageOptions) => openUrl(`${served.url}${hash}`, options),
        /** Count of the GET requests of this test with a path that begins so. */
        askedFor: (path: string) => served.asked.filter((call) => call.startsWith(`GET ${path}`)).length,
        /** Asserts that no window of the test has complained. */
        clean: () =>
            assert.deepEqual(
                opened.flatMap(({ complaints }) => complaints),
                [],
            ),
    };
}
