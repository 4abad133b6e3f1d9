import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { priceTable } from "../components/cost/price-table.ts";
import { countAlarmMetrics, observedStack } from "../components/observability/alarms.ts";
import { parseConfig, type StackConfig } from "../core/config/config.ts";
import { keyLists, pulumiYaml } from "../core/config/documents.ts";
import { toConfigText } from "../core/config/kinds.ts";
import {
    approximately,
    campaignUsdPerHour,
    campaignUsdPerMonth,
    hoursPerMonth,
    trainingUsd,
    type UsdRange,
} from "../core/config/prices.ts";
import { personalizeRegions } from "../core/config/regions.ts";
import { defaultLimitUsd, estimate } from "../core/cost/estimate.ts";
import { graceHours } from "../core/cost/guard-config.ts";
import { notificationKinds } from "../core/cost/notifications.ts";
import { type PlannedStack, plannedByConfig } from "../core/cost/planned-stack.ts";
import { edgeHourUsd, worstHour, worstHourUsd } from "../core/cost/worst-hour.ts";
import { observedMinutes } from "../runbooks/lib/preview/meaning.ts";
import { runbooks } from "../runbooks/runbooks.mjs";

/** `npm run docs:write`: writes the marked figures, tables and lists of the documents from the code that decides them. */

const root = join(import.meta.dirname, "..");
const [v1, v2] = ["aws-user-personalization", "aws-user-personalization-v2"] as const;
const movieLens = { interactions: 100_000, bytes: 2_000_000 };

/** Returns the configuration with the values of a stack's file and the defaults of all other keys. */
function configOf(values: Readonly<Record<string, unknown>>): StackConfig {
    const text = (key: string) => (values[key] === undefined ? undefined : toConfigText(values[key]));
    const stack = { project: "movie-recommender", stack: "dev", region: "eu-central-1", keys: [], secretKeys: [] };
    const config = parseConfig(text, stack);
    if (!("names" in config)) throw new Error(JSON.stringify(config));
    return config;
}

const planOf = (config: StackConfig, more: Partial<PlannedStack>): PlannedStack => ({
    ...plannedByConfig(config),
    ...movieLens,
    alarmMetrics: countAlarmMetrics(observedStack(config)),
    dashboards: config.observability.dashboard ? 1 : 0,
    ...more,
});
const defaults = configOf({});
const defaultStack = (recipe: string, expectedRequestsPerDay: number) =>
    planOf(defaults, { recipe, expectedRequestsPerDay });

/** Returns the table with a row for each amount, for both recipes. */
function byRecipe(heading: string, rows: Readonly<Record<string, (recipe: string) => UsdRange | number>>): string {
    const lines = Object.entries(rows).map(
        ([what, usd]) => `| ${what} | ${approximately(usd(v1))} | ${approximately(usd(v2))} |`,
    );
    return [`| ${heading} | default recipe | v2 |`, "|---|---|---|", ...lines].join("\n");
}

function monthTable(): string {
    const month = (requests: number) => (recipe: string) => estimate(defaultStack(recipe, requests)).expectedUsd;
    const requests = [0, 86_400, 1_000_000].map((count) => [
        `a month with ${count.toLocaleString("en-US")} requests a day`,
        month(count),
    ]);
    return byRecipe("cost of a month", {
        "parked for the whole month, with 0 requests a day": (recipe) => parkedUsd(recipe, 0),
        ...Object.fromEntries(requests),
    });
}

const parkedUsd = (recipe: string, requests: number) =>
    estimate({ ...defaultStack(recipe, requests), hasCampaign: false }).expectedUsd;

function hoursTable(): string {
    const hours = (count: number) => (recipe: string) => count * campaignUsdPerHour(recipe, 1);
    // From the guard's decision, a campaign exists for at most one interval and about 18 minutes of deletion.
    const enforced = defaults.idle.hours + graceHours(defaults.idle) + (defaults.guardMinutes + 18) / 60;
    return byRecipe("what", {
        "the campaign, one hour": hours(1),
        "a training on 100,000 interactions": (recipe) => trainingUsd(recipe, movieLens),
        "a demo forgotten for a month": hours(hoursPerMonth),
        "this demo, parked as unused": hours(enforced),
        "saved by parking from 20:00 to 8:00, a month": hours((hoursPerMonth / 24) * (12 - 18 / 60)),
    });
}

function modesTable(): string {
    const file = load(readFileSync(join(root, "Pulumi.small.yaml"), "utf8")) as { config: Record<string, unknown> };
    const values = Object.entries(file.config).map(([key, value]) => [key.replace("movie-recommender:", ""), value]);
    const small = planOf(configOf(Object.fromEntries(values)), { bytes: 3_000_000 });
    const rows = [1000, 10_000, 100_000, 1_000_000].map((viewers) => {
        const usd = (more: Partial<PlannedStack>) =>
            approximately(estimate({ ...small, expectedRequestsPerDay: viewers, ...more }).expectedUsd);
        const lists = [7, 1].map((everyDays) => usd({ hasCampaign: false, batchLists: { viewers, everyDays } }));
        return `| ${viewers.toLocaleString("en-US")} viewers and requests | ${lists.join(" | ")} | ${usd({ hasCampaign: true })} |`;
    });
    const heading = "| viewers and requests a day | weekly lists | daily lists | campaign |";
    return [heading, "|---|---|---|---|", ...rows].join("\n");
}

