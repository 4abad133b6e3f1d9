import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { tableOf } from "../../config/records.ts";
import { openBrowser } from "../../packages/local-aws/demo/browser.ts";
import { computeLatency } from "../api/figures.ts";
import { log } from "../lib/goals.ts";

/** Categories of Lighthouse that the bench uses. */
export const categories = ["performance", "accessibility", "best-practices", "seo"] as const;
type Category = (typeof categories)[number];

export interface PageFigures {
    /** Lighthouse's scores by category, from 0 to 100. */
    readonly scores: Readonly<Record<Category, number>>;
    readonly largestPaintSeconds: number;
    /** Number of elements in the document after it has loaded, including those of SVG. */
    readonly elements: number;
    /** Titles of audits with a score below 0.9, after the name of their category. */
    readonly faults: readonly string[];
}

/** The parts of Lighthouse's result that the bench reads. */
interface Report {
    readonly runtimeError?: { readonly message: string };
    readonly categories: Readonly<
        Record<
            string,
            {
                readonly score: number | null;
                readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
            }
        >
    >;
    readonly audits: Readonly<
        Record<string, { readonly title: string; readonly score: number | null; readonly numericValue?: number }>
    >;
}
type Lighthouse = (url: string, flags: object) => Promise<{ readonly lhr: Report } | undefined>;

const installed = join(import.meta.dirname, "../../.tools/lighthouse/node_modules/lighthouse/core/index.js");

/**
 * Runs Lighthouse with its default mobile preset, each time in a new browser, and returns the medians of the runs.
 *
 * @throws Error if Lighthouse cannot load the page
 */
export async function measurePage(url: string, runs: number): Promise<PageFigures> {
    const { default: lighthouse } = (await import(pathToFileURL(installed).href)) as { default: Lighthouse };
    const reports: Report[] = [];
    let elements = 0;
    for (let run = 1; run <= runs; run++) {
        log(`run ${run} of ${runs}`);
        const browser = await openBrowser();
        try {
            const port = Number(new URL(browser.wsEndpoint()).port);
            const result = await lighthouse(url, { port, logLevel: "error", onlyCategories: [...categories] });
            if (result === undefined || result.lhr.runtimeError) {
                throw new Error(`Lighthouse cannot measure ${url}: ${result?.lhr.runtimeError?.message}`);
            }
            reports.push(result.lhr);
            if (run === 1) elements = await countElements(browser, url);
        } finally {
            await browser.close();
        }
    }
    const medianOf = (value: (report: Report) => number) => computeLatency(reports.map(value)).p50;
    const audit = (id: string) => medianOf(({ audits }) => audits[id]?.numericValue ?? Number.NaN);
    return {
        scores: tableOf(categories, (category) =>
            Math.round(100 * medianOf((report) => report.categories[category]?.score ?? 0)),
        ),
        largestPaintSeconds: audit("largest-contentful-paint") / 1000,
        elements,
        faults: [...new Set(reports.flatMap(faultsOf))],
    };
}

/**
 * Returns the number of elements of a page in a wide window. Scrolls to the end first, because a row of the page loads
 * its list only when it is visible.
 */
async function countElements(browser: Browser, url: string): Promise<number> {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await page.goto(url, { waitUntil: "networkidle0" });
    // The page reserves the height of a row before the row loads, so the height of the page does not change.
    const screens = Number(await page.evaluate("document.documentElement.scrollHeight / innerHeight"));
    for (let screen = 1; screen <= screens; screen++) {
        await page.evaluate(`scrollTo(0, ${screen} * innerHeight)`);
        await page.waitForNetworkIdle({ idleTime: 300 });
    }
    return (await page.$$("*")).length;
}

function faultsOf(report: Report): string[] {
    return categories.flatMap((category) =>
        (report.categories[category]?.auditRefs ?? []).flatMap(({ id, weight }) => {
            const { score = null, title = id } = report.audits[id] ?? {};
            return weight > 0 && score !== null && score < 0.9 ? [`${category}: ${title}`] : [];
        }),
    );
}
