import { setTimeout as wait } from "node:timers/promises";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { hour, window, windowStart } from "../../../core/cost/time.ts";
import { requestWindows } from "../../../core/operations/observe-campaign.ts";
import { limits } from "../../serving/limits.ts";
import { type PrefetchWish, prefetch } from "../../serving/prefetch.ts";
import { prefetchLines } from "../../serving/request-line.ts";
import { campaignPort } from "../recommendation-api/campaign.ts";
import { fetchRequestCounts, tablePort } from "../recommendation-api/table.ts";

/** Configuration of the function: JSON in `PREFETCH_CONFIG`. */
interface PrefetchSettings extends Omit<PrefetchWish, "until" | "limits"> {
    readonly stack: string;
    readonly campaignArn: string;
    readonly tableName: string;
}

const clients = {
    personalize: new PersonalizeClient({}),
    // A client without retries, because each request is billed.
    runtime: new PersonalizeRuntimeClient({ maxAttempts: 1 }),
};
const cloudWatch = new CloudWatchClient({});
const dynamo = new DynamoDBClient({});

/** Milliseconds reserved for the last response and the log. */
const reserve = 5000;

/** Precomputes lists once; the event is ignored. */
export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> {
    const settings = JSON.parse(process.env.PREFETCH_CONFIG ?? "{}") as PrefetchSettings;
    const { stack, campaignArn, tableName } = settings;
    const log = (line: object) => console.log(JSON.stringify(line));
    const campaign = campaignPort(clients, { campaignArn });
    /** Number of lists that the campaign returned, for each window in which CloudWatch counts them. */
    const answers = new Map<number, number>();
    const done = await prefetch(
        {
            campaign: {
                ...campaign,
                async ask(...args) {
                    const order = await campaign.ask(...args);
                    const start = windowStart(Date.now());
                    answers.set(start, (answers.get(start) ?? 0) + 1);
                    return order;
                },
            },
            table: tablePort(dynamo, tableName),
            asked: (of, most) => fetchRequestCounts(dynamo, tableName, of, most),
            busiestTPS: async () => {
                const now = Date.now();
                const windows = await requestWindows(cloudWatch, campaignArn, now - hour, now);
                return Math.max(0, ...windows.values()) / (window / 1000);
            },
            clock: Date.now,
            wait: (milliseconds) => wait(milliseconds),
            log,
        },
        { ...settings, until: Date.now() + context.getRemainingTimeInMillis() - reserve, limits },
    ).finally(() => prefetchLines(stack, answers).forEach(log));
    log({ did: "prefetch", ...done });
}
