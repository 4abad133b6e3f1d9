import assert from "node:assert/strict";
import { Lambda } from "@aws-sdk/client-lambda";
import { region } from "../../../../test/support/local-aws.ts";
import { createZip } from "../../aws-plugin/lambda.ts";
import { createProvider } from "../../aws-plugin/provider.ts";
import { QueueClient, sqsEntries } from "../../aws-plugin/sqs.ts";
import { account, allow, administrator as credentials, useEnforcing } from "../gateway/enforcement/support.ts";
import { createPlugin, createUrn, type Plugin, testBareUpdates, testLives } from "./life.ts";
import { answering, arn, functionArgs, functionArn, name, operationsScenarios } from "./operations-scenarios.ts";

describe("Local AWS plugin: Lambda, messaging, budget, alarm and log resources", () => {
    const aws = useEnforcing();
    let plugin: Plugin;
    let lambda: Lambda;
    before(async () => {
        lambda = aws.open(Lambda);
        const traces = allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]);
        await aws.role("runs", { Service: "lambda.amazonaws.com" }, traces);
        await aws.role("invokes", { Service: "scheduler.amazonaws.com" });
        await aws.role("logs", { Service: "cloudtrail.amazonaws.com" });
        plugin = createPlugin(aws);
    });

    const queueUrl = () => `${aws.url}/${account}/${name}`;
    const lives = operationsScenarios(queueUrl);
    testLives(lives, () => plugin);

    it("the plugin reads and deletes a queue whose URL contains an earlier port of the local AWS", async () => {
        const { AWS_ENDPOINT_URL } = process.env;
        // Set the endpoint in AWS_ENDPOINT_URL, as for the plugin. With the endpoint in its settings, the SQS client
        // would ignore the queue's URL.
        process.env.AWS_ENDPOINT_URL = aws.url;
        const sqs = new QueueClient({ region, credentials });
        try {
            const queues = createProvider(sqsEntries(sqs), {});
            const urn = createUrn("aws:sqs/queue:Queue");
            const { id, outs = {} } = await queues.create(urn, { name: "moved" });
            const earlier = id.replace(`:${aws.instance.port}/`, ":9/");
            assert.notEqual(earlier, id);
            assert.notEqual((await queues.read(earlier, urn, outs)).id, "");
            await queues.delete(earlier, urn, outs);
            assert.ok(!(await queues.read(id, urn, outs)).id);
        } finally {
            sqs.destroy();
            process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
            if (AWS_ENDPOINT_URL === undefined) delete process.env.AWS_ENDPOINT_URL;
        }
    });

    it("`create` rejects an existing queue or topic with different attributes or tags", async () => {
        for (const [type, change] of [
            ["aws:sqs/queue:Queue", { visibilityTimeoutSeconds: 77 }],
            ["aws:sns/topic:Topic", { tags: { "pulumi:stack": "other" } }],
        ] as const) {
            const args = lives.find((life) => life.type === type)?.args() ?? {};
            const { id, outs = {} } = await plugin.create(createUrn(type), args);
            await assert.rejects(plugin.create(createUrn(type), { ...args, ...change }), /[Ee]xists/, type);
            await plugin.delete(id, createUrn(type), outs);
        }
    });

    it("`update` deploys changed function code, and equal source files give equal zip files", async () => {
        const type = "aws:lambda/function:Function";
        const { id, outs = {} } = await plugin.create(createUrn(type), functionArgs);
        const answer = async () => {
            const { Payload } = await lambda.invoke({ FunctionName: id });
            return JSON.parse(Buffer.from(Payload ?? []).toString());
        };
        assert.equal(await answer(), "first");
        const changed = { ...functionArgs, code: answering("second") };
        assert.equal((await plugin.diff(id, createUrn(type), outs, changed)).changes, true);
        const { outs: updated } = await plugin.update(id, createUrn(type), outs, changed);
        assert.notEqual(updated.codeSha256, outs.codeSha256);
        assert.equal(updated.arn, functionArn);
        assert.equal(await answer(), "second");
        const { props = {} } = await plugin.read(id, createUrn(type), updated);
        assert.equal((await plugin.diff(id, createUrn(type), props, changed)).changes, false);
        await plugin.delete(id, createUrn(type), updated);

        const files = { b: { text: "2" }, a: { text: "1" } };
        const { a, b } = files;
        assert.deepEqual(await createZip({ assets: files }), await createZip({ assets: { a, b } }));
        await assert.rejects(createZip({ uri: "https://example.com/code.zip" }), /accepts only an AssetArchive/);
        await assert.rejects(createZip({ assets: { a: {} } }), /; a is neither/);
    });

    it("`update` resets removed arguments to AWS's defaults, and a later `diff` finds no change", async () => {
        await testBareUpdates(lives, plugin, {
            "aws:lambda/function:Function": ["name", "code", "role", "handler", "runtime"],
            "aws:sqs/queue:Queue": ["name"],
            "aws:sns/topic:Topic": ["name"],
            "aws:cloudwatch/logGroup:LogGroup": ["name"],
            "aws:cloudtrail/trail:Trail": ["name", "s3BucketName"],
            "aws:budgets/budget:Budget": ["name", "budgetType", "limitAmount", "limitUnit", "timeUnit"],
            "aws:cloudwatch/metricAlarm:MetricAlarm": {
                name,
                namespace: "Films",
                metricName: "Errors",
                statistic: "Sum",
                period: 60,
                comparisonOperator: "GreaterThanThreshold",
                threshold: 5,
                evaluationPeriods: 3,
            },
            "aws:scheduler/schedule:Schedule": {
                name,
                scheduleExpression: "rate(1 hour)",
                flexibleTimeWindow: { mode: "OFF" },
                target: { arn: functionArn, roleArn: `arn:aws:iam::${account}:role/invokes` },
            },
        });
    });

    it("`create` rejects a trail whose log group ARN lacks the final :*", async () => {
        const type = "aws:cloudtrail/trail:Trail";
        const cloudWatchLogsGroupArn = arn("logs", "log-group:films");
        const args = { ...lives.find((life) => life.type === type)?.args(), cloudWatchLogsGroupArn };
        await assert.rejects(plugin.create(createUrn(type), args), /does not end in ":\*"/);
    });

    it("`diff` replaces a resource of each type if its name changed", async () => {
        for (const { type, args } of lives) {
            const nameKey = ["name", "dashboardName", "statementId", "functionName", "queueUrl", "topic", "arn"].find(
                (key) => key in args(),
            );
            assert.ok(nameKey);
            const { replaces = [] } = await plugin.diff("id", createUrn(type), args(), {
                ...args(),
                [nameKey]: "novels",
            });
            assert.deepEqual(replaces, [nameKey], type);
        }
    });
});
