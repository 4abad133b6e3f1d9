import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Browser, Page } from "puppeteer-core";
import { messageOf } from "terminal-text";
import { version } from "../instance.ts";
import { openBrowser } from "./browser.ts";

/** `npm run screenshots -- --url URL --report report.html`: the pictures of docs/. */

interface Shot {
    readonly name: string;
    /** The fragment of the page's address. */
    readonly hash: string;
    readonly theme: "dark" | "light";
    readonly phone?: boolean;
    /** Selectors to click, in order, before the screenshot. */
    readonly clicks?: readonly string[];
    /** Selector of an element that must exist before the screenshot. */
    readonly until: string;
}

/** Device scale factor of the screenshots. A value above 1 lets Chromium on Linux position letters at subpixels. */
const fineLetters = 1.0001;

const row = "#picks [data-item]";
const shots: readonly Shot[] = [
    { name: "welcome", hash: "#/", theme: "light", until: "#popular [data-item]" },
    { name: "desktop", hash: "#/?viewer=22", theme: "light", until: row },
    { name: "dark", hash: "#/?viewer=22", theme: "dark", until: row },
    { name: "phone", hash: "#/?viewer=22", theme: "dark", phone: true, until: row },
    { name: "changed", hash: "#/?viewer=122", theme: "dark", clicks: [".hero .primary"], until: "#picks .chip" },
    {
        name: "film",
        hash: "#/?viewer=6",
        theme: "light",
        clicks: [".hero .primary", "#because [data-item]:nth-child(3) button"],
        until: ".similar button",
    },
    { name: "drawer", hash: "#/?viewer=22", theme: "dark", clicks: ["#picks .details"], until: ".drawer .scores" },
    { name: "compare", hash: "#/compare?viewer=22", theme: "light", until: ".column:nth-child(2) [data-item]" },
    {
        name: "phone-compare",
        hash: "#/compare?viewer=22",
        theme: "dark",
        phone: true,
        until: "#personal-panel [data-item]",
    },
    { name: "status", hash: "#/?viewer=22", theme: "dark", clicks: ["nav a:last-child"], until: ".visit" },
];

const options = new Command("screenshots")
    .description("Takes screenshots of a running storefront and saves them in docs/images")
    .version(version, "--version", "print the version")
    .addHelpText(
        "after",
        "\nExamples:\n  npm run screenshots -- --url URL\n  npm run screenshots -- --url URL --out /tmp --only desktop phone",
    )
    .requiredOption("--url <url>", "the page, such as the demo prints it", parseAddress)
    .option("--out <folder>", "folder for the pictures", join(import.meta.dirname, "../../../docs/images"))
    .option("--report <file>", "also take the HTML page of data-prep's quality report")
    .addOption(new Option("--only <names...>", "some of the pictures").choices(shots.map(({ name }) => name)))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<{ url: string; out: string; report?: string; only?: string[] }>();

function parseAddress(text: string): string {
    if (!URL.canParse(text))
        throw new InvalidArgumentError(
            "The value must be a complete URL, such as the storefront URL that npm run demo prints.",
        );
    return text;
}

const browser = await openBrowser();
try {
    await mkdir(options.out, { recursive: true });
    for (const shot of shots.filter(({ name }) => options.only?.includes(name) ?? true)) {
        const path = `${options.out}/storefront-${shot.name}.webp` as const;
        await take(browser, shot, path);
        console.log(path);
    }
    if (options.report !== undefined) {
        const path = `${options.out}/quality-report.webp` as const;
        const page = await browser.newPage();
        await page.setViewport({ width: 1200, height: 900, deviceScaleFactor: fineLetters });
        await page.goto(pathToFileURL(options.report).href);
        await page.screenshot({ path, quality: 90, fullPage: true });
        console.log(path);
    }
} catch (error) {
    console.error(
        `The screenshots failed: ${messageOf(error)}\nDoes the page answer?  curl -I '${options.url}'   (npm run demo prints the URL)`,
    );
    process.exitCode = 1;
} finally {
    await browser.close();
}

async function take(browser: Browser, shot: Shot, path: `${string}.webp`): Promise<void> {
    const context = await browser.createBrowserContext();
    const page: Page = await context.newPage();
    await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: shot.theme },
        { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await page.setViewport(
        shot.phone
            ? { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
            : { width: 1440, height: 900, deviceScaleFactor: fineLetters },
    );
    await page.goto(new URL(shot.hash, options.url).href);
    await page.waitForSelector("[data-item], .panel .figure");
    await page.waitForNetworkIdle({ idleTime: 200 });
    for (const selector of shot.clicks ?? []) await page.locator(selector).click();
    await page.waitForSelector(shot.until);
    await page.waitForNetworkIdle({ idleTime: 200 });
    await page.screenshot({ path, quality: 90 });
    await context.close();
}
