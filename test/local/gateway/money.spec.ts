import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
    BudgetsClient,
    CreateBudgetCommand,
    DeleteBudgetCommand,
    DescribeBudgetCommand,
    DescribeBudgetsCommand,
    type NotificationWithSubscribers,
} from "@aws-sdk/client-budgets";
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
    CreateCampaignCommand,
    CreateDatasetCommand,
    CreateDatasetGroupCommand,
    CreateDatasetImportJobCommand,
    CreateEventTrackerCommand,
    CreateSchemaCommand,
    CreateSolutionCommand,
    CreateSolutionVersionCommand,
    DeleteCampaignCommand,
    DescribeCampaignCommand,
    DescribeDatasetImportJobCommand,
    DescribeSolutionVersionCommand,
} from "@aws-sdk/client-personalize";
import { GetRecommendationsCommand } from "@aws-sdk/client-personalize-runtime";
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { start, stop } from "../../../local/control.ts";
import { type Instance, localAccountId, paths } from "../../../local/instance.ts";
import { adminOf } from "../../support/admin.ts";
import { interactionsCsv, syntheticRatings } from "../../support/interactions.ts";
import { clientsOf, region, testInstance } from "../../support/local-aws.ts";
import { signedHeaders } from "../../support/signed.ts";
import { arn, importRole, interactionsSchema, recipe, until } from "../personalize-emulator/support.ts";

const campaignArn = arn("campaign/films");

