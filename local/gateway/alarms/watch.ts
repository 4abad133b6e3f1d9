import { setTimeout as sleep } from "node:timers/promises";
import {
    CloudWatchClient,
    type MetricAlarm,
    paginateDescribeAlarms,
    SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { datapointsOf } from "./datapoints.ts";
import { evaluateAlarm } from "./evaluate.ts";

export interface AlarmWatchOptions {
    readonly miniStackPort: number;
    /** The region that is always looked at; MiniStack tells which others have alarms. */
    readonly region: string;
    log(message: string): void;
}

/** CloudWatch evaluates an alarm every 10 seconds or every minute; more often here, so that nobody waits for it. */
const everyMilliseconds = 2000;
/** Where MiniStack says which regions have alarms: local/ministack/metric_alarms.py. */
const regionsHeader = "x-alarm-regions";

/**
 * Evaluates each metric alarm of the local AWS on a timer, and sets its state when it changes; MiniStack then runs the
 * alarm's actions. What fails is logged once, and tried again.
 */
export function watchAlarms({ miniStackPort, region, log }: AlarmWatchOptions): { close(): Promise<void> } {
    const stopped = new AbortController();
    const clients = new Map<string, CloudWatchClient>();
    const complaints = new Map<string, string>();

    function clientOf(name: string): CloudWatchClient {
        const known = clients.get(name);
        if (known) {
            return known;
        }
        const client = new CloudWatchClient({
            endpoint: `http://127.0.0.1:${miniStackPort}`,
            region: name,
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
            maxAttempts: 1,
        });
        client.middlewareStack.add(
            (next) => async (args) => {
                const answer = await next(args);
                const { headers = {} } = answer.response as { headers?: Record<string, string> };
                for (const other of headers[regionsHeader]?.split(",") ?? []) {
                    clientOf(other);
                }
                return answer;
            },
            { step: "deserialize" },
        );
        clients.set(name, client);
        return client;
    }

    /** Says once what fails, until it fails otherwise. */
    async function attempt(what: string, work: () => Promise<void>): Promise<void> {
        try {
            await work();
            complaints.delete(what);
        } catch (error) {
            const { message } = error as Error;
            if (!stopped.signal.aborted && complaints.get(what) !== message) {
                complaints.set(what, message);
                log(`${what} is not evaluated: ${message}`);
            }
        }
    }

    async function look(client: CloudWatchClient, alarm: MetricAlarm): Promise<void> {
        const now = Date.now();
        const { state, reason, reasonData } = evaluateAlarm(alarm, await datapointsOf(client, alarm, now), now);
        if (state !== alarm.StateValue) {
            const { AlarmName } = alarm;
            const change = { AlarmName, StateValue: state, StateReason: reason, StateReasonData: reasonData };
            await client.send(new SetAlarmStateCommand(change));
        }
    }

    async function watch(): Promise<void> {
        clientOf(region);
        while (!stopped.signal.aborted) {
            for (const [name, client] of [...clients]) {
                await attempt(`what is in ${name}`, async () => {
                    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {})) {
                        for (const alarm of MetricAlarms) {
                            await attempt(`alarm ${alarm.AlarmName} in ${name}`, () => look(client, alarm));
                        }
                    }
                });
            }
            await sleep(everyMilliseconds, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
        }
    }
    const watching = watch();
    return {
        async close() {
            stopped.abort();
            for (const client of clients.values()) {
                client.destroy();
            }
            await watching;
        },
    };
}
