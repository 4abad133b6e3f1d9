/**
 * Returns the `count` candidates with the largest values, largest first; equal ones by number. Keeps the best
 * candidates so far in a heap, which is faster than sorting all.
 */
export function largest(values: Float64Array, candidates: ArrayLike<number>, count: number): number[] {
    const heap: number[] = [];
    /** Checks whether `a` comes after `b` in the result. */
    const isWorse = (a: number, b: number) => {
        const [x, y] = [values[a] as number, values[b] as number];
        return x < y || (x === y && a > b);
    };
    const limit = Math.min(count, candidates.length);
    if (limit === 0) return heap;
    // Most candidates are smaller than the smallest one in a full heap.
    let least = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < candidates.length; at++) {
        const item = candidates[at] as number;
        if (heap.length < limit) {
            heap.push(item);
            rise(heap, isWorse);
        } else if ((values[item] as number) >= least && isWorse(heap[0] as number, item)) {
            heap[0] = item;
            sink(heap, isWorse);
        }
        least = heap.length < limit ? least : (values[heap[0] as number] as number);
    }
    return heap.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

type Compare = (a: number, b: number) => boolean;

function rise(heap: number[], isWorse: Compare): void {
    let at = heap.length - 1;
    while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isWorse(heap[at] as number, heap[parent] as number)) return;
        swap(heap, at, parent);
        at = parent;
    }
}

function sink(heap: number[], isWorse: Compare): void {
    for (let at = 0; ; ) {
        const left = 2 * at + 1;
        if (left >= heap.length) return;
        const right = left + 1;
        const worst = right < heap.length && isWorse(heap[right] as number, heap[left] as number) ? right : left;
        if (!isWorse(heap[worst] as number, heap[at] as number)) return;
        swap(heap, at, worst);
        at = worst;
    }
}

function swap(heap: number[], a: number, b: number): void {
    const value = heap[a] as number;
    heap[a] = heap[b] as number;
    heap[b] = value;
}
