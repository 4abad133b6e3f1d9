import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { SNS } from "@aws-sdk/client-sns";
import { type Message, SQS } from "@aws-sdk/client-sqs";
import { build } from "esbuild";
import { strToU8, zipSync } from "fflate";
import type { Statement } from "policy-evaluator";
import { region } from "../../../../test/support/local-aws.ts";
import { paths } from "../../instance.ts";
import { account, allow, type Enforcing, keysOf, policy, useEnforcing } from "../gateway/enforcement/support.ts";

const arn = (service: string, tail: string) => `arn:aws:${service}:${region}:${account}:${tail}`;
const service = (name: string) => ({ Service: `${name}.amazonaws.com` });
const logs = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);

/** Code of a Lambda function that calls Personalize, publishes a metric, and returns both results. */
const asking = `
    import { CloudWatch } from "@aws-sdk/client-cloudwatch";
    import { Personalize } from "@aws-sdk/client-personalize";
    const outcome = (call) => call.then(() => "ok", ({ name, message }) => name + ": " + message);
    export const handler = async () => ({
        node: process.version,
        campaigns: await outcome(new Personalize({}).listCampaigns({})),
        metric: await outcome(new CloudWatch({}).putMetricData({
            Namespace: "Films", MetricData: [{ MetricName: "Asked", Value: 1 }],
        })),
    });`;
/** Code of a Lambda function that always fails, with its event as the error message. */
const failing = "export const handler = async (event) => { throw new Error(JSON.stringify(event)); };";

async function bundle(contents: string): Promise<Uint8Array> {
    const { outputFiles } = await build({
        stdin: { contents, resolveDir: import.meta.dirname },
        bundle: true,
        platform: "node",
        write: false,
    });
    return zipSync({ "index.js": strToU8(outputFiles[0]?.text ?? "") });
}

/** Creates a function whose code may import AWS SDK clients, and returns its ARN. */
async function createFunction({ admin }: Enforcing, FunctionName: string, code: string, Role: string) {
    const Code = { ZipFile: await bundle(code) };
    const input = { FunctionName, Role, Code, Runtime: "nodejs24.x" as const, Handler: "index.handler" };
    await admin.lambda.createFunction({ ...input, Timeout: 20 });
    return arn("lambda", `function:${FunctionName}`);
}

/** Invokes a function, and returns its answer. */
async function invoke({ admin }: Enforcing, FunctionName: string) {
    const { Payload } = await admin.lambda.invoke({ FunctionName });
    return JSON.parse(Buffer.from(Payload ?? []).toString());
}

