import { openBrowser } from "../packages/local-aws/demo/browser.ts";
import { computeLatency } from "./api/figures.ts";
import { benchCommand, whole } from "./lib/command.ts";
import { type Goal, printGoals, showLine, showTable } from "./lib/goals.ts";
import { categories, measurePage, type PageFigures } from "./page/lighthouse.ts";
import { startPageStack } from "./page/stack.ts";

/**
 * Measures the storefront of a stack on a local AWS with Lighthouse's mobile preset: first with MovieLens 100k, then
 * with the data of a shop that has images.
 */

/** Number of visits of which `measureVisit` returns the medians. */
const visits = 5;

const { runs } = benchCommand(
    "bench:page",
    "How fast, accessible and correct is the storefront on a phone, by Lighthouse?",
    ["", "--runs 1"],
)
    .option("--runs <n>", "runs of Lighthouse for each page; the median counts", whole(1), 5)
    .parse()
    .opts<{ runs: number }>();

const { pages, visit } = await measureAll();
process.exitCode = printGoals([...reportPages(pages), ...visitGoals(visit)]);

async function measureAll() {
    const stack = await startPageStack();
    try {
        const pages: PageFigures[] = [];
        let visit: VisitTimes | undefined;
        for (const { name, serve } of stack.pages) {
            const url = await serve();
            pages.push(await measurePage(name, url, runs));
            visit ??= await measureVisit(url);
        }
        return { pages, visit };
    } finally {
        await stack.stop();
    }
}

/** Returns the goals of the waiting times on the page of MovieLens 100k. */
function visitGoals(visit: VisitTimes | undefined): Goal[] {
    const figures = { "page-first-row": visit?.firstRowMs, "page-changed-list": visit?.changedListMs };
    return Object.entries(figures).map(([name, figure = Number.NaN]) => ({
        ...{ name, figure, limit: 1000, unit: " ms" },
        bound: "<",
    }));
}

/**
 * Prints the figures of each measured page. Returns the benchmark's goals, each with the figure of the page that has
 * the worst result.
 */
function reportPages(pages: readonly PageFigures[]): Goal[] {
    showTable(
        ["page", ...categories, "largest paint s", "blocked ms", "shift", "KiB", "elements"],
        pages.map(({ name, scores, ...page }) => [
            name,
            ...categories.map((category) => scores[category]),
            page.largestPaintSeconds.toFixed(2),
            page.blockedMs.toFixed(0),
            page.shift.toFixed(3),
            page.kibibytes.toFixed(0),
            page.elements,
        ]),
    );
    for (const { name, faults } of pages) for (const fault of faults) showLine(`${name}: ${fault}`);
    return [
        ...categories.map(
            (category): Goal => ({
                name: `page-${category}`,
                figure: Math.min(...pages.map(({ scores }) => scores[category])),
                bound: ">=",
                limit: 100,
            }),
        ),
        {
            name: "page-largest-paint",
            figure: Math.max(...pages.map(({ largestPaintSeconds }) => largestPaintSeconds)),
            bound: "<=",
            limit: 1.5,
            unit: " s",
        },
        { name: "page-elements", figure: Math.max(...pages.map(({ elements }) => elements)), bound: "<", limit: 1500 },
    ];
}

/** Medians of the waiting times of a visit, in milliseconds. */
interface VisitTimes {
    /** Time from the start of loading until the first row shows films. The browser has cached the page's files. */
    readonly firstRowMs: number;
    /** Time from Watch to the changed list, as the page states it. */
    readonly changedListMs: number;
}

/** Measures how long a viewer waits for the first row of the page, and for a changed list after Watch. */
async function measureVisit(url: string): Promise<VisitTimes> {
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
