import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { openBrowser } from "../../../packages/local-aws/demo/browser.ts";
import { histories, tablesDocument } from "./films.ts";
import { type OpenPage, openPage, type PageOptions } from "./pages.ts";
import { type Served, type ServeOptions, serveStorefront } from "./server.ts";

type Options = Partial<ServeOptions>;

/**
 * Starts a storefront with the test films, and a browser, for all tests of one `describe`. Each test begins without an
 * open page, and with an API that answers immediately.
 *
 * @param chooseOptions returns the storefront's options after the earlier `before` hooks of the `describe`
 */
export function storefrontSite(chooseOptions: () => Options = () => ({})) {
    let browser: Browser;
    let served: Served;
    let opened: OpenPage[] = [];
    let others: Served[] = [];
    const start = (options: Options) => serveStorefront({ tables: tablesDocument, histories, ...options });
    before(async () => {
        browser = await openBrowser();
        served = await start(chooseOptions());
    });
    after(async () => {
        await browser?.close();
        await served?.close();
    });
    beforeEach(() => {
        [opened, others] = [[], []];
        served.requests.length = 0;
        Object.assign(served.control, {
            failing: undefined,
            emptied: undefined,
            throttled: undefined,
            delayMs: 0,
            learnsAfterMs: 0,
        });
    });
    afterEach(async () => {
        for (const { context } of opened) await context.close();
        for (const other of others) await other.close();
    });

    /** Opens a URL of any storefront in a new browser window. */
    async function openUrl(url: string, options?: PageOptions): Promise<Page> {
        const one = await openPage(browser, url, options);
        opened.push(one);
        return one.page;
    }
    return {
        get served() {
            return served;
        },
        /** Starts another storefront for the current test. */
        async serve(options: Options): Promise<Served> {
            const other = await start({ ...chooseOptions(), ...options });
            others.push(other);
            return other;
        },
        openUrl,
        /** Opens this storefront with a hash in the URL. */
        open: (hash: string, options?: PageOptions) => openUrl(`${served.url}${hash}`, options),
        /** Returns the number of GET requests of the current test whose path begins with the given text. */
        askedFor: (path: string) => served.requests.filter((call) => call.startsWith(`GET ${path}`)).length,
        /** Asserts that no browser window of the test logged an error or a policy violation, except `allowed` ones. */
        clean: (allowed?: RegExp) =>
            assert.deepEqual(
                opened.flatMap(({ complaints }) => complaints).filter((complaint) => !allowed?.test(complaint)),
                [],
            ),
    };
}
