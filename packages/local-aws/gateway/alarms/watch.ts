import {
    CloudWatchClient,
    type MetricAlarm,
    paginateDescribeAlarms,
    SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { clientsByRegion, every } from "../loop.ts";
import { personalizeNamespace } from "../metering/service-metrics.ts";
import type { MiniStackAddress } from "../ministack.ts";
import { fetchDatapoints } from "./datapoints.ts";
import { evaluateAlarm } from "./evaluate.ts";
import { metricReads, type ReadMetrics } from "./metric-reads.ts";

interface AlarmWatchOptions {
    readonly miniStack: MiniStackAddress;
    /**
     * The region whose alarms are evaluated from the start. MiniStack's responses name the other regions that have
     * alarms.
     */
    readonly region: string;
    /**
     * Returns the time of the Personalize emulator's clock, for alarms on its metrics. Alarms on other metrics use the
     * machine's clock.
     */
    readonly personalizeClock: { now(): number };
    log(message: string): void;
}

/** CloudWatch evaluates an alarm every 10 seconds or every minute; the local AWS does so every 2 seconds. */
const everyMilliseconds = 2000;

/** Checks whether an alarm uses a Personalize metric directly or in a query. */
function isOfPersonalize({ Namespace, Metrics = [] }: MetricAlarm): boolean {
    const queried = Metrics.flatMap(({ MetricStat, Expression }) => [MetricStat?.Metric?.Namespace, Expression]);
    return [Namespace, ...queried].some((text) => text?.includes(personalizeNamespace));
}

/** The header in which MiniStack returns the regions with alarms; see packages/local-aws/ministack/alarms.py. */
const regionsHeader = "x-alarm-regions";

/**
 * Evaluates each metric alarm on a timer and sets changed states; MiniStack then runs the alarm's actions. An alarm
 * that cannot be evaluated is logged once, is retried, and does not delay other alarms.
 */
export function watchAlarms({ miniStack, region, personalizeClock, log }: AlarmWatchOptions): {
    rounds(): number;
    stop(): Promise<void>;
} {
    const complaints = new Map<string, string>();
    const clients = clientsByRegion(miniStack, (settings) => {
        const client = new CloudWatchClient(settings);
        client.middlewareStack.add(
            (next) => async (args) => {
                const answer = await next(args);
                const { headers = {} } = answer.response as { headers?: Record<string, string> };
                for (const other of headers[regionsHeader]?.split(",") ?? []) clients.of(other);
                return answer;
            },
            { step: "deserialize" },
        );
        return client;
    });

    async function look(client: CloudWatchClient, read: ReadMetrics, alarm: MetricAlarm): Promise<void> {
        const now = isOfPersonalize(alarm) ? personalizeClock.now() : Date.now();
        const { state, reason } = evaluateAlarm(alarm, await fetchDatapoints(client, read, alarm, now), now);
        if (state !== alarm.StateValue) {
            const { AlarmName } = alarm;
            const change = { AlarmName, StateValue: state, StateReason: reason };
            await client.send(new SetAlarmStateCommand(change));
        }
    }

    async function lookAtAll(): Promise<void> {
        for (const name of clients.regions()) {
            const client = clients.of(name);
            const read = metricReads(client);
            for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {})) {
                await Promise.all(
                    MetricAlarms.map(async (alarm) => {
                        const { AlarmArn = "" } = alarm;
                        const complaint = await look(client, read, alarm).then(
                            () => "",
                            ({ message }: Error) => message,
                        );
                        if (complaint !== "" && complaints.get(AlarmArn) !== complaint) {
                            log(`Alarm ${alarm.AlarmName} in ${name} is not evaluated: ${complaint}`);
                        }
                        complaints.set(AlarmArn, complaint);
                    }),
                );
            }
        }
    }

    clients.of(region);
    const loop = every(everyMilliseconds, lookAtAll, ({ message }) => log(`Alarms are not evaluated: ${message}`));
    return {
        rounds: loop.rounds,
        async stop() {
            await loop.stop();
            clients.destroy();
        },
    };
}
