import { dateOf } from "access-doctor/times";
import { op, table } from "arquero";
import { computeTimeSpan } from "./by-user.ts";
import { countRows } from "./columns.ts";
import type { ConvertResult } from "./convert.ts";
import { fewestInteractions } from "./quality/checks.ts";
import type { TablesSummary } from "./tables/make.ts";
import { count, counted, filterText } from "./words.ts";

type Spread = Record<"min" | "median" | "max", number>;

/** The result of a preparation, for people and for `--json`. Timestamps are epoch seconds. */
export type Summary = Conversion & { tables: TablesSummary };

/** The part of the summary that does not need the tables. */
export type Conversion = ReturnType<typeof summarise>;

/**
 * Summarizes a conversion. Uses the counts per user and item, so that the time does not depend on the number of rows.
 */
export function summarise(result: ConvertResult, input: string, output: string) {
    const { columns } = result;
    const perUser = countRows(columns.users, columns.userCount);
    return {
        schemaVersion: 1 as const,
        input,
        output,
        users: columns.userCount,
        items: columns.itemCount,
        interactions: columns.users.length,
        ...computeTimeSpan(columns),
        /** Interactions per user. */
        historyLength: spread(perUser),
        /** Interactions per item. */
        itemPopularity: spread(countRows(columns.items, columns.itemCount)),
        usersWithTwo: perUser.filter((count) => count >= 2).length,
        eventTypes: result.eventTypes,
        rowsLeftOut: result.leftOut,
        rowsWithoutElements: result.withoutElements,
        rowsEmptyInRule: result.emptyInRule,
        rowsRepeated: result.repeated,
        rowsSkipped: result.badRows.count,
        /** The first 20 skipped rows. */
        skipped: result.badRows.first,
        sha256: result.sha256,
    };
}

/** Returns a sentence if the data is below the service's minimums for training; otherwise undefined. */
export function whatIsTooLittle({ interactions, usersWithTwo }: Conversion): string | undefined {
    if (interactions < fewestInteractions) {
        return `${count(interactions)} interactions are too few: Amazon Personalize imports and trains from 1,000 on.`;
    }
    if (usersWithTwo < 25) {
        return `${usersWithTwo} users with at least 2 interactions are too few: Amazon Personalize trains from 25 on.`;
    }
    return undefined;
}

/** Formats the summary as text lines. */
export function formatSummary(summary: Summary): string {
    const { historyLength: history, itemPopularity: popularity, tables } = summary;
    const others = tables.filmsWithoutSimilar;
    const lines: (readonly [string, string])[] = [
        ["interactions", count(summary.interactions)],
        ["users", `${count(summary.users)}, with ${spreadText(history)} interactions each`],
        ["items", `${count(summary.items)}, with ${spreadText(popularity)} interactions each`],
        ["span", `${dateOf(summary.firstTimestamp)} to ${dateOf(summary.lastTimestamp)}`],
        ["event types", eventTypesText(summary.eventTypes)],
        ["filter", filterText(typesByRows(summary.eventTypes).map(({ name }) => name))],
        ["rows skipped", count(summary.rowsSkipped)],
        ...lineOf("left out", summary.rowsLeftOut, " by --event"),
        ...lineOf("no element", summary.rowsWithoutElements, " events have an empty list of items, and are left out"),
        ...lineOf("empty", summary.rowsEmptyInRule, " in a column that --event compares; no case matches these values"),
        ...lineOf("repeated", summary.rowsRepeated, " equal an earlier row and are left out"),
        [
            "similar",
            `${counted(tables.filmsWithSimilar, "item")}; ${count(others)} with too few viewers fall back to popular items of their categories`,
        ],
        ...lineOf("not shown", tables.filmsLeftOut, ", which the table of items lacks", "item"),
        ...lineOf("no details", tables.filmsWithoutDetails, ": the tables have 24 MiB at most", "item"),
        ...lineOf(
            "no filters",
            tables.attributesLeftOut,
            " without a campaign: the tables have 24 MiB at most",
            "column",
        ),
        ["trending", `${counted(tables.filmsTrending, "item")}, over the last ${windowText(tables.windowSeconds)}`],
        ["output", summary.output],
        ["sha256", summary.sha256],
    ];
    return lines.map(([name, value]) => `${name.padEnd(14)}${value}`).join("\n");
}

/** Returns a line with a number, and the word for what it counts if the text needs one. Returns no line for 0. */
const lineOf = (name: string, number: number, text: string, one?: string): [string, string][] =>
    number > 0 ? [[name, `${one === undefined ? count(number) : counted(number, one)}${text}`]] : [];

function spread(counts: Int32Array): Spread {
    if (counts.length === 0) return { min: 0, median: 0, max: 0 };
    return table({ count: counts })
        .rollup({ min: op.min("count"), median: op.median("count"), max: op.max("count") })
        .object() as Spread;
}

/** Returns the types of events with their rows, the most frequent first; equal ones by name. */
export const typesByRows = (types: Readonly<Record<string, number>>) =>
    Object.entries(types)
        .map(([name, rows]) => ({ name, rows }))
        .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));

function eventTypesText(types: Record<string, number>): string {
    const sorted = typesByRows(types);
    const listed = sorted.slice(0, 5).map(({ name, rows }) => `${name} ${count(rows)}`);
    return [...listed, ...(sorted.length > 5 ? [`and ${sorted.length - 5} more`] : [])].join(", ");
}

const windowText = (seconds: number) =>
    seconds < 86_400 ? counted(seconds, "second") : counted(Math.round(seconds / 86_400), "day");
const spreadText = ({ min, median, max }: Spread) => `${count(min)} to ${count(max)} (median ${count(median)})`;
