import { groupViews } from "../../data-prep/by-user.ts";
import type { Columns } from "../../data-prep/columns.ts";
import { popularity } from "../../data-prep/tables/popular.ts";
import { pick } from "./trials.ts";

/**
 * Seconds from the newest interaction of the data to a much later event, for example an event of a person who tries the
 * storefront today.
 */
const yearsLater = 30 * 365 * 86_400;

/**
 * Returns how much one user can change the popularity of items: the largest share in percent that moves to other items
 * if one user is removed, or if a new user watches all items or one item long after the newest interaction.
 */
export function movedByOne(columns: Columns): number {
    const before = sharesOf(columns);
    const late = columns.timestamps.reduce((most, at) => Math.max(most, at), 0) + yearsLater;
    const everything = Array.from({ length: columns.itemCount }, (_, item) => item);
    const moved = (after: Float64Array) =>
        after.reduce((sum, share, at) => sum + Math.abs(share - (before[at] ?? 0)), 0) / 2;
    const others = [
        withUser(columns, everything, late),
        ...[0, columns.itemCount - 1].map((item) => withUser(columns, [item], late)),
    ];
    for (let user = 0; user < columns.userCount; user++) {
        others.push(pick(columns, (row) => columns.users[row] !== user));
    }
    return 100 * others.reduce((most, other) => Math.max(most, moved(sharesOf(other))), 0);
}

function sharesOf(columns: Columns): Float64Array {
    const scores = popularity(columns, groupViews(columns));
    const sum = scores.reduce((total, score) => total + score, 0);
    return scores.map((score) => score / sum);
}

/** Returns the data with an additional user, who watches the given items at the time `at`, in epoch seconds. */
function withUser(columns: Columns, watched: readonly number[], at: number): Columns {
    const { users, items, timestamps, userCount } = columns;
    return {
        ...columns,
        userCount: userCount + 1,
        userIds: [...columns.userIds, "new"],
        users: Int32Array.from([...users, ...watched.map(() => userCount)]),
        items: Int32Array.from([...items, ...watched]),
        timestamps: Uint32Array.from([...timestamps, ...watched.map(() => at)]),
    };
}
