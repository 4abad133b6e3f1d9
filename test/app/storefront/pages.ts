import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "puppeteer-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export interface PageOptions {
    readonly scheme?: "dark" | "light";
    readonly width?: number;
    readonly height?: number;
    readonly calm?: boolean;
    /** Runs in the page before anything else does. */
    readonly before?: () => void;
}

export interface OpenPage {
    readonly page: Page;
    readonly context: BrowserContext;
    /** Complaints of the console: errors and policy violations. */
    readonly complaints: string[];
}

/** Opens an address in a window of its own, which knows nothing of the others. */
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

/** Scrolls to a row, which requests its list near the view, until `selector` is in it; then scrolls back. */
export async function atRow(page: Page, row: string, selector: string): Promise<void> {
    const place = await page.waitForSelector(`#${row}`);
    const before = await page.evaluate(() => scrollY);
    await place?.evaluate((section) => section.scrollIntoView({ block: "nearest", behavior: "instant" }));
    await page.waitForSelector(`#${row} ${selector}`);
    await page.evaluate((top) => scrollTo({ top, behavior: "instant" }), before);
}

/** The films of a row, by id, once they are there. */
export async function filmsOf(page: Page, row: string): Promise<string[]> {
    await atRow(page, row, "[data-item]");
    return page.$$eval(`#${row} [data-item]`, (cards) => cards.map((card) => (card as HTMLElement).dataset.item ?? ""));
}

/** The text of an element, once it has some. */
export async function textOf(page: Page, selector: string): Promise<string> {
    await page.waitForFunction((sought) => document.querySelector(sought)?.textContent, {}, selector);
    return page.$eval(selector, (element) => element.textContent ?? "");
}

/** Waits until an element's text matches, and returns the text. */
export async function said(page: Page, selector: string, words: RegExp): Promise<string> {
    await page
        .waitForFunction(
            (sought, pattern) => new RegExp(pattern).test(document.querySelector(sought)?.textContent ?? ""),
            { timeout: 5000 },
            selector,
            words.source,
        )
        .catch(() => undefined);
    const text = await page.$eval(selector, (element) => element.textContent ?? "").catch(() => "(not there)");
    assert.match(text, words, `${selector} says: ${text}`);
    return text;
}

/** Chooses one of several, once it can be chosen. */
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

/** Name of the focused element, approximately as for a screen reader. */
export const focused = (page: Page) =>
    page.evaluate(() => {
        const { activeElement } = document;
        return (activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? "").trim();
    });

/** Violations that axe finds on the page now, by WCAG 2.2 A and AA and its best practices. */
export async function violationsOf(page: Page): Promise<string[]> {
    await page.evaluate(axeSource);
    return page.evaluate(async () => {
        const { violations } = await (
            globalThis as unknown as {
                axe: {
                    run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
                };
            }
        ).axe.run();
        return violations.map(
            ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary} (${nodes.length})`,
        );
    });
}
