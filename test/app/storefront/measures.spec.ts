import assert from "node:assert/strict";
import { waitForFilms, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

interface Shift extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly { readonly node: Node | null }[];
}

/**
 * Sums up layout shifts without a user action (Cumulative Layout Shift), from the first paint on. Leaves out the row
 * `#picks`, whose films may change, and the large film above this row (`.hero`).
 * Also records which elements moved, for the message of a failing test.
 */
const watchShifts = () => {
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as Shift[]) {
            const before = Number(document.documentElement.dataset.shift ?? 0);
            const wanted = entry.sources.every(({ node }) => node?.parentElement?.closest("#picks .track, .hero"));
            if (entry.hadRecentInput || wanted) continue;
            document.documentElement.dataset.shift = String(before + entry.value);
            const names = entry.sources.map(
                ({ node }) => node?.parentElement?.outerHTML.slice(0, 80) ?? "a removed element",
            );
            document.documentElement.dataset.moved = names.join(" ");
        }
    }).observe({ type: "layout-shift", buffered: true });
};

describe("Storefront layout shift", () => {
    const site = storefrontSite();
    const { open } = site;

    for (const width of [390, 1440]) {
        it(`slow loading does not shift the layout at a width of ${width} px`, async () => {
            const parked = await site.serve({ parked: true });
            for (const [of, hash] of [
                [site.served, "#/"],
                [site.served, "#/?viewer=6"],
                [parked, "#/?viewer=6"],
                [site.served, "#/compare?viewer=6"],
                [site.served, "#/status"],
            ] as const) {
                of.control.delayMs = 300;
                const page = await site.openUrl(`${of.url}${hash}`, { width, calm: false, before: watchShifts });
                await page.waitForSelector("[data-item], .panel .figure");
                await page.waitForNetworkIdle({ idleTime: 500 });
                const shift = Number(await page.evaluate(() => document.documentElement.dataset.shift ?? 0));
                assert.ok(shift < 0.02, `${hash}: ${shift}`);
                of.control.delayMs = 0;
            }
        });
    }

    it("a click on Watch shifts nothing but the films", async () => {
        const page = await open("#/?viewer=15", { before: watchShifts });
        await waitForFilms(page, "popular");
        // Loading the page scrolled to the row above. The tests above measure loading.
        await page.waitForNetworkIdle({ idleTime: 500 });
        await page.evaluate(() => document.documentElement.removeAttribute("data-shift"));
        site.served.control.delayMs = 300;
        await page.locator(".hero .primary").click();
        await waitForText(page, "#picks .row-note", /^Because/);
        site.served.control.delayMs = 0;
        const { shift = 0, moved } = await page.evaluate(() => ({ ...document.documentElement.dataset }));
        assert.ok(Number(shift) < 0.02, `${shift}: ${moved}`);
    });
});
