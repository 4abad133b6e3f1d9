import { setTimeout as pause } from "node:timers/promises";
import { PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { namesFor } from "../../../config/config.ts";
import type { OperatorScope } from "../../../iam/operator.ts";
import type { TestAws } from "../../support/local-aws.ts";
import { createClients } from "./another-stack.ts";

/** Returns the command that creates an alarm on a metric without data. */
export const createAlarmCommand = (AlarmName: string, tags: Readonly<Record<string, string>>) =>
    new PutMetricAlarmCommand({
        AlarmName,
        Namespace: "AWS/SQS",
        MetricName: "ApproximateNumberOfMessagesVisible",
        ComparisonOperator: "GreaterThanThreshold",
        Statistic: "Maximum",
        Threshold: 0,
        Period: 300,
        EvaluationPeriods: 1,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });

/**
 * Creates resources of other owners as administrator: datasets and an alarm of a stack whose name starts with the
 * operated stack's name, and an API without tags.
 */
export async function anotherOwner(aws: TestAws, scope: OperatorScope) {
    const { api, cloudwatch, personalize } = createClients(aws, { accessKeyId: "test", secretAccessKey: "test" });
    const stack = `${scope.stack}-2`;
    const names = namesFor(stack);
    const owner = { "pulumi:project": scope.project, "pulumi:stack": stack };
    const tags = Object.entries(owner).map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
    const field = (name: string, type: string) => ({ name, type });
    const { schemaArn } = await personalize.createSchema({
        name: names.schema,
        schema: JSON.stringify({
            type: "record",
            name: "Interactions",
            namespace: "com.amazonaws.personalize.schema",
            fields: [field("USER_ID", "string"), field("ITEM_ID", "string"), field("TIMESTAMP", "long")],
            version: "1.0",
        }),
    });
    const { datasetGroupArn } = await personalize.createDatasetGroup({ name: names.datasetGroup, tags });
    await until(async () => {
        const { datasetGroup } = await personalize.describeDatasetGroup({ datasetGroupArn });
        return datasetGroup?.status === "ACTIVE";
    });
    const dataset = { name: names.dataset, schemaArn, datasetGroupArn, datasetType: "Interactions", tags };
    const { datasetArn } = await personalize.createDataset(dataset);
    await until(async () => {
        const { dataset } = await personalize.describeDataset({ datasetArn });
        return dataset?.status === "ACTIVE";
    });
    const { eventTrackerArn } = await personalize.createEventTracker({
        name: names.eventTracker,
        datasetGroupArn,
        tags,
    });
    const alarm = `${names.alarmPrefix}-errors`;
    await cloudwatch.send(createAlarmCommand(alarm, owner));
    const { id: untaggedApi = "" } = await api.createRestApi({ name: "made-by-hand" });
    return { names, datasetGroupArn, datasetArn, eventTrackerArn, alarm, untaggedApi };
}

async function until(done: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await done()); tries++) {
        if (tries > 300) throw new Error("another owner's resource does not become ACTIVE");
        await pause(100);
    }
}
