import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { clientsByRegion, every } from "../loop.ts";
import type { MiniStackAddress } from "../ministack.ts";
import { collectMetrics } from "./collect-metrics.ts";

export const personalizeNamespace = "AWS/Personalize";
/** The number of values in a call. PutMetricData accepts 1,000, but 200 keep the body small. */
const maxAtOnce = 200;
/**
 * The maximum number of values to keep while MiniStack does not answer. If there are more, the oldest values are
 * dropped.
 */
const mostWaiting = 5000;

/**
 * Counts Personalize's own metrics, and publishes them to MiniStack's CloudWatch about every second, as the account's
 * root user. `stop` publishes the remaining values.
 */
export function publishServiceMetrics(options: {
    miniStack: MiniStackAddress;
    /** Returns the time of the emulator, in epoch milliseconds. */
    now(): number;
    log(message: string): void;
}) {
    const clients = clientsByRegion(options.miniStack, (settings) => new CloudWatchClient(settings));
    const { count, take } = collectMetrics(options.now);
    let waiting: ReturnType<typeof take> = [];

    const publish = async (all = false) => {
        waiting = [...waiting, ...take({ all })].slice(-mostWaiting);
        while (waiting[0]) {
            const { region } = waiting[0];
            const batch = waiting.filter((values) => values.region === region).slice(0, maxAtOnce);
            const MetricData = batch.map(({ datum }) => datum);
            await clients.of(region).send(new PutMetricDataCommand({ Namespace: personalizeNamespace, MetricData }));
            const sent = new Set(batch);
            waiting = waiting.filter((values) => !sent.has(values));
        }
    };
    const loop = every(1000, publish, (error) => options.log(`Metrics could not be published: ${error.message}`));

    return {
        /** Counts what the emulator reports. */
        count,
        rounds: loop.rounds,
        async stop(): Promise<void> {
            await loop.stop();
            await publish(true).catch(() => {});
            clients.destroy();
        },
    };
}
