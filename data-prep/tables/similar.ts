import { type RowsByUser, startsOf } from "../by-user.ts";
import type { Columns } from "../columns.ts";

/** The users' watched items, oldest first, the newest 500 of each user. */
export interface Histories {
    readonly itemCount: number;
    /** Items of all users, user by user; those of user `u` are from `starts[u]` up to `starts[u + 1]`. */
    readonly items: Int32Array;
    readonly starts: Int32Array;
}

/** The parts of a similarity; `similarItems` combines them. */
export interface Likeness {
    /** Weight of a user with this many items. */
    readonly userWeight: (items: number) => number;
    /** Weight of a pair by its distance in the history; pairs beyond the last distance do not count. */
    readonly kernel: readonly number[];
    /** From the common weight of two items, and each one's own; higher is more similar. */
    readonly score: (together: number, one: number, other: number) => number;
}

/** The items most similar to one, by number, best first, with scores; never the item itself. */
export interface Row {
    readonly item: number;
    readonly items: number[];
    readonly scores: number[];
}

const longestHistory = 500;
/**
 * Histories that are summed for one item; of more, as many at even distances. A popular item's neighbours do not change
 * beyond it, and time grows with the items, not with the rows. No item of MovieLens 100k has as many viewers.
 */
export const mostSampled = 1000;
/** Weights are integers in this unit, because integer sums do not depend on their order. */
const fraction = 1 << 20;

const window = 50;
const halving = 20;
const floor = 0.1;
const shrinkage = 20;

/**
 * Cosine of items over users. Two films count more, the closer a user watched them: the weight halves every 20 films
 * between them, down to a tenth, and ends at 50. Shrinkage of 20 users keeps rare pairs from the top. Heavy users count
 * less, by the fourth root of their films. `bench:tables` compares it with other similarities.
 */
export const timeAwareCosine: Likeness = {
    userWeight: (items) => (100 / items) ** 0.25,
    kernel: Array.from({ length: window + 1 }, (_, distance) => floor + (1 - floor) * 2 ** (-distance / halving)),
    score: (together, one, other) => together / (Math.sqrt(one * other) + shrinkage),
};

/** The histories of an interactions CSV's views. */
export function historiesOf({ itemCount, items }: Columns, views: RowsByUser): Histories {
    const own = new Int32Array(views.rows.length);
    const starts = new Int32Array(views.starts.length);
    let length = 0;
    for (let user = 0; user < starts.length - 1; user++) {
        const end = views.starts[user + 1] as number;
        for (let at = Math.max(views.starts[user] as number, end - longestHistory); at < end; at++) {
            own[length] = items[views.rows[at] as number] as number;
            length += 1;
        }
        starts[user + 1] = length;
    }
    return { itemCount, items: own.subarray(0, length), starts };
}

/**
 * Yields for each of `wanted`, item numbers in any order, its `count` most similar items. The common weight of two
 * items is, over the users with both, the user's weight times the kernel of their distance. An item's own weight uses
 * distance 0. Ties go to the lower number.
 *
 * Works item by item: sums the neighbourhood of the item in its viewers' histories. There is no matrix of items by
 * items: memory is a few numbers per row of the CSV for any number of items.
 */
export function* similarItems(
    histories: Histories,
    likeness: Likeness,
    wanted: Iterable<number>,
    count: number,
): Generator<Row> {
    const { itemCount, items, starts } = histories;
    const userOf = usersOf(histories);
    const itemStarts = startsOf(items, itemCount);
    const places = placesByItem(items, itemStarts);
    const parts = partsByLength(histories, likeness);
    const partsOf = (user: number) => parts[lengthOf(starts, user)] as Float64Array;
    const reach = likeness.kernel.length - 1;
    const alone = new Float64Array(itemCount);
    for (let at = 0; at < items.length; at++) {
        const item = items[at] as number;
        alone[item] = (alone[item] as number) + (partsOf(userOf[at] as number)[0] as number);
    }

    const together = new Float64Array(itemCount);
    const met = new Int32Array(itemCount);
    for (const item of wanted) {
        let metCount = 0;
        const first = itemStarts[item] as number;
        const all = (itemStarts[item + 1] as number) - first;
        const sampled = Math.min(all, mostSampled);
        for (let sample = 0; sample < sampled; sample++) {
            const place = places[first + Math.floor((sample * all) / sampled)] as number;
            const user = userOf[place] as number;
            const own = partsOf(user);
            const from = Math.max(starts[user] as number, place - reach);
            const to = Math.min((starts[user + 1] as number) - 1, place + reach);
            for (let at = from; at <= to; at++) {
                if (at === place) continue;
                const other = items[at] as number;
                const sum = together[other] as number;
                if (sum === 0) met[metCount++] = other;
                together[other] = sum + (own[at < place ? place - at : at - place] as number);
            }
        }
        yield bestOf(item, met.subarray(0, metCount), { together, alone }, likeness, count);
        for (let index = 0; index < metCount; index++) together[met[index] as number] = 0;
    }
}

const lengthOf = (starts: Int32Array, user: number) => (starts[user + 1] as number) - (starts[user] as number);

/** The user of each position in the histories. */
function usersOf({ items, starts }: Histories): Int32Array {
    const users = new Int32Array(items.length);
    for (let user = 0; user < starts.length - 1; user++) users.fill(user, starts[user], starts[user + 1]);
    return users;
}

/** Positions in the histories, grouped by item. */
function placesByItem(items: Int32Array, itemStarts: Int32Array): Int32Array {
    const next = itemStarts.slice();
    const places = new Int32Array(items.length);
    for (let place = 0; place < items.length; place++) {
        const item = items[place] as number;
        const at = next[item] as number;
        places[at] = place;
        next[item] = at + 1;
    }
    return places;
}

/** Weight of a pair by distance, for each existing history length; never 0. */
function partsByLength({ starts }: Histories, { userWeight, kernel }: Likeness): (Float64Array | undefined)[] {
    const parts: (Float64Array | undefined)[] = Array.from({ length: longestHistory + 1 }, () => undefined);
    for (let user = 0; user < starts.length - 1; user++) {
        const length = lengthOf(starts, user);
        parts[length] ??= Float64Array.from(kernel, (value) => Math.ceil(value * userWeight(length) * fraction));
    }
    return parts;
}

function bestOf(
    item: number,
    met: Int32Array,
    { together, alone }: { together: Float64Array; alone: Float64Array },
    { score }: Likeness,
    count: number,
): Row {
    const items: number[] = [];
    const scores: number[] = [];
    const one = (alone[item] as number) / fraction;
    for (const other of met) {
        const value = score((together[other] as number) / fraction, one, (alone[other] as number) / fraction);
        const isBefore = (at: number) => {
            const last = scores[at] as number;
            return value > last || (value === last && other < (items[at] as number));
        };
        if (items.length === count && !isBefore(count - 1)) continue;
        let at = items.length;
        while (at > 0 && isBefore(at - 1)) at -= 1;
        items.splice(at, 0, other);
        scores.splice(at, 0, value);
        if (items.length > count) {
            items.pop();
            scores.pop();
        }
    }
    return { item, items, scores };
}
