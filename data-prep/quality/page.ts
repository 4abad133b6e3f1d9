import { dateOf } from "access-doctor/times";
import { sourceColumns } from "../layout.ts";
import type { Plan } from "../row-writer.ts";
import { abbreviate } from "../values.ts";
import { count, counted } from "../words.ts";
import type { Check } from "./checks.ts";
import type { Figures } from "./figures.ts";

/**
 * Returns how the report describes an input file: its columns, and the values of the used columns in the first five
 * rows.
 */
export function sourceOf(plan: Plan) {
    const { used, ignored } = sourceColumns(plan);
    const rows = plan.table.sample.slice(0, 5).map((row) => used.map(({ index }) => abbreviate(row[index] ?? "", 40)));
    return { file: plan.table.name, used: used.map(({ part, column }) => ({ part, column })), ignored, rows };
}

/** Content of the quality report. */
export interface QualityReport {
    readonly name: string;
    readonly checks: readonly Check[];
    readonly figures: Figures;
    /** Events of each type, the most frequent first. */
    readonly eventTypes: readonly { readonly name: string; readonly rows: number }[];
    readonly sources: readonly ReturnType<typeof sourceOf>[];
}

const style = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #ffffff; --line: #d0d7de; --bar: #2f6fbd; --green: #1a7f37; --amber: #9a6700; --red: #cf222e }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --back: #0d1117; --line: #30363d; --bar: #6cb0ff; --green: #3fb950; --amber: #d29922; --red: #ff7b72 } }
* { box-sizing: border-box } body { margin: 0 auto; padding: 24px 16px; max-width: 1080px; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 24px; margin: 0 } h2 { font-size: 17px; margin: 0 0 8px; overflow-wrap: anywhere } .rows { overflow-x: auto } p { margin: 4px 0 16px; color: var(--soft) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 24px; margin: 24px 0 }
svg { width: 100%; height: auto; display: block } svg text { fill: var(--soft); font: 12px system-ui, sans-serif } rect { fill: var(--bar) }
.grid { stroke: var(--line) } .curve { fill: none; stroke: var(--bar); stroke-width: 2.5 } .equal { stroke: var(--soft); stroke-dasharray: 4 4; fill: none }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: 8px 12px 8px 0; border-top: 1px solid var(--line) } th { color: var(--soft); font-weight: 500 }
.level { font-weight: 600; white-space: nowrap } .green { color: var(--green) } .amber { color: var(--amber) } .red { color: var(--red) }
@media (max-width: 640px) { .reference { display: none } }`;

const day = 86_400;

/** Returns the report as one HTML page without other files and scripts. */
export function qualityPage({ name, checks, figures, eventTypes, sources }: QualityReport): string {
    const { events, histories, popularity, gini, firstTimestamp, lastTimestamp } = figures;
    const order = ["red", "amber", "green"] as const;
    const rows = order.flatMap((level) =>
        checks
            .filter((check) => check.level === level)
            .map(
                ({ id, found, reference, advice }) =>
                    `<tr data-check="${html(id)}"><td class="level ${level}">${level}</td>` +
                    `<td>${html(found)}</td><td>${html(advice)}</td><td class="reference">${html(reference)}</td></tr>`,
            ),
    );
    const levels = order
        .map((level) => `${checks.filter((check) => check.level === level).length} ${level}`)
        .join(", ");
    const bar = (index: number) => {
        const start = firstTimestamp + index * events.daysPerBar * day;
        return `${dateOf(start)}: ${counted(events.bars[index] ?? 0, "event")}`;
    };
    const figure = (title: string, text: string, chart: string) =>
        `<section><h2>${html(title)}</h2>${chart}<p>${html(text)}</p></section>`;
    const perBar = events.daysPerBar === 1 ? "per day" : `per ${events.daysPerBar} days`;
    const types = eventTypes.map((type) => `${type.name} ${count(type.rows)}`).join(", ");
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data quality of ${html(name)}</title><style>${style}</style></head><body>
<h1>Data quality of ${html(name)}</h1>
<p>${counted(figures.rows, "event")} of ${counted(figures.users, "user")} with ${counted(figures.items, "item")}: ${html(types)}. ${levels}.</p>
<table><thead><tr><th>Level</th><th>Found</th><th>Advice</th><th class="reference">Reference</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>
<div class="charts">
${figure(`Events ${perBar}`, "An empty place is a gap, and one high bar a migration.", bars("Events over time", events.bars, bar, [dateOf(firstTimestamp), dateOf(lastTimestamp)]))}
${figure(
    "Popularity of items",
    `Gini coefficient ${gini.toFixed(2)}. On the dashed line all items would be equally popular.`,
    curve("Share of events by share of items", popularity, ["the most popular items", "all items"]),
)}
${figure(
    "Length of histories",
    "Users with at least this number of events. A recommender learns from two on.",
    bars(
        "Users by the least length of their history",
        histories.map(({ users }) => users),
        (index) => `${counted(histories[index]?.users ?? 0, "user")} with ${histories[index]?.least} events or more`,
        histories.map(({ least }) => `${least}+`),
    ),
)}
</div>
${sources.map(sourceSection).join("\n")}
</body></html>
`;
}

