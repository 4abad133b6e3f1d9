import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { type Issuer, startIssuer } from "../../support/issuer.ts";
import { waitForAnyText, waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Storefront with viewer tokens", () => {
    let issuer: Issuer;
    before(async () => {
        issuer = await startIssuer();
    });
    after(() => issuer.close());
    const site = storefrontSite(() => ({ auth: issuer }));
    const { open, clean } = site;

    const signIn = async (page: Page, viewer: string) => {
        const detail = { viewer, token: await issuer.token({ sub: viewer }) };
        await page.evaluate((given) => dispatchEvent(new CustomEvent("viewer-signed-in", { detail: given })), detail);
    };
    const signOut = (page: Page) =>
        page.evaluate(() => dispatchEvent(new CustomEvent("viewer-signed-in", { detail: null })));

    it("the page shows only public films until the host page provides a viewer token", async () => {
        const page = await open("#/?viewer=6");
        await waitForText(page, "h1", /Sign in to see your films/);
        assert.ok((await waitForFilms(page, "trending")).length > 0);
        assert.equal(await page.$(".open"), null, "no warning: each viewer is proven");
        assert.equal(await page.$(".choice"), null);
        assert.equal(site.askedFor("recommendations"), 0);
        await signIn(page, "22");
        await waitForText(page, "#picks-title", /Top picks for you/);
        assert.equal((await waitForFilms(page, "picks")).length, 20, "the token's viewer, not the address's");
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks .row-note", /^Because you watched /);
        assert.deepEqual([site.served.events.length, site.served.events[0]?.userId], [1, "22"]);
        await page.locator('nav a[href^="#/status"]').click();
        await waitForText(page, "#cost-title", /Cost/);
        const text = await waitForAnyText(page, "main");
        for (const words of [
            /6f1e02ab/,
            /ACTIVE/,
            /\$0\.20 an hour/,
            /\$150\.00 a month, of \$200\.00/,
            /US prices, unverified/,
            /150 films/,
        ]) {
            assert.match(text, words);
        }
        const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
        assert.doesNotMatch(stored, /eyJ/);
        assert.doesNotMatch(page.url(), /eyJ/);
        await signOut(page);
        await waitForText(page, "main", /Only a signed-in viewer and the owner/);
        clean();
    });

    it("the page asks the host page for a token at the start and after an invalid token", async () => {
        const before = () => {
            const asked = { count: 0 };
            Object.assign(window, { asked });
            addEventListener("viewer-token-needed", () => {
                asked.count += 1;
            });
        };
        const page = await open("", { before });
        await waitForText(page, "h1", /Sign in/);
        const requestCount = () => page.evaluate(() => (window as unknown as { asked: { count: number } }).asked.count);
        assert.equal(await requestCount(), 1);
        const detail = { viewer: "22", token: "expired" };
        await page.evaluate((given) => dispatchEvent(new CustomEvent("viewer-signed-in", { detail: given })), detail);
        await waitForText(page, "#picks .trouble", /The token is not valid/);
        assert.ok((await requestCount()) >= 2);
    });

    it("the page ignores a viewer token in a message of another window", async () => {
        const page = await open("");
        await waitForText(page, "h1", /Sign in/);
        const token = await issuer.token({ sub: "22" });
        await page.evaluate((given) => window.postMessage({ viewer: "22", token: given }, "*"), token);
        await new Promise((done) => setTimeout(done, 300));
        await waitForText(page, "h1", /Sign in/);
    });
});
