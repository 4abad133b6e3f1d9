import assert from "node:assert/strict";
import type { Browser } from "puppeteer-core";
import { openBrowser } from "../../../packages/local-aws/demo/browser.ts";
import { assertExit, startTestAws, type TestAws } from "../../support/local-aws.ts";
import { until } from "../../support/until.ts";
import { openPage, waitForFilms, waitForText } from "./pages.ts";

/** Tests the page that `pulumi up` deploys, with the API, the DynamoDB table and the campaign of a local AWS. */
describe("Storefront of a stack that Pulumi deployed on the local AWS", () => {
    let aws: TestAws;
    let browser: Browser;
    let url: string;
    let apiUrl: string;

    before(async () => {
        aws = await startTestAws();
        await aws.configure({ api: true, storefront: "api", eventTracker: true, prefetchUsers: 0 });
        assertExit(await aws.engine("up"), 0);
        const outputs = await aws.outputs();
        url = String(outputs.storefrontUrl);
        apiUrl = String(outputs.apiUrl);
        browser = await openBrowser();
    });
    after(async () => {
        await browser?.close();
        await aws?.stop();
    });

    it("a click on Watch changes the viewer's list at once", async () => {
        const { page, context, complaints } = await openPage(browser, `${url}#/?viewer=7`);
        const before = await waitForFilms(page, "picks");
        assert.equal(before.length, 20);
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks", /Because you watched .* in \d/);
        const after = await waitForFilms(page, "picks");
        assert.notDeepEqual(after, before);
        assert.ok(!after.includes(before[0] ?? ""));
        assert.deepEqual(complaints, []);
        await context.close();
    });

    it("the status page shows version and cost, but GET /health gives other callers only the campaign's state", async () => {
        const { page, context } = await openPage(browser, `${url}#/status`);
        await waitForText(page, "#campaign-title ~ .state", /^Serving$/);
        await waitForText(page, ".panel .facts", /Solution version\w+.*NDCG at 100\.\d{4}/);
        await waitForText(page, ".panels", /Cost\$\d+\.\d\d an hour.*\$\d+\.\d\d spent in \w+ \d{4}, of \$\d/);
        await context.close();
        for (const headers of [{}, { "sec-fetch-site": "cross-site" }]) {
            const health = await (await fetch(`${apiUrl}/health`, { headers })).json();
            const { viewers, ...state } = health;
            assert.ok(Array.isArray(viewers));
            assert.deepEqual(state, { status: "ok", campaign: { state: "serving" } });
        }
    });

    it("the page notices without a reload that `park` deleted the campaign, and still shows films", async () => {
        const { page, context, complaints } = await openPage(browser, `${url}#/?viewer=visitor`);
        assert.ok((await waitForFilms(page, "picks")).length > 0);
        const park = await aws.runbook("park", "--config-file", aws.engineArgs("up")[2] ?? "", "--yes");
        assertExit(park, 0);
        const notice = () => page.$eval(".banner", (shown) => shown.textContent ?? "").catch(() => "");
        // The API notices the deletion at a request for a list, unless the campaign call takes too long. The page
        // checks the API's health once a minute, and when its viewer returns to the tab.
        await until("the page shows it", async () => {
            assert.equal((await fetch(`${apiUrl}/recommendations/somebody`)).status, 200);
            const looked = page.waitForResponse((response) => response.url().endsWith("/health"));
            await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
            await looked;
            return (await notice()) !== "";
        });
        assert.match(await notice(), /^The campaign is away\./);
        await page.reload();
        assert.ok((await waitForFilms(page, "picks")).length > 0);
        assert.deepEqual(complaints, []);
        await context.close();
    });
});
