import * as cloudWatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, type Properties, tagList, tagMap } from "./entry.ts";
import { json, type Kinds, list, map, memberAt, pairs, struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

const gone = ["ResourceNotFound", "ResourceNotFoundException", "DashboardNotFoundError"];
const dimensions = { ...pairs("Name"), or: {} };

/** Conversions of the properties that only an alarm without metric queries has. */
const ownMetric: Kinds = {
    namespace: value,
    metricName: value,
    dimensions,
    statistic: value,
    period: value,
    unit: value,
};
const queries = list(
    struct({
        id: value,
        expression: value,
        label: value,
        period: value,
        // A query returns data only if the program sets `returnData`, as in Pulumi's AWS plugin.
        returnData: withDefault(false),
        metric: memberAt(
            "MetricStat",
            struct({
                namespace: memberAt("Metric.Namespace"),
                metricName: memberAt("Metric.MetricName"),
                dimensions: memberAt("Metric.Dimensions", { ...dimensions, ...map }),
                period: value,
                stat: value,
                unit: value,
            }),
        ),
    }),
);

/**
 * Returns the plugin's resource type for metric alarms with or without metric queries, with PutMetricAlarm's defaults
 * (API reference).
 */
export function alarmEntries(client: cloudWatch.CloudWatchClient): Record<string, AnyEntry> {
    const call = createSender(client);
    /**
     * Removes the dimensions of an alarm with metric queries, because only an alarm without queries has dimensions of
     * its own.
     */
    const dropDimensions = ({ Dimensions, ...rest }: Properties) => ({ ...rest, ...(!rest.Metrics && { Dimensions }) });
    return {
        "aws:cloudwatch/metricAlarm:MetricAlarm": resource<aws.cloudwatch.MetricAlarmArgs>({
            replace: { name: memberAt("AlarmName") },
            update: {
                alarmDescription: withDefault(""),
                ...ownMetric,
                metricQueries: memberAt("Metrics", queries),
                comparisonOperator: value,
                threshold: value,
                evaluationPeriods: value,
                datapointsToAlarm: value,
                treatMissingData: withDefault("missing"),
                actionsEnabled: withDefault(true),
                alarmActions: withDefault([]),
                okActions: memberAt("OKActions", value, []),
                insufficientDataActions: withDefault([]),
            },
            outputs: { arn: memberAt("AlarmArn") },
            gone,
            tags: {
                member: "Tags",
                form: tagList,
                list: async (ResourceARN) => (await call(cloudWatch.ListTagsForResourceCommand)({ ResourceARN })).Tags,
                add: (ResourceARN, Tags) => call(cloudWatch.TagResourceCommand)({ ResourceARN, Tags }),
                remove: (ResourceARN, TagKeys) => call(cloudWatch.UntagResourceCommand)({ ResourceARN, TagKeys }),
            },
            id: ({ name = "" }) => name,
            put: (input) => call(cloudWatch.PutMetricAlarmCommand)(dropDimensions(input)),
            async get({ AlarmName }) {
                const { MetricAlarms } = await call(cloudWatch.DescribeAlarmsCommand)({ AlarmNames: [AlarmName] });
                return MetricAlarms?.find((alarm) => alarm.AlarmName === AlarmName);
            },
            key: "AlarmName",
            delete: ({ AlarmName }) => call(cloudWatch.DeleteAlarmsCommand)({ AlarmNames: [AlarmName] }),
        }),

        // Dashboards have no tags here. PutDashboard overwrites an existing dashboard with the same name.
        "aws:cloudwatch/dashboard:Dashboard": resource<aws.cloudwatch.DashboardArgs>({
            replace: { dashboardName: value },
            update: { dashboardBody: json },
            gone,
            id: ({ dashboardName }) => dashboardName,
            key: "DashboardName",
            put: call(cloudWatch.PutDashboardCommand),
            get: call(cloudWatch.GetDashboardCommand),
            delete: ({ DashboardName }) =>
                call(cloudWatch.DeleteDashboardsCommand)({ DashboardNames: [DashboardName] }),
        }),
    };
}

/**
 * Returns the plugin's resource type for log groups. As in Pulumi's AWS plugin, the output `arn` has no final `:*`,
 * although CloudWatch Logs returns one.
 */
export function logGroupEntries(client: logs.CloudWatchLogsClient): Record<string, AnyEntry> {
    const call = createSender(client);
    return {
        "aws:cloudwatch/logGroup:LogGroup": resource<aws.cloudwatch.LogGroupArgs>({
            replace: { name: memberAt("logGroupName") },
            update: { retentionInDays: memberAt("retentionInDays", value, 0) },
            outputs: { arn: memberAt("arn") },
            gone,
            tags: {
                member: "tags",
                form: tagMap,
                list: async (resourceArn) => (await call(logs.ListTagsForResourceCommand)({ resourceArn })).tags,
                add: (resourceArn, tags) => call(logs.TagResourceCommand)({ resourceArn, tags }),
                remove: (resourceArn, tagKeys) => call(logs.UntagResourceCommand)({ resourceArn, tagKeys }),
            },
            async create({ logGroupName, tags }) {
                await call(logs.CreateLogGroupCommand)({ logGroupName, tags });
                return String(logGroupName);
            },
            settles: true,
            key: "logGroupName",
            async get({ logGroupName }) {
                const { logGroups } = await call(logs.DescribeLogGroupsCommand)({ logGroupNamePrefix: logGroupName });
                const logGroup = logGroups?.find((group) => group.logGroupName === logGroupName);
                return logGroup && { ...logGroup, arn: logGroup.arn?.replace(/:\*$/, "") };
            },
            async put(input, { olds }) {
                if (input.retentionInDays !== 0) await call(logs.PutRetentionPolicyCommand)(input);
                else if (olds.retentionInDays) await call(logs.DeleteRetentionPolicyCommand)(input);
            },
            delete: call(logs.DeleteLogGroupCommand),
        }),
    };
}
