import assert from "node:assert/strict";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient, type GetMetricDataCommandInput } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { toList } from "policy-evaluator";
import { awsPorts } from "../../../app/functions/cost-guard/aws-ports.ts";
import { countedMetrics, regionalMetrics } from "../../../app/functions/cost-guard/counted-metrics.ts";
import { namesFor } from "../../../core/config/config.ts";
import { functionsNamespace, servingApiMetrics } from "../../../core/config/metrics.ts";
import { foreignRequests } from "../../../core/cost/idle.ts";
import { window, windowStart } from "../../../core/cost/time.ts";
import { plus, usageUsd } from "../../../core/cost/usage.ts";
import { operatorGrants } from "../../../core/iam/operator.ts";

const region = "eu-central-1";
const stack = "local";
const names = namesFor(stack, "");
const start = windowStart(Date.now()) - 6 * window;

interface Datapoint {
    readonly namespace: string;
    readonly name: string;
    readonly at: number;
    readonly value: number;
}

const functions = [{ name: "f", gb: 0.5 }];
const place = { stack, tags: {}, apiName: "api", distribution: "page", functions, traces: false };

/**
 * Returns the functions with which the cost guard calls AWS, with a CloudWatch stub that has these datapoints.
 * `incomplete` names a metric without complete data.
 */
function portsOver(datapoints: readonly Datapoint[], incomplete?: string) {
    const cloudwatch = new CloudWatchClient({ region });
    const answer = async ({ input }: { readonly input: GetMetricDataCommandInput }) => ({
        MetricDataResults: input.MetricDataQueries?.map(({ Id, MetricStat }) => {
            const { Namespace, MetricName } = MetricStat?.Metric ?? {};
            const matchingDatapoints = datapoints.filter(
                ({ namespace, name }) => namespace === Namespace && name === MetricName,
            );
            const windows = Map.groupBy(matchingDatapoints, ({ at }) => at);
            const values = [...windows.values()].map((all) => all.map(({ value }) => value));
            return {
                Id,
                Timestamps: [...windows.keys()].map((at) => new Date(at)),
                Values: values.map((all) =>
                    MetricStat?.Stat === "Minimum" ? Math.min(...all) : all.reduce((sum, value) => sum + value, 0),
                ),
                StatusCode: MetricName === incomplete ? "InternalError" : "Complete",
            };
        }),
    });
    cloudwatch.send = answer as never;
    const settings = { region };
    const clients = {
        personalize: new PersonalizeClient(settings),
        runtime: new PersonalizeRuntimeClient(settings),
        cloudwatch,
        edgeCloudwatch: cloudwatch,
        gateway: new APIGatewayClient(settings),
        edge: new CloudFrontClient(settings),
        ssm: new SSMClient(settings),
        sns: new SNSClient(settings),
        dynamo: new DynamoDBClient(settings),
    };
    return awsPorts(clients, {
        project: "movie-recommender",
        stack,
        owner: "",
        campaignArn: "arn:aws:personalize:eu-central-1:123456789012:campaign/films",
        topicArn: "",
        prefetch: { functionName: names.prefetch, viewers: 10 },
        serving: { ...place, apiName: names.api, distribution: undefined },
    });
}

const requests = (value: number, at = start): Datapoint => ({ namespace: "AWS/ApiGateway", name: "Count", at, value });
const invocations = (value: number, at: number): Datapoint => ({
    namespace: "AWS/Lambda",
    name: "Invocations",
    at,
    value,
});
const logged = (name: string, value: number, at = start): Datapoint => ({
    namespace: functionsNamespace,
    name,
    at,
    value,
});

async function usdOf(datapoints: readonly Datapoint[]): Promise<number> {
    const usage = await portsOver(datapoints).serving?.usage(start);
    return usageUsd(plus(...(usage?.windows.values() ?? [])));
}

