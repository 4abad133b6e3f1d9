import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Series } from "./series.ts";

/** A function that reads the series of metric queries, by query id, between two times in epoch milliseconds. */
export type ReadMetrics = (
    queries: readonly MetricDataQuery[],
    from: number,
    to: number,
) => Promise<[id: string, Series][]>;

interface Read {
    readonly queries: readonly MetricDataQuery[];
    resolve(series: [id: string, Series][]): void;
    reject(error: unknown): void;
}

/**
 * Combines reads of one time range that start in the same turn of the event loop into one call, because a call costs as
 * much as ten queries. If the call fails, each read is repeated as a call of its own, so that a wrong query rejects
 * only its own read.
 */
export function metricReads(client: Pick<CloudWatchClient, "send">): ReadMetrics {
    const waiting = new Map<string, Read[]>();

    async function call(reads: readonly Read[], from: number, to: number): Promise<void> {
        const nameOf = (read: number, { Id }: MetricDataQuery) => `r${read}_${Id}`;
        const MetricDataQueries = reads.flatMap(({ queries }, read) =>
            queries.map((query) => ({ Id: nameOf(read, query), MetricStat: query.MetricStat })),
        );
        const times = { StartTime: new Date(from), EndTime: new Date(to) };
        const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand({ MetricDataQueries, ...times }));
        const resultsById = new Map(
            MetricDataResults.map(({ Id, Timestamps = [], Values = [] }) => [
                Id,
                new Map(Timestamps.map((at, n) => [at.getTime(), Values[n] ?? Number.NaN])),
            ]),
        );
        for (const [read, { queries, resolve }] of reads.entries()) {
            resolve(queries.map((query) => [query.Id ?? "", resultsById.get(nameOf(read, query)) ?? new Map()]));
        }
    }

    return (queries, from, to) =>
        new Promise((resolve, reject) => {
            const read = { queries, resolve, reject };
            const key = `${from} ${to}`;
            const others = waiting.get(key);
            if (others) {
                others.push(read);
                return;
            }
            const reads = [read];
            waiting.set(key, reads);
            setImmediate(() => {
                waiting.delete(key);
                call(reads, from, to).catch((error) => {
                    if (reads.length === 1) return reject(error);
                    for (const one of reads) call([one], from, to).catch(one.reject);
                });
            });
        });
}
