import { benchCommand, whole } from "./lib/command.ts";
import { type Goal, printGoals, showLine, showTable } from "./lib/goals.ts";
import { categories, measurePage, type PageFigures } from "./page/lighthouse.ts";
import { startPageStack } from "./page/stack.ts";
import { measureVisit, type VisitTimes } from "./page/visit.ts";

/**
 * Measures the storefront of a stack on a local AWS with Lighthouse's mobile preset: first with MovieLens 100k, then
 * with the data of a shop that has images.
 */

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
