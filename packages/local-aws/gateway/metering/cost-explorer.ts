import { toRecord } from "local-personalize";
import { awsJson, jsonAnswer } from "../answer.ts";
import type { Bill } from "./bill.ts";
import { billedService, type CostRecord, computeCosts, monthStart } from "./cost.ts";

type Body = Readonly<Record<string, unknown>>;
type Holds = (record: CostRecord) => boolean;

/** An error of Cost Explorer, with the name of its exception. */
class CostExplorerError extends Error {
    readonly code: string;
    constructor(message: string, code = "ValidationException") {
        super(message);
        this.code = code;
    }
}

const operation = "GetCostAndUsage";
const dayMilliseconds = 24 * 3_600_000;

/** Checks whether the header X-Amz-Target names the operation of Cost Explorer that the local AWS supports. */
export const isCostExplorerCall = (target: string | undefined) => target === `AWSInsightsIndexService.${operation}`;

/**
 * Answers a call of GetCostAndUsage from metered usage, by day, as the runbook `cost-report` calls it. On the local AWS,
 * only Amazon Personalize has costs.
 */
export function answerCostExplorer(bill: Pick<Bill, "usage" | "now">, body: unknown) {
    try {
        return jsonAnswer(200, getCostAndUsage(bill, toRecord(body)), awsJson);
    } catch (error) {
        if (!(error instanceof CostExplorerError)) throw error;
        return jsonAnswer(400, { __type: error.code, message: error.message }, awsJson);
    }
}

function getCostAndUsage({ usage, now }: Pick<Bill, "usage" | "now">, body: Body) {
    if (body.Granularity !== "DAILY") throw unsupported("Granularity", body.Granularity, ["DAILY"]);
    const { Start, End } = toRecord(body.TimePeriod);
    const [from, to] = [readDay(Start, "Start"), readDay(End, "End")];
    if (from >= to) throw new CostExplorerError("Start date (and hour) should be before end date (and hour)");
    if (from > now()) throw new CostExplorerError("Start is in the future.", "DataUnavailableException");
    const asked = listOf(body.Metrics).map((name) => [String(name), oneOf(metrics, name, "metric")] as const);
    const groups = listOf(body.GroupBy).map((group) => readGroup(toRecord(group)));
    const holds = readFilter(body.Filter);
    const metricsOf = (records: readonly CostRecord[]) =>
        Object.fromEntries(asked.map(([name, metric]) => [name, metric(records)]));
    // Start at the month's beginning: with volume discounts, the price of an hour depends on the earlier hours of the
    // month.
    const records = computeCosts(usage({ from: monthStart(from), to })).filter(holds);
    const days = Array.from({ length: (to - from) / dayMilliseconds }, (_, day) => from + day * dayMilliseconds);
    const ResultsByTime = days.map((start) => {
        const end = start + dayMilliseconds;
        const within = records.filter(({ hour }) => hour >= start && hour < end);
        const keyed = Map.groupBy(within, (record) => JSON.stringify(groups.map(({ keyOf }) => keyOf(record))));
        const isGrouped = groups.length > 0;
        return {
            TimePeriod: { Start: showDay(start), End: showDay(end) },
            Total: isGrouped ? {} : metricsOf(within),
            Groups: isGrouped
                ? [...keyed].map(([keys, its]) => ({ Keys: JSON.parse(keys), Metrics: metricsOf(its) }))
                : [],
            // The costs of the current month are estimated, because AWS has not billed it yet.
            Estimated: monthStart(now()) < end,
        };
    });
    const GroupDefinitions = groups.map(({ Type, Key }) => ({ Type, Key }));
    return { ...(groups.length > 0 && { GroupDefinitions }), ResultsByTime, DimensionValueAttributes: [] };
}

const showDay = (time: number) => new Date(time).toISOString().slice(0, 10);

function readDay(text: unknown, name: string): number {
    const time = typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
    // Node.js reads February 30 as a day in March.
    if (Number.isNaN(time) || showDay(time) !== text) {
        throw new CostExplorerError(`${name} time ${text} is invalid. Valid format is: yyyy-MM-dd.`);
    }
    return time;
}

const amount = (value: number) => String(Number(value.toFixed(10)));
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** The supported metrics. An amount has at most ten decimals, as in Cost Explorer. */
const metrics: Readonly<Record<string, (records: readonly CostRecord[]) => { Amount: string; Unit: string }>> = {
    UnblendedCost: (records) => ({ Amount: amount(sumOf(records.map(({ usd }) => usd))), Unit: "USD" }),
    UsageQuantity(records) {
        const units = new Set(records.map(({ unit }) => unit));
        const Amount = amount(sumOf(records.map(({ quantity }) => quantity)));
        return { Amount, Unit: units.size === 1 ? [...units].join("") : "N/A" };
    },
};

const dimensions: Readonly<Record<string, (record: CostRecord) => string>> = {
    // On the local AWS, Amazon Personalize is the only service with costs.
    SERVICE: () => billedService,
    USAGE_TYPE: ({ usageType }) => usageType,
    REGION: ({ region }) => region,
};

function readGroup({ Type, Key }: Body) {
    if (Type !== "DIMENSION") throw unsupported("group type", Type, ["DIMENSION"]);
    return { Type, Key, keyOf: oneOf(dimensions, Key, "dimension") };
}

/** Converts a filter to a predicate: a dimension, a tag, or several of them that must all hold. */
function readFilter(expression: unknown): Holds {
    const [[kind, given] = [], ...others] = Object.entries(toRecord(expression ?? { And: [] }));
    if (others.length > 0) throw new CostExplorerError("Expression should have exactly one root.");
    if (kind === "And") {
        const parts = listOf(given).map(readFilter);
        return (record) => parts.every((part) => part(record));
    }
    const { Key, Values } = toRecord(given);
    const values = listOf(Values);
    if (kind === "Tags") return ({ tags }) => values.includes(tags[String(Key)] ?? "");
    if (kind !== "Dimensions") throw unsupported("filter", kind, ["And", "Dimensions", "Tags"]);
    const dimension = oneOf(dimensions, Key, "dimension");
    return (record) => values.includes(dimension(record));
}

const listOf = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : []);

function oneOf<T>(known: Readonly<Record<string, T>>, name: unknown, what: string): T {
    const found = typeof name === "string" && Object.hasOwn(known, name) ? known[name] : undefined;
    if (found === undefined) throw unsupported(what, name, Object.keys(known));
    return found;
}

const unsupported = (what: string, given: unknown, known: readonly string[]) =>
    new CostExplorerError(`The local AWS does not support the ${what} ${given}. Supported: ${known.join(", ")}.`);
