import { type CostRecord, computeCosts, type Emulator, monthStart, toRecord } from "local-personalize";
import { awsJson, jsonAnswer } from "../answer.ts";
import { readFilter, requireDimension } from "./filter.ts";
import { type Body, CostExplorerError, cut, invalid, readPeriod, shown } from "./input.ts";

type Metered = Pick<Emulator, "usage" | "clock">;

const prefix = "AWSInsightsIndexService.";
const usd = (value: number) => ({ Amount: amount(value), Unit: "USD" });
/** Formats a number with at most ten decimals, as Cost Explorer does. */
const amount = (value: number) => String(Number(value.toFixed(10)));

const operations: Readonly<Record<string, (metered: Metered, body: Body) => object>> = {
    GetCostAndUsage: getCostAndUsage,
};

/** Returns the Cost Explorer operation in the header X-Amz-Target; undefined for an unsupported operation. */
export function costExplorerOperation(target: string | undefined): string | undefined {
    const name = target?.startsWith(prefix) ? target.slice(prefix.length) : "";
    return Object.hasOwn(operations, name) ? name : undefined;
}

/** Answers a Cost Explorer call from metered usage. On the local AWS, only Amazon Personalize has costs. */
export function answerCostExplorer(metered: Metered, operation: string, body: unknown) {
    try {
        return jsonAnswer(200, operations[operation]?.(metered, toRecord(body)) ?? {}, awsJson);
    } catch (error) {
        if (!(error instanceof CostExplorerError)) throw error;
        return jsonAnswer(400, { __type: error.code, message: error.message }, awsJson);
    }
}

function getCostAndUsage({ usage, clock }: Metered, body: Body) {
    const { granularity, ...period } = readPeriod(body);
    if (period.start > clock.now()) throw new CostExplorerError("DataUnavailableException", "Start is in the future.");
    const names = readMetrics(body.Metrics);
    const groups = readGroups(body.GroupBy);
    const holds = readFilter(body.Filter);
    // Start at the month's beginning: with volume discounts, the price of an hour depends on the earlier hours of the
    // month.
    const records = computeCosts(usage({ from: monthStart(period.start), to: period.end })).filter(holds);
    const ResultsByTime = cut(period, granularity).map((part) => {
        const within = records.filter(({ hour }) => hour >= part.start && hour < part.end);
        const keyed = Map.groupBy(within, (record) => JSON.stringify(groups.map(({ keyOf }) => keyOf(record))));
        return {
            TimePeriod: shown(part, granularity),
            Total: groups.length > 0 ? {} : metricsOf(names, within),
            Groups:
                groups.length > 0
                    ? [...keyed].map(([keys, its]) => ({ Keys: JSON.parse(keys), Metrics: metricsOf(names, its) }))
                    : [],
            // The costs of the current month are estimated, because AWS has not billed it yet.
            Estimated: monthStart(clock.now()) < part.end,
        };
    });
    const GroupDefinitions = groups.map(({ Type, Key }) => ({ Type, Key }));
    return { ...(groups.length > 0 && { GroupDefinitions }), ResultsByTime, DimensionValueAttributes: [] };
}

const metrics: Readonly<Record<string, (records: readonly CostRecord[]) => { Amount: string; Unit: string }>> = {
    UnblendedCost: (records) => usd(records.reduce((sum, { usd }) => sum + usd, 0)),
    UsageQuantity(records) {
        const units = new Set(records.map(({ unit }) => unit));
        const sum = records.reduce((total, { quantity }) => total + quantity, 0);
        return { Amount: amount(sum), Unit: units.size === 1 ? [...units].join("") : "N/A" };
    },
};

function metricsOf(names: readonly string[], records: readonly CostRecord[]) {
    return Object.fromEntries(names.map((name) => [name, metrics[name]?.(records)]));
}

function readMetrics(given: unknown): string[] {
    if (!Array.isArray(given) || given.length === 0) throw invalid("Metrics is required.");
    const unknown = given.find((name) => !Object.hasOwn(metrics, name));
    if (unknown === undefined) return given;
    throw invalid(
        `The local AWS does not support the metric ${unknown}. Supported metrics: ${Object.keys(metrics).join(", ")}.`,
    );
}

function readGroups(given: unknown) {
    const groups = Array.isArray(given) ? given.map(toRecord) : [];
    if (groups.length > 2) throw invalid("At most two groups are allowed.");
    return groups.map(({ Type, Key }) => {
        if (Type === "DIMENSION") return { Type, Key, keyOf: requireDimension(Key) };
        if (Type !== "TAG")
            throw invalid(`The local AWS does not support the group type ${Type}; it supports DIMENSION and TAG.`);
        return { Type, Key, keyOf: ({ tags }: CostRecord) => `${Key}$${tags[String(Key)] ?? ""}` };
    });
}
