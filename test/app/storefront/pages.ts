import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "puppeteer-core";

const axeSource = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

export interface PageOptions {
    readonly scheme?: "dark" | "light";
    readonly width?: number;
    readonly height?: number;
    readonly calm?: boolean;
    /** A script that runs in the page before all other scripts. */
    readonly before?: () => void;
}

export interface OpenPage {
    readonly page: Page;
    readonly context: BrowserContext;
    /** Errors and policy violations in the browser's console. */
    readonly complaints: string[];
}

/** Opens a URL in a browser window that shares no data with other windows. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<OpenPage> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.setViewport({ width: options.width ?? 1280, height: options.height ?? 900 });
    await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: options.scheme ?? "dark" },
        { name: "prefers-reduced-motion", value: (options.calm ?? true) ? "reduce" : "no-preference" },
    ]);
    if (options.before) await page.evaluateOnNewDocument(options.before);
    await page.goto(url);
    return { page, context, complaints };
}

/**
 * Waits until a row contains `selector`. A row requests its list, and a card its picture, only near the visible area.
 * Rows above grow during the wait, so this function scrolls to the row until the element exists, and then back.
 */
export async function atRow(page: Page, row: string, selector: string): Promise<void> {
    await page.waitForSelector(`#${row}`);
    const before = await page.evaluate(() => scrollY);
    const isThere = (id: string, sought: string) => {
        const section = document.querySelector(`#${id}`);
        if (section?.querySelector(sought)) return true;
        // A picture loads when it is within 200 px of the visible area.
        const isFar = section !== null && section.getBoundingClientRect().top > innerHeight + 150;
        if (isFar) section.scrollIntoView({ block: "nearest", behavior: "instant" });
        return false;
    };
    await page.waitForFunction(isThere, { polling: 200 }, row, selector);
    await page.evaluate((top) => scrollTo({ top, behavior: "instant" }), before);
}

/** Returns the ids of a row's films once they are loaded. */
export async function waitForFilms(page: Page, row: string): Promise<string[]> {
    await atRow(page, row, "[data-item]");
    return page.$$eval(`#${row} [data-item]`, (cards) => cards.map((card) => (card as HTMLElement).dataset.item ?? ""));
}

/** Returns the text of an element once the text is not empty. */
export async function waitForAnyText(page: Page, selector: string): Promise<string> {
    await page.waitForFunction((sought) => document.querySelector(sought)?.textContent, {}, selector);
    return page.$eval(selector, (element) => element.textContent ?? "");
}

/** Waits until an element's text matches, and returns the text. */
export async function waitForText(page: Page, selector: string, words: RegExp): Promise<string> {
    await page
        .waitForFunction(
            (sought, pattern) => new RegExp(pattern).test(document.querySelector(sought)?.textContent ?? ""),
            { timeout: 60_000 },
            selector,
            words.source,
        )
        .catch(() => undefined);
    const text = await page.$eval(selector, (element) => element.textContent ?? "").catch(() => "(not there)");
    assert.match(text, words, `${selector} says: ${text}`);
    return text;
}

/** Clicks one of several choices once it is enabled. */
export async function choose(page: Page, selector: string, value: string): Promise<void> {
    await page.waitForFunction(
        (sought, wanted) =>
            [...(document.querySelector<HTMLSelectElement>(sought)?.options ?? [])].some(
                (option) => option.value === wanted,
            ),
        {},
        selector,
        value,
    );
    await page.select(selector, value);
}

/** Returns the name of the focused element, approximately as a screen reader reads it. */
export const focused = (page: Page) =>
    page.evaluate(() => {
        const { activeElement } = document;
        return (activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? "").trim();
    });

/**
 * Returns error texts and notes whose contrast with their own background is below 4.5 (WCAG 2.2, 1.4.3). Axe skips
 * texts over a picture, even if their background is opaque.
 */
async function faintTexts(page: Page): Promise<string[]> {
    return page.$$eval(".trouble, .trouble *, .banner, .guard, .offline, .open, .chip, .hint, .stock", (elements) => {
        const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        /** Parses a colour in any format of the browser to red, green, blue and opacity, from 0 to 1. */
        const partsOf = (colour: string) => {
            if (pen === null) throw new Error("There is no canvas.");
            pen.clearRect(0, 0, 1, 1);
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data].map((value) => value / 255);
        };
        const luminance = (colour: string) => {
            const [red = 0, green = 0, blue = 0] = partsOf(colour).map((value) =>
                value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
            );
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const groundOf = (element: Element | null): string | undefined => {
            if (element === null) return undefined;
            const { backgroundColor } = getComputedStyle(element);
            return partsOf(backgroundColor)[3] === 1 ? backgroundColor : groundOf(element.parentElement);
        };
        return elements.flatMap((element) => {
            const ground = groundOf(element);
            if (ground === undefined || !element.checkVisibility() || element.textContent?.trim() === "") return [];
            const both = [luminance(getComputedStyle(element).color), luminance(ground)];
            const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
            return contrast < 4.5 ? [`${element.outerHTML.slice(0, 120)} has ${contrast.toFixed(2)}`] : [];
        });
    });
}

/** The rules of axe whose results depend on colours. */
const colourRules = ["color-contrast", "link-in-text-block"];

/**
 * Returns the violations of WCAG 2.2 A and AA and of best practices that axe finds on the page now, with all rules or
 * only with these.
 */
export async function findViolations(page: Page, only?: readonly string[]): Promise<string[]> {
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
    return page.evaluate(async (rules) => {
        interface Axe {
            run(options: object): Promise<{
                violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
            }>;
        }
        const { axe } = globalThis as unknown as { axe: Axe };
        const { violations } = await axe.run(rules === undefined ? {} : { runOnly: rules });
        return violations.map(
            ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary} (${nodes.length})`,
        );
    }, only);
}

/**
 * Asserts that the page has no violations and no faint texts in the dark and in the light theme. The themes differ in
 * colours only, so the other rules of axe check only the dark one.
 */
export async function assertAccessible(page: Page): Promise<void> {
    for (const theme of ["dark", "light"]) {
        await page.evaluate((chosen) => {
            document.documentElement.dataset.theme = chosen;
        }, theme);
        assert.deepEqual(await findViolations(page, theme === "dark" ? undefined : colourRules), [], theme);
        assert.deepEqual(await faintTexts(page), [], theme);
    }
}
