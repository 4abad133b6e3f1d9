import {
    CreateScheduleCommand,
    type CreateScheduleCommandInput,
    DeleteScheduleCommand,
    GetScheduleCommand,
    type SchedulerClient,
    UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    awsKeys,
    entry,
    named,
    type Properties,
    pulumiKeys,
    type Resolved,
    withoutDefaults,
} from "./entry.ts";

const gone = "ResourceNotFoundException";

/** EventBridge Scheduler's defaults (API reference of CreateSchedule). */
const defaults = {
    description: "",
    groupName: "default",
    scheduleExpressionTimezone: "UTC",
    state: "ENABLED",
    actionAfterCompletion: "NONE",
};
const retriesByDefault = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

/** Schedules. A schedule has no tags of its own. */
export function scheduleEntries(scheduler: SchedulerClient): Record<string, AnyEntry> {
    const find = (id: string) => {
        const [GroupName, Name = ""] = id.split("/");
        return { GroupName, Name };
    };
    return {
        "aws:scheduler/schedule:Schedule": entry<aws.scheduler.ScheduleArgs>({
            properties: {
                name: "replace",
                groupName: "replace",
                description: "update",
                scheduleExpression: "update",
                scheduleExpressionTimezone: "update",
                flexibleTimeWindow: "update",
                state: "update",
                target: "update",
            },
            nested: [
                "flexibleTimeWindow.mode",
                "flexibleTimeWindow.maximumWindowInMinutes",
                "target.arn",
                "target.roleArn",
                "target.input",
                "target.retryPolicy.maximumEventAgeInSeconds",
                "target.retryPolicy.maximumRetryAttempts",
                "target.deadLetterConfig.arn",
            ],
            async create(args) {
                const wanted = wholeOf(args);
                const id = `${wanted.GroupName}/${wanted.Name}`;
                await scheduler.send(new CreateScheduleCommand(wanted));
                return id;
            },
            computed: async (id) => ({ arn: (await scheduler.send(new GetScheduleCommand(find(id)))).Arn }),
            async read(id, state) {
                const found = await unlessGone(scheduler.send(new GetScheduleCommand(find(id))), gone);
                if (!found) {
                    return undefined;
                }
                const target = pulumiKeys(found.Target) as Properties;
                const { flexibleTimeWindow, ...rest } = pulumiKeys({
                    Name: found.Name,
                    GroupName: found.GroupName,
                    Description: found.Description,
                    ScheduleExpression: found.ScheduleExpression,
                    ScheduleExpressionTimezone: found.ScheduleExpressionTimezone,
                    FlexibleTimeWindow: found.FlexibleTimeWindow,
                    State: found.State,
                }) as Properties;
                return {
                    ...withoutDefaults(rest, state as Properties, defaults),
                    flexibleTimeWindow,
                    target: withoutDefaults(target, (state.target ?? {}) as unknown as Properties, {
                        retryPolicy: retriesByDefault,
                    }),
                };
            },
            async update(_id, args) {
                await scheduler.send(new UpdateScheduleCommand(wholeOf(args)));
            },
            async delete(id) {
                await unlessGone(scheduler.send(new DeleteScheduleCommand(find(id))), gone);
            },
        }),
    };
}

/** The whole schedule: an update removes what it does not contain (API reference of UpdateSchedule). */
function wholeOf(args: Resolved<aws.scheduler.ScheduleArgs>): CreateScheduleCommandInput {
    return {
        Name: named(args.name, "name"),
        GroupName: args.groupName ?? defaults.groupName,
        Description: args.description,
        ScheduleExpression: args.scheduleExpression,
        ScheduleExpressionTimezone: args.scheduleExpressionTimezone,
        FlexibleTimeWindow: awsKeys(args.flexibleTimeWindow) as CreateScheduleCommandInput["FlexibleTimeWindow"],
        State: args.state as "ENABLED" | undefined,
        Target: awsKeys(args.target) as CreateScheduleCommandInput["Target"],
    };
}
