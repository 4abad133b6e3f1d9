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
