import { type CloudWatchClient, type MetricDataQuery, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import type { ReadMetrics } from "./metric-reads.ts";
import { type Series, sumOf } from "./series.ts";

/**
 * Pattern of a supported query:
 * `SELECT SUM(name) FROM SCHEMA("namespace", dimension, …) WHERE dimension = 'value' AND …`
 */
const shape = /^SELECT\s+SUM\("?(\w+)"?\)\s+FROM\s+SCHEMA\("([^"]+)"([\s\w",]*)\)(?:\s+WHERE\s+(\S.*))?$/i;

/** Checks whether an alarm's expression is a Metrics Insights query and not metric math. */
export const isInsightsQuery = (expression: string | undefined): boolean => /^\s*SELECT\s/i.test(expression ?? "");

interface Query {
    readonly name: string;
    readonly namespace: string;
    readonly dimensions: readonly string[];
    readonly where: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Returns the series of a Metrics Insights query (CloudWatch User Guide, "Query your metrics with CloudWatch Metrics
 * Insights"). The query reads metrics with exactly the dimensions of its SCHEMA. `period` is in seconds.
 * @throws Error for an unsupported query: with another function than SUM, with GROUP BY, ORDER BY or OR, or without SCHEMA
 */
export async function insights(
    client: CloudWatchClient,
    read: ReadMetrics,
    expression: string,
    { period, from, to }: { readonly period: number; readonly from: number; readonly to: number },
): Promise<Series> {
    const { name, namespace, dimensions, where } = parse(expression);
    const queries: MetricDataQuery[] = [];
    for await (const page of paginateListMetrics({ client }, { Namespace: namespace, MetricName: name })) {
        for (const Metric of page.Metrics ?? []) {
            const has = new Map((Metric.Dimensions ?? []).map(({ Name = "", Value = "" }) => [Name, Value]));
            const isOne = has.size === dimensions.length && dimensions.every((dimension) => has.has(dimension));
            if (isOne && where.every(({ key, value }) => has.get(key) === value)) {
                const MetricStat = { Metric, Period: period, Stat: "Sum" };
                queries.push({ Id: `m${queries.length}`, MetricStat });
            }
        }
    }
    const found = queries.length === 0 ? [] : await read(queries, from, to);
    return sumOf(found.map(([, series]) => series));
}

function parse(expression: string): Query {
    const [, name, namespace = "", dimensions = "", where = ""] = shape.exec(expression.trim()) ?? [];
    const conditions = where === "" ? [] : where.split(/\sAND\s/i);
    const parsed = conditions.map((condition) => /^"?(\w+)"?\s*=\s*'([^']*)'$/.exec(condition.trim()));
    if (name === undefined || parsed.some((condition) => condition === null)) {
        throw new Error(`the query "${expression}" is not supported by the local AWS`);
    }
    return {
        name,
        namespace,
        dimensions: [...dimensions.matchAll(/\w+/g)].map(([dimension]) => dimension),
        where: parsed.map((condition) => ({ key: condition?.[1] ?? "", value: condition?.[2] ?? "" })),
    };
}
