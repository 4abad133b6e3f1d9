import { computeStarts, type RowsByUser } from "../by-user.ts";
import { type Columns, countRows } from "../columns.ts";
import { free } from "../interner.ts";

/** The users' watched items, oldest first, the newest 500 of each user. */
export interface Histories {
    readonly itemCount: number;
    /** Items of all users, user by user; those of user `u` are from `starts[u]` up to `starts[u + 1]`. */
    readonly items: Int32Array;
    readonly starts: Int32Array;
}

/** The three parts of a similarity measure, which `similarItems` combines. */
export interface Likeness {
    /** Returns the weight of a user with this many items. */
    readonly userWeight: (items: number) => number;
    /** Weight of a pair by its distance in the history; pairs beyond the last distance do not count. */
    readonly kernel: readonly number[];
    /** Returns the similarity, from the common weight of two items and the weight of each. Higher is more similar. */
    readonly score: (together: number, one: number, other: number) => number;
}

/**
 * The items that are most similar to one item, by number, best first, with scores. The item itself is never among them.
 */
export interface Row {
    readonly item: number;
    readonly items: number[];
    readonly scores: number[];
}

const longestHistory = 500;
/**
 * Maximum number of histories that are summed for one item. If an item has more, every n-th one counts. More histories
 * hardly change which items are most similar. With the limit, the run time grows with the number of items, not of rows.
 * No item of MovieLens 100k has as many viewers.
 */
const maxSampled = 1000;
/** Unit of weights, which are integers, because integer sums do not depend on their order. */
const fraction = 1 << 20;

const window = 50;
const halving = 20;
const floor = 0.1;
const shrinkage = 20;

/**
 * Cosine similarity of items over users. A pair of films counts more if a user watched them close together: the weight
 * halves with every 20 films between them, down to a tenth, and is 0 beyond 50. The constant 20 in the divisor
 * (shrinkage) keeps pairs with few common users from the top. Heavy users count less, by the fourth root of their
 * films. docs/tables.md compares it with other similarities.
 */
export const timeAwareCosine: Likeness = {
    userWeight: (items) => (100 / items) ** 0.25,
    kernel: Array.from({ length: window + 1 }, (_, distance) => floor + (1 - floor) * 2 ** (-distance / halving)),
    score: (together, one, other) => together / (Math.sqrt(one * other) + shrinkage),
};

/**
 * Returns the histories of an interactions CSV's views. They overwrite `views.rows`, because another array takes 100 MB
 * at 25 million rows: the views cannot be used afterwards.
 */
export function toHistories({ itemCount, items }: Columns, views: RowsByUser): Histories {
    const own = views.rows;
    const starts = new Int32Array(views.starts.length);
    let length = 0;
    for (let user = 0; user < starts.length - 1; user++) {
        const end = views.starts[user + 1] as number;
        for (let at = Math.max(views.starts[user] as number, end - longestHistory); at < end; at++) {
            own[length] = items[own[at] as number] as number;
            length += 1;
        }
        starts[user + 1] = length;
    }
    return { itemCount, items: own.subarray(0, length), starts };
}

/**
 * Yields, for each item in `wanted`, its `count` most similar items. `wanted` contains numbers of items in any order.
 * The common weight of two items is a sum over the users with both. A term is the user's weight times the weight of the
 * distance between the two items in the user's history (`kernel`). An item's own weight uses distance 0. Ties go to the
 * lower number.
 *
 * Works item by item: sums the neighbourhood of the item in its viewers' histories. A matrix of items by items is not
 * needed. Memory is a few numbers per row of the CSV for any number of items.
 */
export function* similarItems(
    histories: Histories,
    likeness: Likeness,
    wanted: readonly number[],
    count: number,
): Generator<Row> {
    const parts = partsByLength(histories, likeness);
    const alone = weightsAlone(histories, parts);
    const samples = samplesOf(histories, wanted);
    const sums: Sums = {
        together: new Uint32Array(histories.itemCount),
        isNew: new Uint8Array(histories.itemCount).fill(1),
        met: new Int32Array(histories.itemCount + 1),
        metCount: 0,
    };
    const best = { items: new Int32Array(count), scores: new Float64Array(count) };
    for (const item of wanted) {
        sumNeighbours(item, histories, parts, samples, sums);
        yield bestOf(item, sums, alone, likeness, best);
        forget(sums);
    }
    for (const values of [samples.places, samples.users]) free(values);
}

/**
 * For each existing length of a history, the weights of two items by the distance between their places. The middle
 * element is the weight at distance 0; the elements before and after it are the weights at distances to earlier and
 * later places. No weight is 0.
 */
type Parts = readonly (Uint32Array | undefined)[];

const lengthOf = (starts: Int32Array, user: number) => (starts[user + 1] as number) - (starts[user] as number);

