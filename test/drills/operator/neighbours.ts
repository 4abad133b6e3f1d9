import { createServer } from "node:http";
import { Budgets } from "@aws-sdk/client-budgets";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { SNS } from "@aws-sdk/client-sns";
import { webhookParameter } from "../../../iam/operator.ts";
import { localAccountId } from "../../../packages/local-aws/instance.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { createSettings, type TestAws } from "../../support/local-aws.ts";

/**
 * Creates resources of other owners and leftovers of a deleted stack in the account, because some runbooks list the
 * whole account.
 */
export async function settleNeighbours({ instance, iam, ssm, stack }: TestAws): Promise<void> {
    const settings = createSettings(instance);
    const sns = new SNS(settings);
    const { TopicArn } = await sns.createTopic({ Name: "movie-recommender-alerts" });
    await sns.subscribe({ TopicArn, Protocol: "email", Endpoint: "ann@example.com" });
    await iam.createPolicy({
        PolicyName: "movie-recommender-gone-read",
        PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }],
        }),
        Tags: [
            { Key: "pulumi:project", Value: "movie-recommender" },
            { Key: "pulumi:stack", Value: "gone" },
        ],
    });
    await new CloudWatch(settings).putMetricAlarm({
        AlarmName: "queue-is-long",
        Namespace: "AWS/SQS",
        MetricName: "ApproximateNumberOfMessagesVisible",
        ComparisonOperator: "GreaterThanThreshold",
        Statistic: "Maximum",
        Threshold: 1000,
        Period: 300,
        EvaluationPeriods: 1,
    });
    await new Budgets(settings).createBudget({
        AccountId: localAccountId,
        Budget: {
            BudgetName: "everything",
            BudgetType: "COST",
            TimeUnit: "MONTHLY",
            BudgetLimit: { Amount: "1000", Unit: "USD" },
        },
    });
    const Name = webhookParameter({ project: "movie-recommender", stack });
    await ssm.putParameter({ Name, Value: await openChat(), Type: "SecureString" });
}

/** Starts a chat webhook that accepts every message. Returns its URL. */
async function openChat(): Promise<string> {
    const chat = createServer((request, response) => request.resume().once("end", () => response.end("ok"))).unref();
    await new Promise<void>((resolve) => chat.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${portOf(chat)}/hook`;
}
