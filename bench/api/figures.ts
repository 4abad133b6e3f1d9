import type { Asked } from "./load.ts";

interface Latency {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
}

/** Returns percentiles of times in milliseconds, by the nearest-rank method; NaN if there are no times. */
export function computeLatency(times: readonly number[]): Latency {
    const sorted = Float64Array.from(times).sort();
    const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export const layerHead = ["answered by", "requests", "part", "p50 ms", "p95 ms", "p99 ms"];

/** Returns a table row for each source of lists (such as memory or campaign): number, share of all lists, and times. */
export function layerRows(timedCalls: readonly Asked[]): (readonly string[])[] {
    const lists = timedCalls.filter(({ kind }) => kind === "list");
    const row = (name: string, some: readonly Asked[], all: number) => {
        const { p50, p95, p99 } = computeLatency(some.map(({ answer }) => answer.milliseconds));
        const part = `${((100 * some.length) / all).toFixed(1)} %`;
        return [name, some.length.toLocaleString("en-US"), part, p50.toFixed(2), p95.toFixed(2), p99.toFixed(2)];
    };
    const layers = [...new Set(lists.map(({ answer }) => answer.layer))].sort();
    const events = timedCalls.filter(({ kind }) => kind === "event");
    return [
        ...layers.map((layer) =>
            row(
                layer,
                lists.filter(({ answer }) => answer.layer === layer),
                lists.length,
            ),
        ),
        row("all lists", lists, lists.length),
        ...(events.length > 0 ? [row("events", events, timedCalls.length)] : []),
    ];
}

export const countFailed = (timedCalls: readonly Asked[]): number =>
    timedCalls.filter(({ answer }) => answer.status >= 300).length;

/** Returns the number of answers by source, most frequent first: `campaign 120, cache (throttled) 30`. */
export function summarizeSources(timedCalls: readonly Asked[]): string {
    const counts = new Map<string, number>();
    for (const { kind, answer } of timedCalls) {
        if (kind === "event" || answer.status >= 300) continue;
        const { source, reason } = answer.body;
        const name = reason === undefined ? source : `${source} (${reason})`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts]
        .sort((one, other) => other[1] - one[1])
        .map(([name, count]) => `${name} ${count}`)
        .join(", ");
}

/** Formats the median and the 99th percentile of times in seconds. */
export function seconds50and99(seconds: readonly number[]): string {
    const { p50, p99 } = computeLatency(seconds);
    return `${p50.toFixed(2)}, ${p99.toFixed(2)} s (p50, p99 of ${seconds.length})`;
}
