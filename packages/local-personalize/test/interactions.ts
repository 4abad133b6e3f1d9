import type { Interactions } from "../model/histories.ts";
import { seededRandom } from "./random.ts";

/** A rating, with the columns of MovieLens' u.data. */
export interface Rating {
    user: number;
    item: number;
    rating: number;
    timestamp: number;
}

export interface SyntheticOptions {
    users?: number;
    items?: number;
    /** Mean length of a user's history; lengths are between half of it and twice as much. */
    meanHistory?: number;
    seed?: number;
}

const TASTES = 5;
const START = 874_724_710;
const DAY = 86_400;

/**
 * Synthetic ratings; equal options give equal ratings. By default 60 users and about 3,000 rows. The popularity of
 * items follows Zipf's law, and each item belongs to a taste. A user watches mostly items of one taste, and from the
 * middle of the history items of the next taste, which a model can learn. As in MovieLens, rows are not sorted by time,
 * and no user rates an item twice.
 */
export function syntheticRatings(options: SyntheticOptions = {}): Rating[] {
    const { users = 60, items = 150, meanHistory = 50, seed = 1 } = options;
    const random = seededRandom(seed);
    const ratings: Rating[] = [];
    for (let user = 1; user <= users; user++) {
        const length = Math.min(Math.round(meanHistory * (0.5 + 1.5 * random() ** 2)), Math.floor(items / 2));
        const seenItems = new Set<number>();
        let timestamp = START + Math.floor(random() * 100 * DAY);
        for (let position = 0; seenItems.size < length; position++) {
            const taste = (user + (seenItems.size * 2 < length ? 0 : 1)) % TASTES;
            const item = drawItem(random, items, random() < 0.85 ? taste : -1);
            timestamp += position % 4 === 0 ? Math.floor(random() * DAY) : 0;
            if (seenItems.has(item)) continue;
            seenItems.add(item);
            ratings.push({ user, item, rating: 1 + Math.floor(random() * 5), timestamp });
        }
    }
    return shuffle(ratings, random);
}

/** Returns the bytes of a u.data file. */
export function ratingsFile(ratings: readonly Rating[]): Buffer {
    return Buffer.from(ratings.map((row) => `${row.user}\t${row.item}\t${row.rating}\t${row.timestamp}\n`).join(""));
}

/** Returns the bytes of the CSV that Personalize imports. */
export function interactionsCsv(ratings: readonly Rating[]): Buffer {
    const rows = ratings.map((row) => `"${row.user}","${row.item}","Watch",${row.timestamp}\n`);
    return Buffer.from(`USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${rows.join("")}`);
}

/** Returns ratings as the interactions that a training uses. */
export function interactionsOf(ratings: readonly Rating[]): Interactions {
    const numbersOf = (key: "user" | "item") =>
        new Map([...new Set(ratings.map((row) => row[key]))].map((id, number) => [id, number]));
    const [users, items] = [numbersOf("user"), numbersOf("item")];
    const sorted = ratings.toSorted((a, b) => a.timestamp - b.timestamp);
    return {
        userIds: [...users.keys()].map(String),
        itemIds: [...items.keys()].map(String),
        users: Int32Array.from(sorted, ({ user }) => users.get(user) ?? -1),
        items: Int32Array.from(sorted, ({ item }) => items.get(item) ?? -1),
        timestamps: Float64Array.from(sorted, ({ timestamp }) => timestamp),
    };
}

/** Returns a random item (numbers from 1, low numbers more often) of one taste; of any taste when `taste` is -1. */
function drawItem(random: () => number, items: number, taste: number): number {
    for (;;) {
        const item = Math.floor(items ** random());
        if (taste < 0 || item % TASTES === taste) return item;
    }
}

function shuffle<T>(values: T[], random: () => number): T[] {
    for (let last = values.length - 1; last > 0; last--) {
        const other = Math.floor(random() * (last + 1));
        const [a, b] = [values[last] as T, values[other] as T];
        values[last] = b;
        values[other] = a;
    }
    return values;
}
