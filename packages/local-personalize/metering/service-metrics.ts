/** Values of one of the service's metrics within a minute, in the form of PutMetricData's StatisticValues. */
export interface MetricValues {
    readonly region: string;
    readonly name: string;
    readonly unit: "Count" | "Milliseconds" | "Seconds" | "Bytes";
    readonly dimensions: Readonly<Record<string, string>>;
    /** Start of the minute, epoch milliseconds. */
    readonly minute: number;
    count: number;
    sum: number;
    minimum: number;
    maximum: number;
}

const minuteMilliseconds = 60_000;

/** Milliseconds between two takes of a metric: the publisher must not get too many. */
const restMilliseconds = 5000;

/** Collects the service's own metrics in memory. */
export function createServiceMetrics() {
    let collected = new Map<string, MetricValues>();
    let takenAt = new Map<string, number>();

    return {
        add(metric: Pick<MetricValues, "region" | "name" | "unit" | "dimensions">, value: number, now: number): void {
            const minute = now - (now % minuteMilliseconds);
            const key = `${minute} ${nameOf(metric)}`;
            const values = collected.get(key);
            if (!values) {
                collected.set(key, { ...metric, minute, count: 1, sum: value, minimum: value, maximum: value });
                return;
            }
            values.count++;
            values.sum += value;
            values.minimum = Math.min(values.minimum, value);
            values.maximum = Math.max(values.maximum, value);
        },
        /** Takes the collected values. `all`: also those of metrics that were taken a moment ago. */
        take({ all = false } = {}): MetricValues[] {
            const now = performance.now();
            const before = takenAt;
            takenAt = new Map([...before].filter(([, at]) => now - at < restMilliseconds));
            const resting = new Set(all ? [] : takenAt.keys());
            const left = new Map<string, MetricValues>();
            const taken: MetricValues[] = [];
            for (const [key, values] of collected) {
                const name = nameOf(values);
                if (resting.has(name)) left.set(key, values);
                else {
                    taken.push(values);
                    takenAt.set(name, now);
                }
            }
            collected = left;
            return taken;
        },
    };
}

export type ServiceMetrics = ReturnType<typeof createServiceMetrics>;

const nameOf = ({ region, name, dimensions }: Pick<MetricValues, "region" | "name" | "dimensions">) =>
    `${region} ${name} ${Object.values(dimensions).join(" ")}`;
