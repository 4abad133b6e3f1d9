import { earliest } from "access-doctor/times";
import { computeTimeSpan } from "../by-user.ts";
import { type Columns, countRows } from "../columns.ts";

const day = 86_400;
/** Number of events below which a user or an item is cold. */
export const coldBelow = { user: 2, item: 5 } as const;
/** Maximum number of points of a curve, and of bars of a chart. */
const maxPoints = 60;

/** Figures of interactions, for checks and charts. */
export type Figures = ReturnType<typeof computeFigures>;

/** Calculates the figures, in a few passes over the columns. Timestamps are epoch seconds. */
export function computeFigures(columns: Columns) {
    const { users, items, userCount, itemCount, userIds, itemIds } = columns;
    const span = computeTimeSpan(columns);
    const perUser = countRows(users, userCount);
    const perItem = countRows(items, itemCount);
    return {
        rows: users.length,
        users: userCount,
        items: itemCount,
        ...span,
        ...computeDays(columns, span),
        histories: countHistories(perUser),
        coldUsers: perUser.filter((count) => count < coldBelow.user).length,
        coldItems: perItem.filter((count) => count < coldBelow.item).length,
        mostOfUser: findMost(perUser, userIds),
        mostOfItem: findMost(perItem, itemIds),
        ...computePopularity(perItem),
    };
}

function computeDays({ timestamps }: Columns, { firstTimestamp, lastTimestamp }: ReturnType<typeof computeTimeSpan>) {
    const [first, last] = [Math.floor(firstTimestamp / day), Math.floor(lastTimestamp / day)];
    const perDay = new Float64Array(last - first + 1);
    for (let row = 0; row < timestamps.length; row++) {
        const index = Math.floor((timestamps[row] as number) / day) - first;
        perDay[index] = (perDay[index] as number) + 1;
    }
    const daysPerBar = Math.ceil(perDay.length / maxPoints);
    const bars = Array.from({ length: Math.ceil(perDay.length / daysPerBar) }, (_, bar) =>
        perDay.subarray(bar * daysPerBar, (bar + 1) * daysPerBar).reduce((sum, rows) => sum + rows, 0),
    );
    let [busiest, empty, longest, longestEnd] = [0, 0, 0, 0];
    for (const [index, rows] of perDay.entries()) {
        if (rows > (perDay[busiest] as number)) busiest = index;
        empty = rows === 0 ? empty + 1 : 0;
        if (empty > longest) [longest, longestEnd] = [empty, index];
    }
    return {
        /** Number of events before 1995. */
        early: perDay.subarray(0, Math.max(0, earliest / day - first)).reduce((sum, rows) => sum + rows, 0),
        /** Number of events in each part of the covered time, in order. A part has `daysPerBar` days. */
        events: { daysPerBar, bars },
        busiestDay: { start: (first + busiest) * day, rows: perDay[busiest] as number },
        /** The longest time without an event, in whole days. */
        longestGap: { from: (first + longestEnd - longest + 1) * day, days: longest },
    };
}

/** Returns the number of users with a history of at least 1, 2, 4, 8 … events. */
function countHistories(perUser: Int32Array) {
    const longest = perUser.reduce((most, count) => Math.max(most, count), 1);
    const steps = Array.from({ length: Math.floor(Math.log2(longest)) + 1 }, (_, step) => 2 ** step);
    return steps.map((least) => ({ least, users: perUser.filter((count) => count >= least).length }));
}

function findMost(counts: Int32Array, ids: readonly string[]) {
    let most = 0;
    for (const [index, count] of counts.entries()) if (count > (counts[most] as number)) most = index;
    return { id: ids[most] ?? "", rows: counts[most] ?? 0 };
}

/**
 * Returns the Gini coefficient and the Lorenz curve of the items' events. Gini coefficient 0: all items are equally
 * popular; near 1: few items have all events. The curve has the share of all events that the most popular items have, for
 * several shares of the items, from 0 to 1.
 */
function computePopularity(perItem: Int32Array) {
    const sorted = perItem.toSorted().reverse();
    const total = sorted.reduce((sum, count) => sum + count, 0) || 1;
    const step = Math.max(1, Math.ceil(sorted.length / maxPoints));
    const popularity = [{ items: 0, events: 0 }];
    let [sum, weighted] = [0, 0];
    for (const [rank, count] of sorted.entries()) {
        sum += count;
        weighted += (sorted.length - rank) * count;
        const isPoint = (rank + 1) % step === 0 || rank + 1 === sorted.length;
        if (isPoint) popularity.push({ items: (rank + 1) / sorted.length, events: sum / total });
    }
    const count = Math.max(1, sorted.length);
    return { popularity, gini: (2 * weighted) / (count * total) - (count + 1) / count };
}
