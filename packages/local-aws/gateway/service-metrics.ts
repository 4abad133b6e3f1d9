import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Emulator, MetricValues } from "local-personalize";
import { clientsByRegion, every } from "./loop.ts";
import type { MiniStackAddress } from "./ministack.ts";

export const personalizeNamespace = "AWS/Personalize";
/** The number of values in a call. PutMetricData accepts 1,000, but 200 keep the body small. */
const maxAtOnce = 200;
/**
 * The maximum number of values to keep while MiniStack does not answer. If there are more, the oldest values are
 * dropped.
 */
const mostWaiting = 5000;

/**
 * Publishes Personalize's own metrics to MiniStack's CloudWatch about every second, as the account's root user. `stop`
 * publishes the remaining values.
 */
export function publishServiceMetrics(options: {
    miniStack: MiniStackAddress;
    emulator: Pick<Emulator, "takeMetrics">;
    log(message: string): void;
}) {
    const clients = clientsByRegion(options.miniStack, (settings) => new CloudWatchClient(settings));
    let waiting: MetricValues[] = [];

    const publish = async (all = false) => {
        waiting = [...waiting, ...options.emulator.takeMetrics({ all })].slice(-mostWaiting);
        while (waiting[0]) {
            const { region } = waiting[0];
            const batch = waiting.filter((values) => values.region === region).slice(0, maxAtOnce);
            const put = new PutMetricDataCommand({ Namespace: personalizeNamespace, MetricData: batch.map(datumOf) });
            await clients.of(region).send(put);
            const sent = new Set(batch);
            waiting = waiting.filter((values) => !sent.has(values));
        }
    };
    const loop = every(1000, publish, (error) => options.log(`Metrics could not be published: ${error.message}`));

    return {
        rounds: loop.rounds,
        async stop(): Promise<void> {
            await loop.stop();
            await publish(true).catch(() => {});
            clients.destroy();
        },
    };
}

const datumOf = ({ name, unit, dimensions, minute, count, sum, minimum, maximum }: MetricValues): MetricDatum => ({
    MetricName: name,
    Unit: unit,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(minute),
    StatisticValues: { SampleCount: count, Sum: sum, Minimum: minimum, Maximum: maximum },
});
