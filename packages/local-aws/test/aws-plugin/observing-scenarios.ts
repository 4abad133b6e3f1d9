import { localAccountId as account } from "../../instance.ts";
import type { Life } from "./life.ts";
import { arn, name, query, tags, topicArn } from "./operations-args.ts";
import type { operationsClients } from "./operations-scenarios.ts";

/** Returns test cases for budgets, alarms, log groups and trails. */
export function observingScenarios(clients: () => ReturnType<typeof operationsClients>): Life[] {
    return [
        {
            type: "aws:budgets/budget:Budget",
            args: () => ({
                name,
                budgetType: "COST",
                limitAmount: "25.0",
                limitUnit: "USD",
                timeUnit: "MONTHLY",
                costFilters: [{ name: "Service", values: ["Amazon Personalize"] }],
                notifications: [100, 50, 80].map((threshold) => ({
                    comparisonOperator: "GREATER_THAN",
                    threshold,
                    thresholdType: "PERCENTAGE",
                    notificationType: "ACTUAL",
                    subscriberSnsTopicArns: [topicArn],
                })),
                tags,
            }),
            drift: () =>
                clients().budgets.deleteNotification({
                    AccountId: account,
                    BudgetName: name,
                    Notification: {
                        NotificationType: "ACTUAL",
                        ComparisonOperator: "GREATER_THAN",
                        Threshold: 80,
                        ThresholdType: "PERCENTAGE",
                    },
                }),
            changedKeys: ["notifications"],
        },
        {
            type: "aws:cloudwatch/metricAlarm:MetricAlarm",
            args: () => ({
                name,
                alarmDescription: "too many",
                metricQueries: [
                    query("errors", "Errors"),
                    query("calls", "Invocations"),
                    { id: "rate", expression: "100 * errors / calls", label: "error rate", returnData: true },
                ],
                comparisonOperator: "GreaterThanThreshold",
                threshold: 5,
                evaluationPeriods: 3,
                datapointsToAlarm: 2,
                treatMissingData: "notBreaching",
                alarmActions: [topicArn],
                okActions: [topicArn],
                tags,
            }),
            drift: () =>
                clients().cloudWatch.putMetricAlarm({
                    AlarmName: name,
                    AlarmDescription: "too many",
                    Metrics: [
                        {
                            Id: "errors",
                            ReturnData: true,
                            MetricStat: {
                                Metric: { Namespace: "Films", MetricName: "Errors" },
                                Period: 60,
                                Stat: "Sum",
                            },
                        },
                    ],
                    ComparisonOperator: "GreaterThanThreshold",
                    Threshold: 5,
                    EvaluationPeriods: 3,
                    DatapointsToAlarm: 2,
                    TreatMissingData: "notBreaching",
                    AlarmActions: [topicArn],
                    OKActions: [topicArn],
                }),
            changedKeys: ["metricQueries"],
        },
        {
            type: "aws:cloudwatch/dashboard:Dashboard",
            args: () => ({ dashboardName: name, dashboardBody: '{"widgets": []}' }),
            drift: () => clients().cloudWatch.deleteDashboards({ DashboardNames: [name] }),
            changedKeys: "gone",
        },
        {
            type: "aws:cloudtrail/trail:Trail",
            args: () => ({
                name,
                s3BucketName: "films-trail",
                s3KeyPrefix: "trail",
                includeGlobalServiceEvents: true,
                isMultiRegionTrail: false,
                enableLogFileValidation: true,
                cloudWatchLogsGroupArn: `${arn("logs", "log-group:films")}:*`,
                cloudWatchLogsRoleArn: `arn:aws:iam::${account}:role/logs`,
                eventSelectors: [{ readWriteType: "WriteOnly", includeManagementEvents: true }],
                tags,
            }),
            drift: () => clients().trails.stopLogging({ Name: name }),
            changedKeys: ["enableLogging"],
        },
    ];
}