function sourceSection({ file, used, ignored, rows }: ReturnType<typeof sourceOf>): string {
    const heads = used.map(({ part, column }) => `<th>${html(part)} = ${html(column)}</th>`).join("");
    const body = rows.map((row) => `<tr>${row.map((text) => `<td>${html(text)}</td>`).join("")}</tr>`).join("\n");
    const unused = ignored.length === 0 ? "All columns are used." : `Not used: ${ignored.join(", ")}.`;
    return `<section><h2>${html(file)}</h2><p>${html(unused)} The first rows:</p><div class="rows"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div></section>`;
}

const [width, height] = [640, 220];
const margin = { left: 56, right: 12, top: 12, bottom: 34 };
const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };

/** Escapes a text for HTML. */
const html = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const x = (share: number) => (margin.left + share * inner.width).toFixed(1);
const y = (share: number) => (margin.top + (1 - share) * inner.height).toFixed(1);

/**
 * Returns a chart as inline SVG without scripts, with a title for screen readers: the lines at 0, 25, 50, 75 and 100 % of the scale, the scale's labels, and
 * the given content. Text has the page's colours.
 */
function chart(title: string, [half, top]: readonly [string, string], below: readonly string[], content: string) {
    const line = (share: number, label: string) =>
        `<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(share)}" y2="${y(share)}"/>` +
        `<text x="${margin.left - 6}" y="${y(share)}" dy="4" text-anchor="end">${html(label)}</text>`;
    const texts = below.map((label, index) => {
        // Two labels mark the ends of the scale. Other labels are centred below their bars.
        const [share, anchor]: readonly [number, string] =
            below.length === 2 ? [index, index === 0 ? "start" : "end"] : [(index + 0.5) / below.length, "middle"];
        return `<text x="${x(share)}" y="${height - 10}" text-anchor="${anchor}">${html(label)}</text>`;
    });
    return (
        `<svg role="img" viewBox="0 0 ${width} ${height}"><title>${html(title)}</title>` +
        `${line(0, "0")}${line(0.5, half)}${line(1, top)}${content}${texts.join("")}</svg>`
    );
}

/** Returns a chart with bars of equal width. Each bar has a tooltip. */
function bars(
    title: string,
    values: readonly number[],
    labelOf: (index: number) => string,
    below: readonly string[],
): string {
    const most = Math.max(1, ...values);
    const each = 1 / Math.max(1, values.length);
    const drawn = values.map((value, index) => {
        const top = Number(y(value / most));
        const left = Number(x(index * each));
        const tall = (margin.top + inner.height - top).toFixed(1);
        const wide = Math.max(1, inner.width * each - 1.5).toFixed(1);
        return `<rect x="${left}" y="${top}" width="${wide}" height="${tall}"><title>${html(labelOf(index))}</title></rect>`;
    });
    return chart(title, [compact.format(most / 2), compact.format(most)], below, drawn.join(""));
}

/**
 * Returns a chart with two axes from 0 to 100 %. Its curve shows the share of the events as a function of the share of
 * the items, and the diagonal shows where both shares are equal.
 */
function curve(title: string, points: Figures["popularity"], below: readonly string[]): string {
    const path = points.map(({ items, events }, at) => `${at === 0 ? "M" : "L"}${x(items)} ${y(events)}`).join("");
    const equal = `<path class="equal" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`;
    return chart(title, ["50 %", "100 %"], below, `${equal}<path class="curve" d="${path}"/>`);
}
