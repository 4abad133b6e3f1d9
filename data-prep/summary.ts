import { dateOf } from "access-doctor/times";
import { op, table } from "arquero";
import type { BadRow } from "./bad-rows.ts";
import { computeTimeSpan } from "./by-user.ts";
import { countRows } from "./columns.ts";
import type { ConvertResult } from "./convert.ts";
import { fewestInteractions } from "./quality/checks.ts";
import type { TablesSummary } from "./tables/make.ts";
import { counted, filterText } from "./words.ts";

interface Spread {
    min: number;
    median: number;
    max: number;
}

/** The result of a preparation, for people and for `--json`. Timestamps are epoch seconds. */
export interface Summary {
    schemaVersion: 1;
    input: string;
    output: string;
    users: number;
    items: number;
    interactions: number;
    firstTimestamp: number;
    lastTimestamp: number;
    /** Interactions per user. */
    historyLength: Spread;
    /** Interactions per item. */
    itemPopularity: Spread;
    usersWithTwo: number;
    /** Interactions of each event type. */
    eventTypes: Record<string, number>;
    rowsSkipped: number;
    /** Number of rows for which `--event` has no type. */
    rowsLeftOut: number;
    /** Number of JSON objects that have no element in the list of their items. */
    rowsWithoutElements: number;
    /** Number of rows in which a column that `--event` compares is empty. */
    rowsEmptyInRule: number;
    /** Number of rows that equal an earlier one in user, item, type, value and time. */
    rowsRepeated: number;
    /** The first 20 skipped rows. */
    skipped: BadRow[];
    /** SHA-256 of the CSV, hexadecimal. */
    sha256: string;
    tables: TablesSummary;
}

/**
 * Summarizes a conversion. Uses the counts per user and item, so that the time does not depend on the number of rows.
 */
export function summarise(result: ConvertResult, input: string, output: string): Omit<Summary, "tables"> {
    const { columns } = result;
    const perUser = countRows(columns.users, columns.userCount);
    return {
        schemaVersion: 1,
        input,
        output,
        users: columns.userCount,
        items: columns.itemCount,
        interactions: columns.users.length,
        ...computeTimeSpan(columns),
        historyLength: spread(perUser),
        itemPopularity: spread(countRows(columns.items, columns.itemCount)),
        usersWithTwo: perUser.filter((count) => count >= 2).length,
        eventTypes: result.eventTypes,
        rowsLeftOut: result.leftOut,
        rowsWithoutElements: result.withoutElements,
        rowsEmptyInRule: result.emptyInRule,
        rowsRepeated: result.repeated,
        rowsSkipped: result.badRows.count,
        skipped: result.badRows.first,
        sha256: result.sha256,
    };
}

/** Returns a sentence if the data is below the service's minimums for training; otherwise undefined. */
export function whatIsTooLittle({
    interactions,
    usersWithTwo,
}: Pick<Summary, "interactions" | "usersWithTwo">): string | undefined {
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
        ...rowLine("left out", summary.rowsLeftOut, "by --event"),
        ...rowLine("no element", summary.rowsWithoutElements, "events have an empty list of items, and are left out"),
        ...rowLine("empty", summary.rowsEmptyInRule, "in a column that --event compares; no case matches these values"),
        ...rowLine("repeated", summary.rowsRepeated, "equal an earlier row and are left out"),
        [
            "similar",
            `${counted(tables.filmsWithSimilar, "item")}; ${count(others)} with too few viewers fall back to popular items of their categories`,
        ],
        ...(tables.filmsLeftOut > 0
            ? [["not shown", `${counted(tables.filmsLeftOut, "item")}, which the table of items lacks`] as const]
            : []),
        ...(tables.filmsWithoutDetails > 0
            ? [
                  [
                      "no details",
                      `${counted(tables.filmsWithoutDetails, "item")}: the tables have 24 MiB at most`,
                  ] as const,
              ]
            : []),
        ["trending", `${counted(tables.filmsTrending, "item")}, over the last ${windowText(tables.windowSeconds)}`],
        ["output", summary.output],
        ["sha256", summary.sha256],
    ];
    return lines.map(([name, value]) => `${name.padEnd(14)}${value}`).join("\n");
}

/** Returns a line with a number of rows, if it is above 0. */
const rowLine = (name: string, rows: number, what: string): [string, string][] =>
    rows > 0 ? [[name, `${count(rows)} ${what}`]] : [];

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

const count = (value: number) => value.toLocaleString("en-US");
const windowText = (seconds: number) =>
    seconds < 86_400 ? counted(seconds, "second") : counted(Math.round(seconds / 86_400), "day");
const spreadText = ({ min, median, max }: Spread) => `${count(min)} to ${count(max)} (median ${count(median)})`;
