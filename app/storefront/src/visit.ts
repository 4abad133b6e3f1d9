/** A call that this page made to the API. */
export interface Call {
    readonly path: string;
    readonly ms: number;
    readonly source: string | undefined;
}

const most = 500;
const calls: Call[] = [];

/** Stores a call for the status view. */
export function noted(call: Call): void {
    calls.push(call);
    if (calls.length > most) calls.shift();
}

/**
 * Returns, for each source, the number and the median time of the answers in this visit. The most frequent source is
 * first.
 */
export function answersBySource(of: readonly Call[] = calls): { source: string; count: number; medianMs: number }[] {
    const times = new Map<string, number[]>();
    for (const { source, ms } of of) {
        if (source !== undefined) times.set(source, [...(times.get(source) ?? []), ms]);
    }
    return [...times]
        .map(([source, ms]) => ({ source, count: ms.length, medianMs: median(ms) }))
        .sort((a, b) => b.count - a.count);
}

function median(values: readonly number[]): number {
    const sorted = values.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
    return (low + high) / 2;
}