function partsByLength({ starts }: Histories, { userWeight, kernel }: Likeness): Parts {
    const parts: (Uint32Array | undefined)[] = Array.from({ length: longestHistory + 1 }, () => undefined);
    const around = [...kernel.slice(1).reverse(), ...kernel];
    for (let user = 0; user < starts.length - 1; user++) {
        const length = lengthOf(starts, user);
        parts[length] ??= Uint32Array.from(around, (value) => Math.ceil(value * userWeight(length) * fraction));
    }
    return parts;
}

/** Returns the weight of each item with itself. */
function weightsAlone({ itemCount, items, starts }: Histories, parts: Parts): Float64Array {
    const alone = new Float64Array(itemCount);
    for (let user = 0; user < starts.length - 1; user++) {
        const weights = parts[lengthOf(starts, user)];
        const weight = weights?.[weights.length >> 1] ?? 0;
        for (let place = starts[user] as number; place < (starts[user + 1] as number); place++) {
            const item = items[place] as number;
            alone[item] = (alone[item] as number) + weight;
        }
    }
    return alone.map((weight) => weight / fraction);
}

type Samples = ReturnType<typeof samplesOf>;

/**
 * Returns the views that count: those for item `i` have the numbers `starts[i]` up to `starts[i + 1]`. Each view has its
 * position in the histories and its user.
 */
function samplesOf({ itemCount, items, starts: userStarts }: Histories, wanted: readonly number[]) {
    const all = countRows(items, itemCount);
    const sampled = new Int32Array(itemCount);
    for (const item of wanted) sampled[item] = Math.min(all[item] as number, maxSampled);
    const starts = computeStarts(sampled);
    const next = starts.slice();
    const places = new Int32Array(starts[itemCount] as number);
    const users = new Int32Array(places.length);
    const views = new Int32Array(itemCount);
    for (let user = 0; user < userStarts.length - 1; user++) {
        for (let place = userStarts[user] as number; place < (userStarts[user + 1] as number); place++) {
            const item = items[place] as number;
            const view = views[item] as number;
            views[item] = view + 1;
            const at = next[item] as number;
            const sample = at - (starts[item] as number);
            if (view !== Math.floor((sample * (all[item] as number)) / (sampled[item] as number))) continue;
            places[at] = place;
            users[at] = user;
            next[item] = at + 1;
        }
    }
    return { starts, places, users };
}

/**
 * `together` has the common weight of one item with each item. It differs from 0 only for the items that were met in
 * the same histories: the first `metCount` elements of `met`.
 */
interface Sums {
    readonly together: Uint32Array;
    /** For each item: 0 if the list `met` contains the item, otherwise 1. */
    readonly isNew: Uint8Array;
    readonly met: Int32Array;
    metCount: number;
}

function sumNeighbours(item: number, { items, starts }: Histories, parts: Parts, samples: Samples, sums: Sums): void {
    const { together, isNew, met } = sums;
    let metCount = 0;
    for (let sample = samples.starts[item] as number; sample < (samples.starts[item + 1] as number); sample++) {
        const place = samples.places[sample] as number;
        const user = samples.users[sample] as number;
        const weights = parts[lengthOf(starts, user)] as Uint32Array;
        const reach = weights.length >> 1;
        const to = Math.min(starts[user + 1] as number, place + reach + 1);
        for (let at = Math.max(starts[user] as number, place - reach); at < to; at++) {
            const other = items[at] as number;
            // Add without a branch: the processor cannot predict this condition, and a branch would take twice the
            // time.
            met[metCount] = other;
            metCount += isNew[other] as number;
            isNew[other] = 0;
            together[other] = (together[other] as number) + (weights[at - place + reach] as number);
        }
    }
    sums.metCount = metCount;
}

function forget({ together, isNew, met, metCount }: Sums): void {
    for (let index = 0; index < metCount; index++) {
        const other = met[index] as number;
        together[other] = 0;
        isNew[other] = 1;
    }
}

/**
 * Returns the best of the items in `sums`. Overwrites `items` and `scores`, whose length is the maximum number of
 * similar items.
 */
function bestOf(
    item: number,
    { together, met, metCount }: Sums,
    alone: Float64Array,
    { score }: Likeness,
    { items, scores }: { readonly items: Int32Array; readonly scores: Float64Array },
): Row {
    const one = alone[item] as number;
    let count = 0;
    for (let index = 0; index < metCount; index++) {
        const other = met[index] as number;
        if (other === item) continue;
        const value = score((together[other] as number) / fraction, one, alone[other] as number);
        let at = count;
        while (at > 0) {
            const above = scores[at - 1] as number;
            if (value < above || (value === above && other > (items[at - 1] as number))) break;
            at -= 1;
        }
        if (at === items.length) continue;
        count = Math.min(count + 1, items.length);
        items.copyWithin(at + 1, at, count - 1);
        scores.copyWithin(at + 1, at, count - 1);
        items[at] = other;
        scores[at] = value;
    }
    return { item, items: [...items.subarray(0, count)], scores: [...scores.subarray(0, count)] };
}
