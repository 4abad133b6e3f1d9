import type { MetricDatum, StandardUnit, StatisticSet } from "@aws-sdk/client-cloudwatch";
import type { Metered } from "local-personalize";

const minuteMilliseconds = 60_000;
const quarterHour = 15 * minuteMilliseconds;
/** Minimum milliseconds between two reads of a metric, to limit the number of values to publish. */
const restMilliseconds = 5000;

/**
 * Checks whether CloudWatch gets an event of this age in milliseconds: it is younger than 14 days (Developer Guide,
 * "Guidelines and requirements"), and at most two hours in the future (CloudWatch API, PutMetricData).
 */
const isAccepted = (age: number) => age < 14 * 86_400_000 && age >= -7_200_000;

/** Values of one of Personalize's metrics within a minute. */
interface Collected {
    readonly region: string;
    /** Region, name and dimensions of the metric. */
    readonly series: string;
    readonly datum: MetricDatum;
}

/**
 * Collects the values of Personalize's metrics in memory.
 * @param now returns the time of the emulator, in epoch milliseconds
 */
export function collectMetrics(now: () => number) {
    const collected = new Map<string, Collected>();
    /** Time of each metric's last read, by the clock of the process. */
    const takenAt = new Map<string, number>();
    return {
        /** Counts what the emulator reports. */
        count(metered: Metered): void {
            const { region, arns } = metered.resource;
            const isAttributed = metered.event === "attributed";
            if (isAttributed && !isAccepted(now() - metered.at)) return;
            const start = metered.at - (metered.at % (isAttributed ? quarterHour : minuteMilliseconds));
            const source = isAttributed && { EventAttributionSource: metered.source.toUpperCase() };
            const Dimensions = Object.entries({ ...source, ...arns }).map(([Name, Value]) => ({ Name, Value }));
            for (const [MetricName, value, Unit = "Count"] of valuesOf(metered)) {
                const series = JSON.stringify([region, MetricName, Dimensions]);
                const key = `${start} ${series}`;
                const earlier: Partial<StatisticSet> = collected.get(key)?.datum.StatisticValues ?? {};
                const { SampleCount = 0, Sum = 0, Minimum = value, Maximum = value } = earlier;
                const range = { Minimum: Math.min(Minimum, value), Maximum: Math.max(Maximum, value) };
                const StatisticValues = { SampleCount: SampleCount + 1, Sum: Sum + value, ...range };
                const Timestamp = new Date(start);
                const datum = { MetricName, Unit, Dimensions, Timestamp, StatisticValues };
                collected.set(key, { region, series, datum });
            }
        },
        /** Returns and removes the values: each metric at most once in 5 seconds, unless `all` is true. */
        take({ all = false } = {}): readonly Collected[] {
            const time = performance.now();
            const isDue = ({ series }: Collected) =>
                all || time - (takenAt.get(series) ?? Number.NEGATIVE_INFINITY) >= restMilliseconds;
            const taken = [...collected].filter(([, values]) => isDue(values));
            for (const [key, { series }] of taken) {
                collected.delete(key);
                takenAt.set(series, time);
            }
            return taken.map(([, values]) => values);
        },
    };
}

type Value = readonly [name: string, value: number, unit?: StandardUnit];

/**
 * Returns the values of metrics. The error metrics have a value for each call and each job, 1 for an error and otherwise
 * 0 (developer guide, "CloudWatch metrics"). Names of attributed metrics and of their sources are in upper case, as in
 * AWS's notebook Measure_Impact_of_Recommendations.
 */
function valuesOf(metered: Metered): readonly Value[] {
    const job = metered.resource.kind === "solution-version" ? "SolutionTrainingJob" : "DatasetImportJob";
    if (metered.event === "attributed") return [[metered.metricName.toUpperCase(), metered.value]];
    if (metered.event === "started") return [[`${job}Requests`, 1]];
    if (metered.event === "failed") return [[`${job}Error`, 1]];
    if (metered.event === "provisioned") return [];
    if (metered.event !== "called") {
        const size: readonly Value[] = metered.event === "imported" ? [["DatasetSize", metered.bytes, "Bytes"]] : [];
        return [[`${job}Error`, 0], [`${job}ExecutionTime`, metered.milliseconds / 1000, "Seconds"], ...size];
    }
    const { operation, status, milliseconds } = metered;
    const latency = `${operation.replace("Events", "Event")}Latency`; // AWS's name of the latency of PutEvents has no s.
    const successes: readonly Value[] = [
        [operation.startsWith("Put") ? `${operation}Requests` : operation, 1],
        [latency, milliseconds, "Milliseconds"],
    ];
    const errors = (least: number) => Number(status >= least && status < least + 100);
    return [
        [`${operation}4xxErrors`, errors(400)],
        [`${operation}5xxErrors`, errors(500)],
        ...(status === 200 ? successes : []),
    ];
}