describe("Lambda, EventBridge Scheduler and SNS with IAM enforcement", () => {
    const aws = useEnforcing();
    let sqs: SQS;
    let sns: SNS;
    let cloudWatch: CloudWatch;
    before(async () => {
        [sqs, sns, cloudWatch] = [aws.open(SQS), aws.open(SNS), aws.open(CloudWatch)];
    });

    async function makeQueue(QueueName: string): Promise<string> {
        const { QueueUrl = "" } = await sqs.createQueue({ QueueName });
        return QueueUrl;
    }
    /** Receives and deletes the queue's next message. Fails if none arrives in time. */
    async function nextMessage(QueueUrl: string): Promise<Message> {
        for (const giveUp = Date.now() + 30_000; Date.now() < giveUp; await sleep(100)) {
            const command = { QueueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 1 };
            const { Messages = [] } = await sqs.receiveMessage(command);
            const [message] = Messages;
            if (message) {
                const { ReceiptHandle } = message;
                await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
                return message;
            }
        }
        throw new Error(`nothing came to ${QueueUrl}`);
    }
    /** Creates a function that fails without retries and reports its failures to a queue. */
    async function makeFailing(name: string): Promise<{ functionArn: string; failures: string }> {
        const role = await aws.role(`${name}-role`, service("lambda"), logs, allow("sqs:SendMessage"));
        const functionArn = await createFunction(aws, name, failing, role);
        const failures = await makeQueue(`${name}-failures`);
        await aws.admin.lambda.putFunctionEventInvokeConfig({
            FunctionName: name,
            MaximumRetryAttempts: 0,
            DestinationConfig: { OnFailure: { Destination: arn("sqs", `${name}-failures`) } },
        });
        return { functionArn, failures };
    }

    it("a function runs on the project's Node.js with its role's permissions and lambda:SourceFunctionArn", async () => {
        const role = await aws.role("asks", { ...service("lambda"), AWS: account }, logs);
        await createFunction(aws, "asks", asking, role);
        const ask = () => invoke(aws, "asks");
        const give = (...statements: Statement[]) => aws.putRolePolicy("asks", logs, ...statements);
        const refused = await ask();
        assert.equal(refused.node, process.version);
        const who = `assumed-role/asks/asks is not authorized to perform: `;
        assert.ok(refused.campaigns.includes(`${who}personalize:ListCampaigns`), refused.campaigns);
        assert.ok(refused.metric.includes(`${who}cloudwatch:PutMetricData`), refused.metric);

        const inSpace = (space: string) =>
            allow("cloudwatch:PutMetricData", "*", {
                StringEquals: { "cloudwatch:namespace": space },
                ArnEquals: { "lambda:SourceFunctionArn": arn("lambda", "function:asks") },
            });
        await give(allow("personalize:ListCampaigns"), inSpace("Other"));
        const half = await ask();
        assert.equal(half.campaigns, "ok");
        assert.match(half.metric, /cloudwatch:PutMetricData/);

        await give(allow("personalize:ListCampaigns"), inSpace("Films"));
        assert.equal((await ask()).metric, "ok");
        const { Credentials } = await aws.admin.sts.assumeRole({ RoleArn: role, RoleSessionName: "asks" });
        const outside = aws.open(CloudWatch, keysOf(Credentials));
        const MetricData = [{ MetricName: "Outside", Value: 1 }];
        await assert.rejects(outside.putMetricData({ Namespace: "Films", MetricData }), /not authorized to perform/);
        const { Metrics = [] } = await cloudWatch.listMetrics({ Namespace: "Films" });
        assert.deepEqual(
            Metrics.map(({ MetricName }) => MetricName),
            ["Asked"],
        );
    });

    it("a schedule invokes a function with its role and reports failures to SQS", async () => {
        const { functionArn, failures } = await makeFailing("scheduled");
        const letters = await makeQueue("dead-letters");
        const may = allow("lambda:InvokeFunction", functionArn);
        const send = allow("sqs:SendMessage", arn("sqs", "dead-letters"));
        const able = await aws.role("able", service("scheduler"), may);
        const unable = await aws.role("unable", service("scheduler"), send);
        const distrusted = await aws.role("distrusted", service("scheduler"), may, send);
        const schedule = (Name: string, RoleArn: string, at = "2020-01-01T00:00:00") =>
            aws.admin.scheduler.createSchedule({
                Name,
                ScheduleExpression: `at(${at})`,
                FlexibleTimeWindow: { Mode: "OFF" },
                Target: {
                    Arn: functionArn,
                    RoleArn,
                    Input: `{"by":"${Name}"}`,
                    DeadLetterConfig: { Arn: arn("sqs", "dead-letters") },
                },
            });
        await schedule("able", able);
        const failure = JSON.parse((await nextMessage(failures)).Body ?? "");
        assert.deepEqual(failure.requestPayload, { by: "able" });
        assert.equal(failure.requestContext.condition, "RetriesExhausted");

        await schedule("unable", unable);
        const letter = await nextMessage(letters);
        assert.equal(JSON.parse(letter.Body ?? "").by, "unable");
        assert.equal(letter.MessageAttributes?.ERROR_CODE?.StringValue, "AccessDeniedException");
        assert.match(letter.MessageAttributes?.ERROR_MESSAGE?.StringValue ?? "", /role\/unable is not allowed lambda:/);

        // Change the trust policy of the schedule's role after the creation of the schedule and before its start, so
        // that the start fails.
        const soon = new Date(Date.now() + 4000).toISOString().slice(0, 19);
        await schedule("distrusted", distrusted, soon);
        await aws.trust("distrusted", service("lambda"));
        const line =
            /schedule\/default\/distrusted is not delivered: .*role\/distrusted cannot be assumed by scheduler/;
        for (const giveUp = Date.now() + 30_000; Date.now() < giveUp; await sleep(200)) {
            if (line.test(await readFile(paths(aws.instance).miniStackLog, "utf8"))) {
                return;
            }
        }
        throw new Error("the log has no line about the distrusted role");
    });

    it("SNS delivers to a function or queue only if the target's policy allows it", async () => {
        const { functionArn, failures } = await makeFailing("told");
        const queue = await makeQueue("notices");
        const { TopicArn = "" } = await sns.createTopic({ Name: "notices" });
        for (const [Protocol, Endpoint] of [
            ["lambda", functionArn],
            ["sqs", arn("sqs", "notices")],
        ]) {
            await sns.subscribe({
                TopicArn,
                Protocol,
                Endpoint,
                ...(Protocol === "sqs" && { Attributes: { RawMessageDelivery: "true" } }),
            });
        }
        const publish = (Message: string) => sns.publish({ TopicArn, Message });
        await publish("before");
        await aws.admin.lambda.addPermission({
            FunctionName: "told",
            StatementId: "topic",
            Action: "lambda:InvokeFunction",
            Principal: "sns.amazonaws.com",
            SourceArn: TopicArn,
        });
        const bySns: Statement = {
            Effect: "Allow",
            Principal: service("sns"),
            Action: "sqs:SendMessage",
            Resource: arn("sqs", "notices"),
            Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
        };
        await sqs.setQueueAttributes({ QueueUrl: queue, Attributes: { Policy: policy(bySns) } });
        await publish("after");
        assert.equal((await nextMessage(queue)).Body, "after");
        const failure = JSON.parse((await nextMessage(failures)).Body ?? "");
        assert.equal(failure.requestPayload.Records[0].Sns.Message, "after");
    });
});

describe("Lambda without IAM enforcement", () => {
    const aws = useEnforcing(false);

    it("a function can call Personalize and CloudWatch without IAM enforcement", async () => {
        await createFunction(aws, "asks", asking, `arn:aws:iam::${account}:role/any`);
        assert.deepEqual(await invoke(aws, "asks"), { node: process.version, campaigns: "ok", metric: "ok" });
    });
});
