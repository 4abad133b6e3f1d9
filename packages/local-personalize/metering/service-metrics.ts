/** Values of one of the service's metrics within a minute: what PutMetricData takes as StatisticValues. */
export interface MetricValues {
    readonly region: string;
    readonly name: string;
    readonly unit: "Count" | "Milliseconds" | "Seconds" | "Bytes";
    readonly dimensions: Readonly<Record<string, string>>;
    /** Epoch milliseconds at which the minute begins. */
    readonly minute: number;
    count: number;
    sum: number;
    minimum: number;
    maximum: number;
}

const minuteMilliseconds = 60_000;

/** A metric is taken at once, and then not again for so long: who publishes it is not to be flooded. */
const restMilliseconds = 5000;

/** Collects the metrics that the service publishes of itself, in memory. */
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
        /** Takes what was collected. `all`: also what was taken a moment ago. */
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
