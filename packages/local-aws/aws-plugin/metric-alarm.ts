import {
    type CloudWatchClient,
    DeleteAlarmsCommand,
    DescribeAlarmsCommand,
    ListTagsForResourceCommand,
    type MetricAlarm,
    type MetricDataQuery,
    PutMetricAlarmCommand,
    type PutMetricAlarmCommandInput,
    TagResourceCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    entry,
    goneKeys,
    named,
    type Properties,
    plainTags,
    type Resolved,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = ["ResourceNotFound", "ResourceNotFoundException"] as const;

type Args = Resolved<aws.cloudwatch.MetricAlarmArgs>;
type Query = NonNullable<Args["metricQueries"]>[number];

/** CloudWatch's defaults (API reference of PutMetricAlarm). */
const defaults = {
    actionsEnabled: true,
    alarmDescription: "",
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
    dimensions: {},
    treatMissingData: "missing",
    tags: {},
};

/** Alarms on metrics or on expressions over them. */
export function alarmEntries(client: CloudWatchClient): Record<string, AnyEntry> {
    async function find(name: string): Promise<MetricAlarm | undefined> {
        const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
        return MetricAlarms.find(({ AlarmName }) => AlarmName === name);
    }
    const tagsOf = async (ResourceARN: string | undefined) =>
        plainTags((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags);
    return {
        "aws:cloudwatch/metricAlarm:MetricAlarm": entry<aws.cloudwatch.MetricAlarmArgs>({
            properties: {
                name: "replace",
                alarmDescription: "update",
                namespace: "update",
                metricName: "update",
                dimensions: "update",
                statistic: "update",
                extendedStatistic: "update",
                period: "update",
                unit: "update",
                metricQueries: "update",
                comparisonOperator: "update",
                threshold: "update",
                evaluationPeriods: "update",
                datapointsToAlarm: "update",
                treatMissingData: "update",
                actionsEnabled: "update",
                alarmActions: "update",
                okActions: "update",
                insufficientDataActions: "update",
                tags: "update",
            },
            nested: [
                "metricQueries.id",
                "metricQueries.expression",
                "metricQueries.label",
                "metricQueries.period",
                "metricQueries.returnData",
                "metricQueries.metric.namespace",
                "metricQueries.metric.metricName",
                "metricQueries.metric.dimensions.*",
                "metricQueries.metric.period",
                "metricQueries.metric.stat",
                "metricQueries.metric.unit",
            ],
            async create(args) {
                const name = named(args.name, "name");
                await client.send(new PutMetricAlarmCommand({ ...alarmOf(args), Tags: tagList(args.tags) }));
                return name;
            },
            computed: async (name) => ({ arn: (await find(name))?.AlarmArn }),
            async read(name, state) {
                const found = await find(name);
                return (
                    found &&
                    withoutDefaults(
                        { ...observed(found, state), tags: await tagsOf(found.AlarmArn) },
                        state as Properties,
                        defaults,
                    )
                );
            },
            async update(name, args, olds) {
                // PutMetricAlarm does not change the tags of an existing alarm.
                await client.send(new PutMetricAlarmCommand(alarmOf(args)));
                const ResourceARN = (await find(name))?.AlarmArn;
                const TagKeys = goneKeys(olds.tags, args.tags);
                if (TagKeys.length > 0) {
                    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys }));
                }
                await client.send(new TagResourceCommand({ ResourceARN, Tags: tagList(args.tags) }));
            },
            async delete(name) {
                await unlessGone(client.send(new DeleteAlarmsCommand({ AlarmNames: [name] })), ...gone);
            },
        }),
    };
}

const dimensionList = (dimensions: object | undefined) =>
    Object.entries(dimensions ?? {}).map(([Name, Value]) => ({ Name, Value: String(Value) }));

function alarmOf(args: Args): PutMetricAlarmCommandInput {
    return {
        AlarmName: args.name,
        AlarmDescription: args.alarmDescription,
        ActionsEnabled: args.actionsEnabled ?? defaults.actionsEnabled,
        AlarmActions: [...((args.alarmActions ?? []) as string[])],
        OKActions: [...((args.okActions ?? []) as string[])],
        InsufficientDataActions: [...((args.insufficientDataActions ?? []) as string[])],
        ComparisonOperator: args.comparisonOperator as "GreaterThanThreshold",
        Threshold: args.threshold,
        EvaluationPeriods: args.evaluationPeriods,
        DatapointsToAlarm: args.datapointsToAlarm,
        TreatMissingData: args.treatMissingData,
        ...(args.metricQueries
            ? { Metrics: args.metricQueries.map(queryOf) }
            : {
                  Namespace: args.namespace,
                  MetricName: args.metricName,
                  Dimensions: dimensionList(args.dimensions),
                  Statistic: args.statistic as "Sum" | undefined,
                  ExtendedStatistic: args.extendedStatistic,
                  Period: args.period,
                  Unit: args.unit as "Count" | undefined,
              }),
    };
}

/** A query; it returns data only where the program asks for it, as in Pulumi's AWS plugin. */
function queryOf({ id, expression, label, period, returnData, metric }: Query): MetricDataQuery {
    return {
        Id: id,
        Expression: expression,
        Label: label,
        Period: period,
        ReturnData: returnData ?? false,
        ...(metric && {
            MetricStat: {
                Metric: {
                    Namespace: metric.namespace,
                    MetricName: metric.metricName,
                    Dimensions: dimensionList(metric.dimensions),
                },
                Period: metric.period,
                Stat: metric.stat,
                Unit: metric.unit as "Count" | undefined,
            },
        }),
    };
}

function observed(found: MetricAlarm, state: Args): Properties {
    const common = {
        name: found.AlarmName,
        alarmDescription: found.AlarmDescription,
        comparisonOperator: found.ComparisonOperator,
        threshold: found.Threshold,
        evaluationPeriods: found.EvaluationPeriods,
        datapointsToAlarm: found.DatapointsToAlarm,
        treatMissingData: found.TreatMissingData,
        actionsEnabled: found.ActionsEnabled,
        alarmActions: found.AlarmActions,
        okActions: found.OKActions,
        insufficientDataActions: found.InsufficientDataActions,
    };
    if (found.Metrics && found.Metrics.length > 0) {
        return {
            ...common,
            metricQueries: found.Metrics.map((query, n) => observedQuery(query, state.metricQueries?.[n])),
        };
    }
    return {
        ...common,
        namespace: found.Namespace,
        metricName: found.MetricName,
        dimensions: plainDimensions(found.Dimensions),
        statistic: found.Statistic,
        extendedStatistic: found.ExtendedStatistic,
        period: found.Period,
        unit: found.Unit,
    };
}

const plainDimensions = (list: MetricAlarm["Dimensions"]) =>
    Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name, Value]));

function observedQuery(found: MetricDataQuery, state: Query | undefined): Properties {
    const { Metric, Period, Stat, Unit } = found.MetricStat ?? {};
    const metric = Metric && {
        metricName: Metric.MetricName,
        period: Period,
        stat: Stat,
        ...withoutDefaults(
            { namespace: Metric.Namespace, dimensions: plainDimensions(Metric.Dimensions), unit: Unit },
            (state?.metric ?? {}) as Properties,
            { dimensions: {} },
        ),
    };
    return withoutDefaults(
        {
            id: found.Id,
            expression: found.Expression,
            label: found.Label,
            period: found.Period,
            returnData: found.ReturnData,
            metric,
        },
        (state ?? {}) as Properties,
        { returnData: false },
    );
}
