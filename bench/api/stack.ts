import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { PersonalizeEventsClient, PutEventsCommand } from "@aws-sdk/client-personalize-events";
import { GetRecommendationsCommand, type PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { personalizeNamespace, servingMetrics } from "../../core/config/metrics.ts";
import { fetchMovieLens } from "../../data-prep/movielens.ts";
import { prepare } from "../../data-prep/prepare.ts";
import { assertExit, createClients, region, startTestAws } from "../../test/support/local-aws.ts";
import { log } from "../lib/command.ts";
import { type Call, directCaller, httpCaller } from "./call.ts";

const settings = {
    ...{ api: true, storefront: "none", eventTracker: true },
    throttle: { requestsPerSecond: 100, burst: 200, eventsPerSecond: 10, eventsBurst: 50 },
};

/**
 * Starts a local AWS and deploys the program's API with MovieLens 100k. `stop` ends the local AWS and removes its
 * files.
 */
export async function startApiStack() {
    const file = await fetchMovieLens("data/ml-100k", { log, env: process.env });
    const rows = (await readFile(file, "latin1")).trimEnd().split("\n");
    const aws = await startTestAws();
    const address = { endpoint: `http://127.0.0.1:${aws.instance.port}`, region };
    const client = { ...address, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    const cloudwatch = new CloudWatchClient(client);
    const events = new PersonalizeEventsClient(client);
    const { runtime } = createClients(aws.instance);

    /** Prepares the data without its last `less` lines, so that `up` trains another version on other interactions. */
    async function prepareData(less: number): Promise<void> {
        const input = join(aws.instance.dir, "u.data");
        await writeFile(input, rows.slice(0, rows.length - less).join("\n"));
        await prepare({ input, output: aws.interactionsFile, log: () => {} });
    }
    async function stop(): Promise<void> {
        for (const one of [cloudwatch, events, runtime]) one.destroy();
        await aws.stop();
    }

    try {
        await prepareData(0);
        await aws.configure(settings);
        assertExit(await aws.engine("up"), 0);
        const { apiUrl = "", campaignArn = "", eventTrackerId = "" } = await aws.outputs();
        return {
            aws,
            campaignArn,
            caller: () => httpCaller(apiUrl),
            direct: () => campaignCaller({ runtime, events }, campaignArn, eventTrackerId),
            prepareData,
            configure: (more: object) => aws.configure({ ...settings, ...more }),
            /**
             * Returns the number of calls to the campaign since a time in epoch milliseconds, from Personalize's metrics
             * in CloudWatch, which count whole minutes.
             */
            async campaignCalls(since: number): Promise<number> {
                const metric = {
                    Namespace: personalizeNamespace,
                    MetricName: servingMetrics.successes,
                    Dimensions: [{ Name: "CampaignArn", Value: campaignArn }],
                };
                const { MetricDataResults = [] } = await cloudwatch.send(
                    new GetMetricDataCommand({
                        StartTime: new Date(since),
                        EndTime: new Date(Date.now() + 60_000),
                        MetricDataQueries: [{ Id: "one", MetricStat: { Metric: metric, Period: 60, Stat: "Sum" } }],
                    }),
                );
                return (MetricDataResults[0]?.Values ?? []).reduce((total, value) => total + value, 0);
            },
            stop,
        };
    } catch (error) {
        await stop();
        throw error;
    }
}

export type ApiStack = Awaited<ReturnType<typeof startApiStack>>;

/**
 * Returns a function that calls the campaign directly, as a web server without this API would: with the AWS SDK and its
 * default of three attempts.
 */
const campaignCaller = (
    { runtime, events }: { readonly runtime: PersonalizeRuntimeClient; readonly events: PersonalizeEventsClient },
    campaignArn: string,
    trackingId: string,
): Call =>
    directCaller(
        (userId, numResults) => runtime.send(new GetRecommendationsCommand({ campaignArn, userId, numResults })),
        ({ events: watched, ...viewer }) => {
            const eventList = watched.map((event) => ({ ...event, sentAt: new Date() }));
            return events.send(new PutEventsCommand({ trackingId, ...viewer, eventList }));
        },
    );
