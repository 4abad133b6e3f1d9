import { ownNamespace } from "../../config/metrics.ts";
import { stateFlagKeys } from "../../config/names.ts";
import { trailLogGroup } from "../trail-access.ts";
import { logGroupLife } from "./lifecycle.ts";
import { type Grant, type GrantScope, grant } from "./scope.ts";

/**
 * Why the grants for SNS subscriptions have the resource `*`: the Service Authorization Reference ("Amazon SNS") lists
 * the topic as optional for actions on subscriptions, and does not document which ARN is checked.
 */
const subscriptions = "IAM has no resource type for SNS subscriptions";

const policies = { read: "read-operations", deploy: "deploy-operations" } as const;

/** Returns the grants for notifications, budget, alarms, dashboard and trail. */
export function operationsGrants(scope: GrantScope): readonly Grant[] {
    const { partition, accountId, names, ours, arn, grant, inRegion: condition } = scope;
    const topic = arn("sns", names.notifications);
    const queues = [names.notifications, names.failures].map((name) => arn("sqs", name));
    // The pattern also matches alarms of a stack whose name begins with this stack's name; their tags differ.
    const alarms = [arn("cloudwatch", `alarm:${names.alarmPrefix}-*`)];
    // A dashboard belongs to the account, so its ARN has no region (Service Authorization Reference, "Amazon
    // CloudWatch").
    const dashboards = [`arn:${partition}:cloudwatch::${accountId}:dashboard/${names.dashboard}`];
    const trails = [arn("cloudtrail", `trail/${names.trail}`)];
    const [looks, makes, operates] = [grant("read-operations"), grant("deploy-operations"), grant("operate")];
    const everywhere = (sid: string, service: string, actions: string, everythingBecause: string) =>
        looks(sid, service, actions, ["*"], { everythingBecause, condition });
    return [
        looks("ReadTopics", "sns", "GetTopicAttributes ListTagsForResource", [topic]),
        makes("ManageTopics", "sns", "CreateTopic DeleteTopic SetTopicAttributes Subscribe TagResource UntagResource", [
            topic,
        ]),
        everywhere("ReadSubscriptions", "sns", "GetSubscriptionAttributes", subscriptions),
        makes("ManageSubscriptions", "sns", "SetSubscriptionAttributes Unsubscribe", ["*"], {
            everythingBecause: subscriptions,
            condition,
        }),
        looks("ReadQueues", "sqs", "GetQueueAttributes ListQueueTags", queues),
        makes("ManageQueues", "sqs", "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue", queues),
        ...logGroupLife(policies, arn("logs", `log-group:${trailLogGroup(scope)}`)),
        makes("ManageAlarms", "cloudwatch", "DeleteAlarms PutMetricAlarm TagResource UntagResource", alarms, {
            condition: {
                // With IfExists, because a new alarm has no tags yet.
                StringEqualsIfExists: ours,
                // CloudWatch itself runs an alarm's actions, such as stopping an instance, so the operator's other
                // permissions do not limit them. The other calls do not have this key.
                "ForAllValues:StringEquals": { "cloudwatch:AlarmActions": topic },
            },
        }),
        looks("ReadDashboards", "cloudwatch", "GetDashboard", dashboards, { condition }),
        // `retrain` changes the live version, which the dashboard shows.
        operates("WriteDashboards", "cloudwatch", "PutDashboard", dashboards, { condition }),
        makes("DeleteDashboards", "cloudwatch", "DeleteDashboards", dashboards, { condition }),
        everywhere("ReadMetrics", "cloudwatch", "GetMetricData", "IAM has no resource type for metrics"),
        operates("PublishMetrics", "cloudwatch", "PutMetricData", ["*"], {
            everythingBecause: "IAM has no resource type for metrics; the condition limits the namespace",
            condition: { StringEquals: { "cloudwatch:namespace": ownNamespace, ...condition.StringEquals } },
        }),
        looks("ReadTrails", "cloudtrail", "GetEventSelectors GetTrail GetTrailStatus ListTags", trails),
        everywhere(
            "ListTrails",
            "cloudtrail",
            "DescribeTrails LookupEvents",
            "CloudTrail's lists of trails and events have no resource type",
        ),
        everywhere("ListQueues", "sqs", "ListQueues", "ListQueues has no resource type"),
        grant("deploy-audit")(
            "ManageTrails",
            "cloudtrail",
            "AddTags CreateTrail DeleteTrail PutEventSelectors RemoveTags StartLogging UpdateTrail",
            trails,
        ),
        // A budget belongs to the account, and its ARN has no region.
        makes("ManageBudgets", "budgets", "ModifyBudget TagResource UntagResource", [
            `arn:${partition}:budgets::${accountId}:budget/${names.budget}`,
        ]),
    ];
}

/** Returns the grants to read what runbooks need outside the stack's own resources, and to write the state flags. */
export function observingGrants({ project, stack, arn, inRegion: condition }: GrantScope): readonly Grant[] {
    const marks = arn("ssm", `parameter/${project}/${stack}`);
    const read = grant("read");
    const looks = (sid: string, service: string, actions: string, everythingBecause: string, everywhere = false) =>
        read(sid, service, actions, ["*"], { everythingBecause, ...(!everywhere && { condition }) });
    return [
        read("ReadStateFlags", "ssm", "GetParameter GetParameterHistory GetParametersByPath", [marks, `${marks}/*`]),
        // Operators must not write the cost guard's own state: with it, they could keep a campaign that the guard
        // must park.
        grant("operate")(
            "WriteStateFlags",
            "ssm",
            "DeleteParameter PutParameter",
            stateFlagKeys.map((key) => `${marks}/${key}`),
        ),
        grant("deploy")("DeleteStateFlags", "ssm", "DeleteParameters", [`${marks}/*`]),
        looks("ListParameters", "ssm", "DescribeParameters", "a list of parameters knows no resource"),
        looks("ListFunctions", "lambda", "ListFunctions", "a list of functions knows no resource"),
        looks("ListSchedules", "scheduler", "ListSchedules", "a list of schedules is over all groups"),
        looks(
            "ListAlarms",
            "cloudwatch",
            "DescribeAlarms ListDashboards",
            "lists of alarms and dashboards are over all of them",
        ),
        read("ReadAlarmTags", "cloudwatch", "ListTagsForResource", [arn("cloudwatch", "alarm:*")]),
        looks("ListLogGroups", "logs", "DescribeLogGroups", "a list of log groups is over all of them"),
        looks("ListTopics", "sns", "ListTopics", "a list of topics knows no resource"),
        read("ListSubscriptions", "sns", "ListSubscriptionsByTopic", [arn("sns", `${project}*`)]),
        looks("ListBuckets", "s3", "ListAllMyBuckets", "ListAllMyBuckets has no resource type"),
        looks(
            "ListBudgets",
            "budgets",
            "ListTagsForResource ViewBudget",
            "the list has all budgets of the account, for every region",
            true,
        ),
        looks("ListRoles", "iam", "ListRoles", "IAM's lists have no resource type, and IAM has no region", true),
    ];
}
