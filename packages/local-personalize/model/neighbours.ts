import { kernel } from "./gram.ts";
import type { Entry } from "./sparse-rows.ts";

/**
 * Returns the `count` candidates with the largest values, largest first; equal ones by number. Keeps the best
 * candidates so far in a heap, with the worst one at its root, which is faster than sorting all.
 */
export function largest(values: Float64Array, candidates: Uint32Array | Int32Array, count: number): number[] {
    const heap = candidates.slice(0, count);
    for (let at = heap.length >> 1; at >= 0; at--) sink(values, heap, at, heap[at] as number);
    let least = values[heap[0] as number] as number;
    for (let next = heap.length; next < candidates.length; next++) {
        const item = candidates[next] as number;
        const value = values[item] as number;
        if (value < least || (value === least && item > (heap[0] as number))) continue;
        sink(values, heap, 0, item);
        least = values[heap[0] as number] as number;
    }
    return [...heap].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

/** Puts an item at a position of the heap, or further down if items below the position are worse. */
function sink(values: Float64Array, heap: Uint32Array | Int32Array, position: number, item: number): void {
    let at = position;
    for (;;) {
        const left = 2 * at + 1;
        if (left >= heap.length) break;
        const right = left + 1;
        const isRightWorse = right < heap.length && isWorse(values, heap[right] as number, heap[left] as number);
        const child = isRightWorse ? right : left;
        if (!isWorse(values, heap[child] as number, item)) break;
        heap[at] = heap[child] as number;
        at = child;
    }
    heap[at] = item;
}

/** Checks whether item `a` comes after item `b` in the result. */
function isWorse(values: Float64Array, a: number, b: number): boolean {
    const x = values[a] as number;
    const y = values[b] as number;
    return x < y || (x === y && a > b);
}

/** Maximum distance of two events in a user's history that count as a pair. */
const WINDOW = 100;
/** Reduces similarities that are based on few events. The value was chosen by measurements. */
const SHRINK = 10;

export interface NeighbourOptions {
    /** Checks whether an item gets a row. The rows of other items are empty. */
    wanted(item: number): boolean;
    /** The largest number of entries in a row. */
    most: number;
    /** Minimum number of users whose histories contain both items. Rarer pairs do not count. */
    fewestTogether: number;
}

/**
 * Returns the most similar items of each wanted item, by the cosine of their events in users' histories. Events close
 * to each other count more. The time depends on the number of events of the wanted items, so rare items cost little.
 */
export function nearestItems(
    histories: readonly (readonly number[])[],
    n: number,
    { wanted, most, fewestTogether }: NeighbourOptions,
): Entry[][] {
    const norms = new Float64Array(n);
    const weights = histories.map((history) => (100 / Math.max(1, history.length)) ** 0.25);
    for (const [user, history] of histories.entries()) {
        for (const item of history) norms[item] = (norms[item] as number) + (weights[user] as number);
    }
    const events = groupEvents(histories, n, wanted);
    const sums = new Float64Array(n);
    const together = new Int32Array(n);
    const lastUser = new Int32Array(n).fill(-1);
    // One list for all items, because a list for each item would cause most of the garbage collector's work.
    const touched = new Int32Array(n);
    return Array.from({ length: n }, (_, item) => {
        let count = 0;
        const last = events.starts[item + 1] as number;
        for (let event = events.starts[item] as number; event < last; event++) {
            const user = events.users[event] as number;
            const position = events.positions[event] as number;
            const history = histories[user] ?? [];
            const end = Math.min(history.length - 1, position + WINDOW);
            for (let at = Math.max(0, position - WINDOW); at <= end; at++) {
                const other = history[at] as number;
                if (other === item) continue;
                if (sums[other] === 0) touched[count++] = other;
                sums[other] =
                    (sums[other] as number) + (weights[user] as number) * (kernel[Math.abs(at - position)] as number);
                if (fewestTogether === 1 || lastUser[other] === user) continue;
                together[other] = (together[other] as number) + 1;
                lastUser[other] = user;
            }
        }
        const norm = norms[item] as number;
        const all = touched.subarray(0, count);
        const kept = fewestTogether === 1 ? all : all.filter((other) => (together[other] as number) >= fewestTogether);
        for (const other of kept) {
            sums[other] = (sums[other] as number) / (Math.sqrt(norm * (norms[other] as number)) + SHRINK);
        }
        const entries = largest(sums, kept, most).map((other): Entry => [other, sums[other] as number]);
        for (const other of all) {
            sums[other] = 0;
            together[other] = 0;
            lastUser[other] = -1;
        }
        return entries;
    });
}

/** Returns the events of the wanted items, by item: those of item i are at starts[i] to starts[i + 1]. */
function groupEvents(histories: readonly (readonly number[])[], n: number, wanted: NeighbourOptions["wanted"]) {
    const isWanted = Uint8Array.from({ length: n }, (_, item) => (wanted(item) ? 1 : 0));
    const starts = new Int32Array(n + 1);
    for (const history of histories) {
        for (const item of history) if (isWanted[item]) starts[item + 1] = (starts[item + 1] as number) + 1;
    }
    for (let item = 0; item < n; item++) starts[item + 1] = (starts[item + 1] as number) + (starts[item] as number);
    const next = starts.slice();
    const users = new Int32Array(starts[n] as number);
    const positions = new Int32Array(users.length);
    for (const [user, history] of histories.entries()) {
        for (const [position, item] of history.entries()) {
            if (!isWanted[item]) continue;
            const at = next[item] as number;
            users[at] = user;
            positions[at] = position;
            next[item] = at + 1;
        }
    }
    return { starts, users, positions };
}
