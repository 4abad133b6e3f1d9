import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { PersonalizeEventsClient } from "@aws-sdk/client-personalize-events";
import { functionsNamespace, personalizeNamespace, servingApiMetrics, servingMetrics } from "../../config/metrics.ts";
import { fetchMovieLens } from "../../data-prep/movielens.ts";
import { prepare } from "../../data-prep/prepare.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { assertExit, createClients, region, startTestAws } from "../../test/support/local-aws.ts";
import { log } from "../lib/goals.ts";
import { httpCaller } from "./call.ts";
import { campaignCaller } from "./campaign.ts";

/** Number of users in MovieLens 100k. The synthetic data that replaces it has the same number. */
const knownViewers = 943;

const settings = { api: true, storefront: "none", eventTracker: true };

/**
 * Returns the lines of MovieLens 100k's u.data. If it cannot be downloaded, returns about as many synthetic ratings.
 */
async function ratings(): Promise<readonly string[]> {
    const linesOf = (bytes: Buffer) => bytes.toString("latin1").trimEnd().split("\n");
    try {
        return linesOf(await readFile(await fetchMovieLens("data/ml-100k", { log, env: process.env })));
    } catch (error) {
        log(`using synthetic data, because: ${error instanceof Error ? error.message : error}`);
        return linesOf(ratingsFile(syntheticRatings({ users: knownViewers, items: 1682, meanHistory: 106 })));
    }
}

/**
 * Starts a local AWS and deploys the program's API with MovieLens 100k. `stop` ends the local AWS and removes its
 * files.
 */
export async function startApiStack() {
    const aws = await startTestAws();
    const address = { endpoint: `http://127.0.0.1:${aws.instance.port}`, region };
    const client = { ...address, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    const cloudwatch = new CloudWatchClient(client);
    const events = new PersonalizeEventsClient(client);
    const { runtime } = createClients(aws.instance);
    const rows = await ratings();

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

    /**
     * Returns the sum or average of a metric in CloudWatch since a time in epoch milliseconds; without data, 0 or NaN.
     */
    async function metric(metric: object, stat: "Sum" | "Average", since: number): Promise<number> {
        const { MetricDataResults = [] } = await cloudwatch.send(
            new GetMetricDataCommand({
                StartTime: new Date(since),
                EndTime: new Date(Date.now() + 60_000),
                MetricDataQueries: [{ Id: "one", MetricStat: { Metric: metric, Period: 60, Stat: stat } }],
            }),
        );
        const values = MetricDataResults[0]?.Values ?? [];
        const sum = values.reduce((total, value) => total + value, 0);
        return stat === "Sum" ? sum : sum / values.length;
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
             * Returns the number of calls to the campaign from `since` on, from Personalize's metrics in CloudWatch,
             * which count whole minutes.
             */
            campaignCalls: (since: number) =>
                metric(
                    {
                        Namespace: personalizeNamespace,
                        MetricName: servingMetrics.successes,
                        Dimensions: [{ Name: "CampaignArn", Value: campaignArn }],
                    },
                    "Sum",
                    since,
                ),
            /** Returns the average milliseconds that the function takes for a request, from the API's own metrics. */
            functionMs: (since: number) =>
                metric(
                    {
                        Namespace: functionsNamespace,
                        MetricName: servingApiMetrics.latency,
                        Dimensions: [{ Name: "Stack", Value: aws.stack }],
                    },
                    "Average",
                    since,
                ),
            stop,
        };
    } catch (error) {
        await stop();
        throw error;
    }
}

export type ApiStack = Awaited<ReturnType<typeof startApiStack>>;
