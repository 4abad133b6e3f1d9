import { fetchMovieLens } from "../data-prep/movielens.ts";
import { prepare } from "../data-prep/prepare.ts";
import { openBrowser } from "../packages/local-aws/demo/browser.ts";
import { assertExit, startTestAws, type TestAws } from "../test/support/local-aws.ts";
import { computeLatency } from "./api/figures.ts";
import { benchCommand, whole } from "./lib/command.ts";
import { type Goal, log, printGoals, showLine, showTable } from "./lib/goals.ts";
import { categories, measurePage, type PageFigures } from "./page/lighthouse.ts";

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
function visitGoals({ firstRowMs, changedListMs }: VisitTimes): Goal[] {
    const figures = { "page-first-row": firstRowMs, "page-changed-list": changedListMs };
    return Object.entries(figures).map(([name, figure]) => ({
        ...{ name, figure, limit: 1000, unit: " ms" },
        bound: "<",
    }));
}

/** Prints the figures of the page, and returns the goals for them. */
function reportPage({ scores, faults, elements, ...page }: PageFigures): Goal[] {
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
