import { BudgetsClient, CreateBudgetCommand } from "@aws-sdk/client-budgets";
import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { localAccountId, variables } from "../../local/instance.ts";
import { region, type TestAws } from "../../test/support/local-aws.ts";

/** What other people have in the account: the runbooks that look through all of it must be able to. */
export async function settleNeighbours({ instance }: TestAws): Promise<void> {
    const settings = {
        endpoint: variables(instance).AWS_ENDPOINT_URL as string,
        region,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const sns = new SNSClient(settings);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "movie-recommender-alerts" }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "ann@example.com" }));
    await new CloudWatchClient(settings).send(
        new PutMetricAlarmCommand({
            AlarmName: "queue-is-long",
            Namespace: "AWS/SQS",
            MetricName: "ApproximateNumberOfMessagesVisible",
            ComparisonOperator: "GreaterThanThreshold",
            Statistic: "Maximum",
            Threshold: 1000,
            Period: 300,
            EvaluationPeriods: 1,
        }),
    );
    await new BudgetsClient(settings).send(
        new CreateBudgetCommand({
            AccountId: localAccountId,
            Budget: {
                BudgetName: "everything",
                BudgetType: "COST",
                TimeUnit: "MONTHLY",
                BudgetLimit: { Amount: "1000", Unit: "USD" },
            },
        }),
    );
}
