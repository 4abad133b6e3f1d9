import { saveRows } from "../../packages/local-personalize/importing/rows.ts";
import { seededRandom } from "../lib/command.ts";

/**
 * Writes synthetic interactions. Each item belongs to one of 32 tastes, the popularity of items follows Zipf's law, and
 * the lengths of users' histories are log-normal. No user has an item twice. Equal arguments give equal bytes.
 * Arguments: file, and the numbers of users, items and interactions.
 */

const [file = "", ...numbers] = process.argv.slice(2);
const [userCount = 0, itemCount = 0, wanted = 0] = numbers.map(Number);
const random = seededRandom(1);
const TASTES = 32;
/** Standard deviation of the logarithm of a history's length. */
const DEVIATION = 1;

const lengths = historyLengths();
const count = lengths.reduce((sum, length) => sum + length, 0);
const drawn = drawItems(count);
const users = interleaved(count);
const next = new Int32Array(userCount);
for (let user = 1; user < userCount; user++) next[user] = (next[user - 1] as number) + (lengths[user - 1] as number);
const items = new Int32Array(count);
for (let row = 0; row < count; row++) {
    const user = users[row] as number;
    items[row] = drawn[next[user] as number] as number;
    next[user] = (next[user] as number) + 1;
}
saveRows(file, {
    userIds: Array.from({ length: userCount }, (_, user) => `u${user}`),
    itemIds: Array.from({ length: itemCount }, (_, item) => `i${item}`),
    eventTypes: ["Watch"],
    users,
    items,
    events: new Int32Array(count),
    timestamps: Float64Array.from({ length: count }, (_, row) => 1_600_000_000 + row),
});

/**
 * Returns the length of each user's history. Each is at least 2 and at most half of the items, and the sum is nearly
 * `wanted`.
 */
function historyLengths(): Int32Array {
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const raw = Float64Array.from({ length: userCount }, () => Math.exp(DEVIATION * normal()));
    const scale = wanted / raw.reduce((sum, value) => sum + value, 0);
    return Int32Array.from(raw, (value) => Math.min(Math.max(2, Math.round(value * scale)), itemCount >> 1));
}

/**
 * Returns the items of all histories, one history after the other. Most items belong to the user's taste, which changes
 * in the middle of the history.
 */
function drawItems(count: number): Int32Array {
    const all = new Int32Array(count);
    const seenBy = new Int32Array(itemCount).fill(-1);
    let at = 0;
    for (let user = 0; user < userCount; user++) {
        const length = lengths[user] as number;
        for (let position = 0; position < length; position++) {
            const taste = (user + (position * 2 < length ? 0 : 1)) % TASTES;
            let item = zipf(random() < 0.7 ? taste : -1);
            while (seenBy[item] === user) item = nextItem(item);
            seenBy[item] = user;
            all[at++] = item;
        }
    }
    return all;
}

/**
 * Returns the next item of the same taste. After the last one, returns the first item of the next taste, so that
 * repeated calls return every item.
 */
function nextItem(item: number): number {
    return item + TASTES < itemCount ? item + TASTES : ((item % TASTES) + 1) % TASTES;
}

/** Returns a random item of this taste, or of any taste if `taste` is -1. Items with low numbers are more frequent. */
function zipf(taste: number): number {
    const item = Math.floor(itemCount ** random()) - 1;
    return taste < 0 ? item : Math.min(item - (item % TASTES) + taste, itemCount - 1);
}

/** Returns the user of each row. The rows of all users are in random order. */
function interleaved(count: number): Int32Array {
    const rows = new Int32Array(count);
    let at = 0;
    for (let user = 0; user < userCount; user++) {
        rows.fill(user, at, at + (lengths[user] as number));
        at += lengths[user] as number;
    }
    for (let last = count - 1; last > 0; last--) {
        const other = Math.floor(random() * (last + 1));
        const value = rows[last] as number;
        rows[last] = rows[other] as number;
        rows[other] = value;
    }
    return rows;
}
