import * as scheduler from "@aws-sdk/client-scheduler";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import type { AnyEntry } from "./entry.ts";
import { struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

/**
 * Returns the plugin's resource type for schedules, with CreateSchedule's defaults (API reference). Schedules have no
 * tags.
 */
export function scheduleEntries(client: scheduler.SchedulerClient): Record<string, AnyEntry> {
    const call = createSender(client);
    return {
        "aws:scheduler/schedule:Schedule": resource<aws.scheduler.ScheduleArgs>({
            replace: { name: value, groupName: withDefault("default") },
            update: {
                description: withDefault(""),
                scheduleExpression: value,
                scheduleExpressionTimezone: withDefault("UTC"),
                flexibleTimeWindow: struct({ mode: value }),
                state: withDefault("ENABLED"),
                target: struct({
                    arn: value,
                    roleArn: value,
                    input: value,
                    retryPolicy: withDefault(
                        {},
                        struct({
                            maximumEventAgeInSeconds: withDefault(86_400),
                            maximumRetryAttempts: withDefault(185),
                        }),
                    ),
                    deadLetterConfig: struct({ arn: value }),
                }),
            },
            outputs: { arn: value },
            gone: ["ResourceNotFoundException"],
            async create(input) {
                await call(scheduler.CreateScheduleCommand)(input);
                return `${input.GroupName}/${input.Name}`;
            },
            key(id) {
                const [GroupName, Name] = id.split("/");
                return { GroupName, Name };
            },
            get: call(scheduler.GetScheduleCommand),
            // Sends the whole schedule: UpdateSchedule resets omitted members (API reference).
            put: call(scheduler.UpdateScheduleCommand),
            delete: call(scheduler.DeleteScheduleCommand),
        }),
    };
}