/** Returns docs/security.md's table of the worst hour. */
function worstHourTable(): string {
    const total = worstHourUsd(defaults);
    const more = (change: Partial<StackConfig>) =>
        `${approximately(worstHourUsd({ ...defaults, ...change }) - total)} more`;
    const experiment = { name: "first", control: "popular", share: 50, windowHours: 24 } as const;
    const issuer = { issuer: "https://login.example", audience: "films", claim: "sub" };
    const rows = [
        ...worstHour(defaults).map(({ what, usd }) => [what, approximately(usd)]),
        ["**total through API Gateway**", `**${approximately(total)}**`],
        [
            "with `observability.traces`: a trace of each request",
            more({ observability: { ...defaults.observability, traces: true } }),
        ],
        ["with `viewerAuth`: calls of viewers with a token", more({ viewerAuth: issuer })],
        ["with `experiment`: records of viewers and events", more({ experiment })],
        ["with `storefront: cloudfront`: downloads at 1 Gbit/s", approximately(edgeHourUsd())],
    ];
    return ["| cost of an hour | default |", "|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}

/** Returns docs/runbooks.md's table. Some runbooks share a section. */
function runbooksTable(): string {
    const section = (name: string) => (/^(park|resume)$/.test(name) ? "park-resume" : name);
    const rows = Object.entries(runbooks).map(
        ([name, { purpose, changes, costs, asks }]) =>
            `| [${name}](#${section(name)}) | ${purpose} | ${changes} | ${costs} | ${asks ? "yes" : "no"} |`,
    );
    return ["| runbook | purpose | changes | costs | asks |", "|---|---|---|---|---|", ...rows].join("\n");
}

const { groupAndDataset, import: imported, training, campaign } = observedMinutes;
const minutes = (...parts: readonly { readonly low: number; readonly high: number }[]) =>
    `${parts.reduce((sum, { low }) => sum + low, 0)} to ${parts.reduce((sum, { high }) => sum + high, 0)} minutes`;

/** Figures in a sentence or a printed example, by the name of their mark. */
export const figures: Readonly<Record<string, string>> = {
    "campaign-a-month": `${approximately(campaignUsdPerMonth(v1, 1))} a month`,
    "stack-a-month": `${approximately(estimate(defaultStack(v1, 0)).idleUsd)} a month`,
    "parked-month": `${approximately(parkedUsd(v1, 0))} a month`,
    "campaign-an-hour": `${approximately(campaignUsdPerHour(v1, 1))} an hour`,
    training: approximately(trainingUsd(v1, movieLens)),
    "minutes-of-up": minutes(groupAndDataset, imported, training, campaign),
    "minutes-of-import-and-training": minutes(imported, training),
    "minutes-of-an-import": minutes(imported),
    "minutes-of-a-training": minutes(training),
    "minutes-of-a-campaign": minutes(campaign),
    "parked-month-with-requests": approximately(parkedUsd(v1, 10_000)),
    "default-limit": `$${defaultLimitUsd(defaultStack(v1, 10_000))}`,
    throttle: `${defaults.throttle.requestsPerSecond}`,
    regions: personalizeRegions.map((region) => `\`${region}\``).join(", "),
    "notification-kinds": notificationKinds.map((kind) => `\`${kind}\``).join(", "),
};

/** Tables, lists and blocks of code, by the name of their mark. */
const blocks: Readonly<Record<string, () => string>> = {
    "price-table": () => `\`\`\`\n${priceTable(estimate(defaultStack(v1, 10_000)), 10_000)}\n\`\`\``,
    "cost-of-a-month": monthTable,
    "cost-of-hours": hoursTable,
    "cost-of-serving-modes": modesTable,
    "worst-hour": worstHourTable,
    runbooks: runbooksTable,
    ...keyLists,
};

/** Returns a document's text with each mark's content, `<!--name-->content<!--/-->`, made new. */
function fill(text: string): string {
    return text.replaceAll(/<!--([\w-]+)-->[\s\S]*?<!--\/-->/g, (_all, name: string) => {
        const content = figures[name] ?? `\n${blocks[name]?.()}\n`;
        if (content.includes("undefined")) throw new Error(`docs/write.ts has no figure "${name}"`);
        return `<!--${name}-->${content}<!--/-->`;
    });
}

/** Returns the files that contain text from the code, each with its text as it must be. */
export function written(): readonly { readonly file: string; readonly text: string }[] {
    const pages = readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : []));
    return ["README.md", ...pages, "Pulumi.yaml"].flatMap((file) => {
        const text = readFileSync(join(root, file), "utf8");
        const isMarked = file === "Pulumi.yaml" || text.includes("<!--/-->");
        return isMarked ? [{ file, text: file === "Pulumi.yaml" ? pulumiYaml(text) : fill(text) }] : [];
    });
}

if (import.meta.main) {
    for (const { file, text } of written()) {
        if (text === readFileSync(join(root, file), "utf8")) continue;
        writeFileSync(join(root, file), text);
        process.stderr.write(`wrote ${file}\n`);
    }
}
