import { largest } from "./largest.ts";
import type { Entry } from "./sparse-rows.ts";

/** Maximum distance of two events in a user's history that count as a pair. */
const WINDOW = 100;
/** Distance at which a pair of events counts half as much as at distance 0. */
const HALVING = 20;
const FLOOR = 0.1;
/** Reduces similarities that are based on few events. The value was chosen by measurements. */
const SHRINK = 10;

const kernel = Float64Array.from(
    { length: WINDOW + 1 },
    (_, distance) => FLOOR + (1 - FLOOR) * 2 ** (-distance / HALVING),
);

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
