import assert from "node:assert/strict";
import { focused, waitForText } from "./pages.ts";
import { storefrontSite } from "./site.ts";

describe("Comparison page on a phone", () => {
    const site = storefrontSite();
    const open = (width: number) => site.open(`#/compare?viewer=6`, { width, height: 844 });

    it("each tab of the comparison page shows one of the three lists", async () => {
        const page = await open(390);
        await page.waitForSelector("#personal-panel [data-item]", { visible: true });
        const shown = () =>
            page.$$eval("[role=tabpanel]", (all) => all.filter((one) => one.checkVisibility()).map(({ id }) => id));
        const tabs = () =>
            page.$$eval("[role=tab]", (all) =>
                all.map((tab) => [tab.textContent, tab.getAttribute("aria-selected"), (tab as HTMLElement).tabIndex]),
            );
        assert.deepEqual(await shown(), ["personal-panel"]);
        assert.deepEqual(await tabs(), [
            ["Popular", "false", -1],
            ["Similar", "false", -1],
            ["Personal", "true", 0],
        ]);
        await page.locator("#popular-tab").click();
        assert.deepEqual(await shown(), ["popular-panel"]);
        const linked = await page.$$eval("[role=tab]", (all) =>
            all.map((tab) => {
                const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
                return panel?.getAttribute("role") === "tabpanel" && panel.getAttribute("aria-labelledby") === tab.id;
            }),
        );
        assert.deepEqual(linked, [true, true, true]);
        site.clean();
    });

    it("the Tab key stops once at the tabs, and arrow keys select a tab", async () => {
        const page = await open(390);
        await page.waitForSelector("#personal-panel [data-item]", { visible: true });
        await page.focus("#personal-tab");
        const chosen = () => page.$eval('[role=tab][aria-selected="true"]', (tab) => tab.textContent);
        for (const [key, name] of [
            ["ArrowLeft", "Similar"],
            ["Home", "Popular"],
            ["ArrowRight", "Similar"],
            ["End", "Personal"],
        ] as const) {
            await page.keyboard.press(key);
            await page.waitForFunction(
                (wanted) => document.querySelector('[role=tab][aria-selected="true"]')?.textContent === wanted,
                {},
                name,
            );
            assert.equal(await focused(page), name);
        }
        await page.keyboard.press("Tab");
        assert.equal(
            await page.evaluate(() => document.activeElement?.closest("section")?.id),
            "personal-panel",
            "the next stop is the chosen list",
        );
        await page.keyboard.down("Shift");
        await page.keyboard.press("Tab");
        await page.keyboard.up("Shift");
        assert.equal(await focused(page), (await chosen()) ?? "");
    });

    it("on a wide screen, the comparison page shows three lists without tabs", async () => {
        const page = await open(390);
        await page.waitForSelector("[role=tab]");
        await page.setViewport({ width: 1280, height: 844 });
        await page.waitForSelector("[role=tab]", { hidden: true });
        const shown = await page.$$eval(".column", (all) => all.filter((one) => one.checkVisibility()).length);
        assert.equal(shown, 3);
        assert.equal(await page.$("[role=tabpanel]"), null);
        await waitForText(page, "#personal-title", /^Personal$/);
    });
});