describe("money on a local AWS", () => {
    let instance: Instance;
    let clients: ReturnType<typeof clientsOf>;
    let budgets: BudgetsClient;
    let cloudWatch: CloudWatchClient;
    let sns: SNSClient;
    let sqs: SQSClient;
    let solutionVersionArn: string;
    let trackingId: string;
    const url = () => `http://127.0.0.1:${instance.port}`;

    before(async () => {
        instance = await testInstance();
        await start(instance, () => {});
        clients = clientsOf(instance);
        const settings = { endpoint: url(), region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
        budgets = new BudgetsClient(settings);
        cloudWatch = new CloudWatchClient(settings);
        sns = new SNSClient(settings);
        sqs = new SQSClient(settings);
        await openRecommender();
    });
    after(async () => {
        for (const client of [budgets, cloudWatch, sns, sqs, ...Object.values(clients ?? {})]) client?.destroy();
        await stop(instance);
        await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
    });

    async function openRecommender(): Promise<void> {
        const { s3, iam, personalize } = clients;
        const Bucket = "movies";
        const service = { Service: "personalize.amazonaws.com" };
        const reads = {
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: ["arn:aws:s3:::movies", "arn:aws:s3:::movies/*"],
        };
        const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
        await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
        await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: document({ ...reads, Principal: service }) }));
        await s3.send(new PutObjectCommand({ Bucket, Key: "all.csv", Body: interactionsCsv(syntheticRatings()) }));
        const RoleName = importRole.split("/").at(-1);
        const trust = document({ Effect: "Allow", Principal: service, Action: "sts:AssumeRole" });
        await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "reads", PolicyDocument: document(reads) }));
        const { schemaArn } = await personalize.send(
            new CreateSchemaCommand({ name: "films", schema: interactionsSchema }),
        );
        const { datasetGroupArn } = await personalize.send(new CreateDatasetGroupCommand({ name: "films" }));
        const { datasetArn } = await personalize.send(
            new CreateDatasetCommand({ name: "films", schemaArn, datasetGroupArn, datasetType: "Interactions" }),
        );
        const { datasetImportJobArn } = await personalize.send(
            new CreateDatasetImportJobCommand({
                ...{ jobName: "first", datasetArn, roleArn: importRole },
                dataSource: { dataLocation: "s3://movies/all.csv" },
            }),
        );
        await until(async () => {
            const job = new DescribeDatasetImportJobCommand({ datasetImportJobArn });
            return (await personalize.send(job)).datasetImportJob?.status === "ACTIVE";
        });
        const tracker = new CreateEventTrackerCommand({ name: "clicks", datasetGroupArn });
        trackingId = (await personalize.send(tracker)).trackingId ?? "";
        const recipeArn = recipe("aws-user-personalization");
        await personalize.send(
            new CreateSolutionCommand({ name: "films", datasetGroupArn, recipeArn, performAutoTraining: false }),
        );
        const made = await personalize.send(new CreateSolutionVersionCommand({ solutionArn: arn("solution/films") }));
        solutionVersionArn = made.solutionVersionArn ?? "";
        await until(async () => {
            const version = new DescribeSolutionVersionCommand({ solutionVersionArn });
            return (await personalize.send(version)).solutionVersion?.status === "ACTIVE";
        });
        await resume();
    }

    const tags = [{ tagKey: "stack", tagValue: "dev" }];
    const resume = () =>
        clients.personalize.send(new CreateCampaignCommand({ name: "films", solutionVersionArn, tags }));
    const ask = () => clients.runtime.send(new GetRecommendationsCommand({ campaignArn, userId: "1" }));
    const advance = async (hours: number) => {
        const body = JSON.stringify({ advanceSeconds: hours * 3600 });
        const answer = await fetch(`${url()}/_local/clock`, { method: "POST", body });
        return Date.parse(((await answer.json()) as { now: string }).now);
    };

    async function metric(MetricName: string, Stat: string, dimensions: Record<string, string>): Promise<number> {
        const now = await advance(0);
        const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
        const { MetricDataResults = [] } = await cloudWatch.send(
            new GetMetricDataCommand({
                ...{ StartTime: new Date(now - 3_600_000), EndTime: new Date(now + 60_000) },
                MetricDataQueries: [
                    {
                        Id: "m",
                        MetricStat: {
                            ...{ Metric: { Namespace: "AWS/Personalize", MetricName, Dimensions }, Stat },
                            Period: 7200,
                        },
                    },
                ],
            }),
        );
        return (MetricDataResults[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
    }

    describe("the service's own metrics", () => {
        const campaign = { CampaignArn: campaignArn };

        it("count recommendations, and the errors that faults made of some", async () => {
            const admin = adminOf(instance);
            for (let count = 0; count < 5; count++) await ask();
            await admin.arm({ operation: "GetRecommendations", times: 2, effect: { kind: "throttle" } });
            const error = { kind: "error", code: "ServiceUnavailable", message: "No.", status: 503 };
            await admin.arm({ operation: "GetRecommendations", call: 3, effect: error });
            // The client tries again what is throttled or broken: it is the fourth call that succeeds.
            await clients.runtime.send(new GetRecommendationsCommand({ campaignArn, userId: "2" })).catch(() => {});
            await ask();
            await admin.clear();
            await until(async () => (await metric("GetRecommendations", "Sum", campaign)) >= 9);
            const sums = await Promise.all(
                ["GetRecommendations", "GetRecommendations4xxErrors", "GetRecommendations5xxErrors"].map((name) =>
                    metric(name, "Sum", campaign),
                ),
            );
            assert.deepEqual(sums.slice(1), [2, 1]);
            assert.equal(sums[0], 9);
            assert.equal(await metric("GetRecommendationsLatency", "SampleCount", campaign), 6);
            assert.ok((await metric("GetRecommendationsLatency", "Average", campaign)) > 0);
        });

        it("are nothing for a campaign that does not exist, and for minutes without calls", async () => {
            const none = arn("campaign/none");
            await assert.rejects(
                clients.runtime.send(new GetRecommendationsCommand({ campaignArn: none, userId: "1" })),
            );
            await sleep(1500);
            const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: "AWS/Personalize" }));
            assert.ok(Metrics.length > 0);
            assert.ok(!JSON.stringify(Metrics).includes(none));
        });

        it("count events, with the group, the dataset and the tracker", async () => {
            const target = new URL(`${url()}/events`);
            const eventList = [{ eventType: "Watch", itemId: "1", sentAt: 1_700_000_000 }];
            const body = JSON.stringify({ trackingId, sessionId: "s", userId: "1", eventList });
            const headers = signedHeaders("POST", target, body, region, "personalize");
            assert.equal((await fetch(target, { method: "POST", headers, body })).status, 200);
            const named = await until(async () => {
                const list = new ListMetricsCommand({ Namespace: "AWS/Personalize", MetricName: "PutEventLatency" });
                return (await cloudWatch.send(list)).Metrics?.[0];
            });
            const dimensions = Object.fromEntries((named.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
            assert.deepEqual(Object.keys(dimensions), ["DatasetGroupArn", "DatasetArn", "EventTrackerArn"]);
            assert.equal(await metric("PutEventsRequests", "Sum", dimensions as Record<string, string>), 1);
        });

        it("tell of imports and trainings, with their time and size", async () => {
            const job = {
                DatasetGroupArn: arn("dataset-group/films"),
                DatasetArn: arn("dataset/films/INTERACTIONS"),
                DatasetImportJobArn: arn("dataset-import-job/first"),
            };
            const training = { SolutionArn: arn("solution/films"), SolutionVersionArn: solutionVersionArn };
            await until(async () => (await metric("SolutionTrainingJobRequests", "Sum", training)) === 1);
            assert.equal(await metric("DatasetImportJobRequests", "Sum", job), 1);
            assert.equal(await metric("DatasetImportJobError", "Sum", job), 0);
            assert.equal(await metric("DatasetSize", "Sum", job), interactionsCsv(syntheticRatings()).length);
            assert.equal(await metric("SolutionTrainingJobError", "SampleCount", training), 1);
            assert.ok((await metric("SolutionTrainingJobExecutionTime", "Sum", training)) > 0);
        });
    });

    describe("budgets", () => {
        let topic: string;
        let queue: string;
        const account = { AccountId: localAccountId };
        const allowBudgets = {
            ...{
                Effect: "Allow",
                Principal: { Service: "budgets.amazonaws.com" },
                Action: "SNS:Publish",
                Resource: "*",
            },
            Condition: { StringEquals: { "aws:SourceAccount": localAccountId } },
        };

        async function newTopic(name: string, Statement: object[]): Promise<{ topic: string; queue: string }> {
            const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: name }));
            const AttributeValue = JSON.stringify({ Version: "2012-10-17", Statement });
            await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
            const Policy = JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }],
            });
            const { QueueUrl = "" } = await sqs.send(
                new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }),
            );
            const Endpoint = `arn:aws:sqs:${region}:${localAccountId}:${name}`;
            await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
            return { topic: TopicArn, queue: QueueUrl };
        }

        const notification = (
            NotificationType: "ACTUAL" | "FORECASTED",
            Threshold: number,
            Address = topic,
        ): NotificationWithSubscribers => ({
            Notification: {
                NotificationType,
                ComparisonOperator: "GREATER_THAN",
                Threshold,
                ThresholdType: "PERCENTAGE",
            },
            Subscribers: [
                { SubscriptionType: "SNS", Address },
                { SubscriptionType: "EMAIL", Address: "ann@example.org" },
            ],
        });
        const create = (
            BudgetName: string,
            Amount: string,
            NotificationsWithSubscribers: NotificationWithSubscribers[],
            more = {},
        ) =>
            budgets.send(
                new CreateBudgetCommand({
                    ...account,
                    Budget: {
                        ...{
                            BudgetName,
                            BudgetType: "COST",
                            TimeUnit: "MONTHLY",
                            BudgetLimit: { Amount, Unit: "USD" },
                        },
                        CostFilters: { Service: ["Amazon Personalize"] },
                        ...more,
                    },
                    NotificationsWithSubscribers,
                }),
            );
        const log = () => readFile(paths(instance).daemonLog, "utf8");

        /** The notices in the queue, oldest first; they stay out of it. */
        async function notices(url = queue): Promise<{ Subject: string; Message: string }[]> {
            const found: { Subject: string; Message: string }[] = [];
            for (;;) {
                const receive = new ReceiveMessageCommand({
                    QueueUrl: url,
                    MaxNumberOfMessages: 10,
                    VisibilityTimeout: 600,
                });
                const { Messages = [] } = await sqs.send(receive);
                if (Messages.length === 0) return found;
                found.push(...Messages.map(({ Body = "" }) => JSON.parse(Body)));
            }
        }
        const evaluated = () => sleep(4500);

        before(async () => {
            ({ topic, queue } = await newTopic("notices", [allowBudgets]));
            // To the middle of the next month, which begins with a new campaign.
            await clients.personalize.send(new DeleteCampaignCommand({ campaignArn }));
            const now = new Date(await advance(0));
            const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15);
            await advance((next - now.getTime()) / 3_600_000);
            await resume();
        });

        it("notify once a threshold and month, in AWS's words, by what was metered, also over a restart", async () => {
            await create("films", "20", [notification("ACTUAL", 50), notification("ACTUAL", 80)]);
            await evaluated();
            assert.deepEqual(await notices(), []);
            // 51 hours of 1 TPS are $10.20: more than half of $20.
            await advance(51);
            const [half, ...others] = await until(async () => {
                const found = await notices();
                return found.length > 0 && found;
            });
            assert.equal(others.length, 0);
            assert.equal(half?.Subject, "AWS Budgets: films has exceeded your alert threshold");
            assert.match(
                half?.Message ?? "",
                /^Budgeted Amount: \$20\.00\nAlert Type: ACTUAL\nAlert Threshold: > \$10\.00\nACTUAL Amount: \$10\.2/m,
            );

            await evaluated();
            await stop(instance);
            await start(instance, () => {});
            await evaluated();
            assert.deepEqual(await notices(), []);

            await advance(30);
            const [eighty, ...more] = await until(async () => {
                const found = await notices();
                return found.length > 0 && found;
            });
            assert.match(eighty?.Message ?? "", /Alert Threshold: > \$16\.00\nACTUAL Amount: \$16\.2/);
            assert.equal(more.length, 0);
            assert.match(await log(), /to ann@example.org, who gets no e-mail from here: AWS Budgets: films has/);
        });

        it("show what was spent, by budget and in the list", async () => {
            const { Budget } = await budgets.send(new DescribeBudgetCommand({ ...account, BudgetName: "films" }));
            const spent = Number(Budget?.CalculatedSpend?.ActualSpend?.Amount);
            assert.ok(spent >= 16.2 && spent < 16.3, String(spent));
            assert.ok(Number(Budget?.CalculatedSpend?.ForecastedSpend?.Amount) > spent);
            assert.ok(Budget?.TimePeriod?.Start instanceof Date);
            const { Budgets = [] } = await budgets.send(new DescribeBudgetsCommand(account));
            assert.equal(Budgets[0]?.CalculatedSpend?.ActualSpend?.Unit, "USD");
            assert.ok(Number(Budgets[0]?.CalculatedSpend?.ActualSpend?.Amount) >= spent);
            await assert.rejects(budgets.send(new DescribeBudgetCommand({ ...account, BudgetName: "none" })), {
                name: "NotFoundException",
            });
        });

        it("notify of a forecast, and of what has a tag only", async () => {
            const tagged = (value: string) => ({ CostFilters: { TagKeyValue: [`user:stack$${value}`] } });
            // Two weeks more at $0.20 an hour are more than $60, together with what was spent.
            await create("forecast", "60", [notification("FORECASTED", 100)], tagged("dev"));
            await create("other", "1", [notification("ACTUAL", 1)], tagged("live"));
            const [forecast, ...others] = await until(async () => {
                const found = await notices();
                return found.length > 0 && found;
            });
            assert.equal(forecast?.Subject, "AWS Budgets: forecast has exceeded your alert threshold");
            assert.match(
                forecast?.Message ?? "",
                /Alert Type: FORECASTED\nAlert Threshold: > \$60\.00\nFORECASTED Amount: \$/,
            );
            await evaluated();
            assert.deepEqual([...others, ...(await notices())], []);
        });

        it("tell again in a month that follows, and when a new budget has the name of one that is gone", async () => {
            for (const BudgetName of ["forecast", "other"]) {
                await budgets.send(new DeleteBudgetCommand({ ...account, BudgetName }));
            }
            await budgets.send(new DeleteBudgetCommand({ ...account, BudgetName: "films" }));
            await evaluated();
            await create("films", "20", [notification("ACTUAL", 50)]);
            assert.equal(
                (
                    await until(async () => {
                        const found = await notices();
                        return found.length > 0 && found;
                    })
                ).length,
                1,
            );
            const now = new Date(await advance(0));
            await advance((Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - now.getTime()) / 3_600_000 + 1);
            await evaluated();
            assert.deepEqual(await notices(), []);
            await advance(60);
            assert.equal(
                (
                    await until(async () => {
                        const found = await notices();
                        return found.length > 0 && found;
                    })
                ).length,
                1,
            );
        });

        it("are refused by a topic whose policy does not let them publish, and say so in the log", async () => {
            const closed = await newTopic("closed", [
                { ...allowBudgets, Principal: { Service: "events.amazonaws.com" } },
            ]);
            await create("refused", "1", [notification("ACTUAL", 50, closed.topic)]);
            await until(async () =>
                /not delivered: budgets.amazonaws.com may not: SNS:Publish on .*closed/.test(await log()),
            );
            assert.deepEqual(await notices(closed.queue), []);
        });

        it("say that one is never evaluated", async () => {
            await create("daily", "1", [notification("ACTUAL", 50)], { TimeUnit: "DAILY" });
            await until(async () =>
                /budget daily is stored and never notifies: only budgets of type COST/.test(await log()),
            );
        });
    });

    it("has a campaign left that answers", async () => {
        const { campaign } = await clients.personalize.send(new DescribeCampaignCommand({ campaignArn }));
        assert.equal(campaign?.status, "ACTIVE");
    });
});