describe("Cost guard with forged CloudWatch metrics", () => {
    it("operators cannot write to a metric namespace that the cost guard reads", () => {
        const scope = { partition: "aws", region, accountId: "123456789012", project: "movie-recommender", stack };
        const grants = operatorGrants({ ...scope, bucketName: "data", names });
        const writable = grants
            .filter(({ service, actions }) => service === "cloudwatch" && actions.includes("PutMetricData"))
            .flatMap(({ condition }) => toList(condition?.StringEquals?.["cloudwatch:namespace"]));
        assert.deepEqual(writable, ["MovieRecommender"]);
        const read = [...countedMetrics(place).map(({ namespace }) => namespace), functionsNamespace];
        assert.deepEqual(
            read.filter((namespace) => writable.includes(namespace)),
            [],
        );
    });

    it("the cost guard counts an X-Ray trace for each request in a stack with `observability.traces`", () => {
        const traced = (traces: boolean) =>
            regionalMetrics({ ...place, traces }).flatMap(
                (one) => one.usage({ sum: 100, minimum: 0 }, 100).traces ?? [],
            );
        assert.deepEqual([traced(true), traced(false)], [[100], []]);
    });

    for (const { what, name, most } of [
        { what: "events", name: servingApiMetrics.events, most: 10 },
        { what: "bytes", name: servingApiMetrics.bytes, most: 6 * 1024 ** 2 },
    ]) {
        it(`API Gateway's number of requests limits how many ${what} the cost guard counts`, async () => {
            const honest = await usdOf([requests(100), logged(name, 100 * most)]);
            assert.equal(await usdOf([requests(100), logged(name, 1e15)]), honest);
            assert.equal(await usdOf([requests(0), logged(name, 1e15)]), 0);
        });

        it(`the cost guard ignores negative values of ${what}`, async () => {
            const honest = await usdOf([requests(100), logged(name, 1000)]);
            for (const forged of [-1000, -1e15]) {
                const hidden = await usdOf([requests(100), logged(name, 1000), logged(name, forged)]);
                assert.ok(hidden >= honest, `${forged}: ${hidden} < ${honest}`);
            }
        });
    }

    it("if the size of responses was not logged, the cost guard assumes a fixed size for each API response", async () => {
        const [without, with0] = [
            await usdOf([requests(1000)]),
            await usdOf([requests(1000), logged("AnswerBytes", 0)]),
        ];
        assert.ok(without > with0, `${without} ${with0}`);
    });

    it("the cost guard counts prefetch calls only if the Lambda function `prefetch` was invoked", async () => {
        const used = new Map([
            [start, 5],
            [start + window, 5],
        ]);
        const forged = [logged("PrefetchCalls", 5), logged("PrefetchCalls", 5, start + window)];
        const foreign = async (datapoints: readonly Datapoint[]) =>
            [...foreignRequests(used, await portsOver(datapoints).prefetched(start)).values()].reduce(
                (sum, count) => sum + count,
                0,
            );
        assert.equal(await foreign(forged), 10);
        assert.equal(await foreign([...forged, invocations(1, start)]), 0, "ten viewers in one invocation");
        const more = [...forged, logged("PrefetchCalls", 1e9), invocations(1, start)];
        assert.equal(await foreign(more), 0);
        const thirty = new Map([[start, 30]]);
        const counts = await portsOver(more).prefetched(start);
        assert.deepEqual([...foreignRequests(thirty, counts)], [[start, 20]]);
        assert.equal(await foreign([...forged, logged("PrefetchCalls", -1), invocations(9, start)]), 5);
    });
});

describe("Cost guard with incomplete data for one metric", () => {
    it("the cost guard counts all other metrics if CloudWatch lacks data for one metric", async () => {
        const usage = await portsOver([requests(5e6)], "ConsumedReadCapacityUnits").serving?.usage(start);
        assert.deepEqual(usage?.missing, ["CloudWatch has no complete data for ConsumedReadCapacityUnits"]);
        assert.ok(usageUsd(plus(...(usage?.windows.values() ?? []))) > 15);
    });
});
