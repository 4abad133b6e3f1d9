import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { tableOf } from "../core/config/records.ts";
import { fetchMovieLens } from "../data-prep/movielens.ts";
import { prepare } from "../data-prep/prepare.ts";
import { openBrowser } from "../packages/local-aws/demo/browser.ts";
import { assertExit, startTestAws, type TestAws } from "../test/support/local-aws.ts";
import { computeLatency } from "./api/figures.ts";
import { benchCommand, type Goal, log, printGoals, showLine, showTable, whole } from "./lib/command.ts";

/** Categories of Lighthouse that the bench uses. */
const categories = ["performance", "accessibility", "best-practices", "seo"] as const;

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

const installed = join(import.meta.dirname, "../.tools/lighthouse/node_modules/lighthouse/core/index.js");

/**
 * Runs Lighthouse with its default mobile preset, each time in a new browser, and returns the medians of the runs: the
 * scores by category (0 to 100), the number of elements after the page has loaded, including those of SVG, and in
 * `faults` the titles of audits with a score below 0.9.
 *
 * @throws Error if Lighthouse cannot load the page
 */
async function measurePage(url: string, runs: number) {
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

/** Measures the storefront of a stack with MovieLens 100k on a local AWS, with Lighthouse's mobile preset. */

/** Number of visits of which `measureVisit` returns the medians. */
const visits = 5;

const { runs } = benchCommand(
    "bench:page",
    "How fast, accessible and correct is the storefront on a phone, by Lighthouse?",
    ["", "--runs 1"],
)
    .option("--runs <n>", "runs of Lighthouse; the median counts", whole(1), 5)
    .parse()
    .opts<{ runs: number }>();

const { page, visit } = await measureAll();
process.exitCode = printGoals([...reportPage(page), ...visitGoals(visit)]);

async function measureAll() {
    const aws = await startTestAws();
    try {
        const url = await deployPage(aws);
        return { page: await measurePage(url, runs), visit: await measureVisit(url) };
    } finally {
        await aws.stop();
    }
}

/** Deploys the storefront with MovieLens 100k, and returns the address of a viewer's page. */
async function deployPage(aws: TestAws): Promise<string> {
    log("deploying the storefront with MovieLens 100k on a local AWS");
    const input = await fetchMovieLens("data/ml-100k", { log, env: process.env });
    await prepare({ input, output: aws.interactionsFile, log: () => {} });
    await aws.configure({
        ...{ api: true, storefront: "api", eventTracker: true },
        ...{ publicHistories: true, prefetchUsers: 0 },
    });
    assertExit(await aws.engine("up"), 0);
    return `${(await aws.outputs()).storefrontUrl}#/?viewer=22`;
}

/** Returns the goals of the waiting times of a visit. */
function visitGoals({ firstRowMs, changedListMs }: Awaited<ReturnType<typeof measureVisit>>): Goal[] {
    const figures = { "page-first-row": firstRowMs, "page-changed-list": changedListMs };
    return Object.entries(figures).map(([name, figure]) => ({
        ...{ name, figure, limit: 1000, unit: " ms" },
        bound: "<",
    }));
}

/** Prints the figures of the page, and returns the goals for them. */
function reportPage({ scores, faults, elements, ...page }: Awaited<ReturnType<typeof measurePage>>): Goal[] {
    showTable(
        [...categories, "largest paint s", "elements"],
        [[...categories.map((category) => scores[category]), page.largestPaintSeconds.toFixed(2), elements]],
    );
    for (const fault of faults) showLine(fault);
    return [
        ...categories.map(
            (category): Goal => ({ name: `page-${category}`, figure: scores[category], bound: ">=", limit: 100 }),
        ),
        { name: "page-largest-paint", figure: page.largestPaintSeconds, bound: "<=", limit: 1.5, unit: " s" },
        { name: "page-elements", figure: elements, bound: "<", limit: 1500 },
    ];
}

/**
 * Measures how long a viewer waits for the first row of the page, whose files the browser has cached, and for a changed
 * list after Watch, as the page states it. Returns the medians in milliseconds.
 */
async function measureVisit(url: string) {
    const browser = await openBrowser();
    try {
        const page = await browser.newPage();
        const [shown, changed]: [number[], number[]] = [[], []];
        await page.goto(url);
        for (let turn = 0; turn < visits; turn++) {
            await page.waitForSelector("#picks [data-item]");
            await page.evaluate("sessionStorage.clear()");
            await page.reload();
            await page.waitForSelector("#picks [data-item]");
            shown.push(Number(await page.evaluate("performance.now()")));
            await page.locator(".hero .primary").click();
            const time =
                "/in ([\\d.]+) ms\\.$/.exec(document.querySelector('#picks .row-note')?.textContent ?? '')?.[1]";
            changed.push(Number(await (await page.waitForFunction(time)).jsonValue()));
        }
        return { firstRowMs: computeLatency(shown).p50, changedListMs: computeLatency(changed).p50 };
    } finally {
        await browser.close();
    }
}
