import { regionalArn } from "policy-evaluator";
import { ownNamespace } from "../../config/metrics.ts";
import { trailLogGroup } from "../trail-access.ts";
import { logGroupLife } from "./lifecycle.ts";
import { type Grant, inRegion, type NeededOnAws, type OperatorScope } from "./scope.ts";

/**
 * Why the grants for SNS subscriptions have the resource `*`: the Service Authorization Reference ("Amazon SNS") lists
 * the topic as optional for actions on subscriptions, and does not document which ARN is checked.
 */
const subscriptions = "IAM has no resource type for SNS subscriptions";

const policies = { read: "read-operations", deploy: "deploy-operations" } as const;

/** Returns the grants for notifications, budget, alarms, dashboard and trail, and for reading the bill. */
export function operationsGrants(scope: OperatorScope): readonly Grant[] {
    const { partition, accountId, project, stack, names } = scope;
    const arn = (service: string, tail: string) => regionalArn(scope, service, tail);
    const topic = arn("sns", names.notifications);
    const queues = [names.notifications, names.failures].map((name) => arn("sqs", name));
    const trailLogs = arn("logs", `log-group:${trailLogGroup(scope)}`);
    // The pattern also matches alarms of a stack whose name begins with this stack's name; their tags differ.
    const alarms = [arn("cloudwatch", `alarm:${names.alarmPrefix}-*`)];
    const ours = { "aws:ResourceTag/pulumi:project": project, "aws:ResourceTag/pulumi:stack": stack };
    // A dashboard belongs to the account, so its ARN has no region (Service Authorization Reference, "Amazon
    // CloudWatch").
    const dashboards = [`arn:${partition}:cloudwatch::${accountId}:dashboard/${names.dashboard}`];
    const trails = [arn("cloudtrail", `trail/${names.trail}`)];
    const condition = inRegion(scope);
    const grant = (
        policy: Grant["policy"],
        sid: string,
        service: string,
        actions: readonly string[],
        on: readonly string[],
        more: Partial<Grant> = {},
    ): Grant => ({ policy, sid, service, actions, on, ...more });
    const looks = (sid: string, service: string, actions: readonly string[], on: readonly string[]) =>
        grant("read-operations", sid, service, actions, on);
    const makes = (sid: string, service: string, actions: readonly string[], on: readonly string[]) =>
        grant("deploy-operations", sid, service, actions, on);
    const everywhere = (sid: string, service: string, actions: readonly string[], everythingBecause: string) =>
        grant("read-operations", sid, service, actions, ["*"], { everythingBecause, condition });

    const ofAccount = (...[sid, service, actions, everythingBecause]: Parameters<typeof everywhere>) =>
        grant("read-operations", sid, service, actions, ["*"], { everythingBecause });

    return [
        looks("ReadTopics", "sns", ["GetTopicAttributes", "ListTagsForResource"], [topic]),
        makes(
            "ManageTopics",
            "sns",
            ["CreateTopic", "DeleteTopic", "SetTopicAttributes", "Subscribe", "TagResource", "UntagResource"],
            [topic],
        ),
        everywhere("ReadSubscriptions", "sns", ["GetSubscriptionAttributes"], subscriptions),
        grant("deploy-operations", "ManageSubscriptions", "sns", ["SetSubscriptionAttributes", "Unsubscribe"], ["*"], {
            everythingBecause: subscriptions,
            condition,
        }),
        grant("operate", "TopicTests", "sns", ["Publish"], [topic]),
        looks("ReadQueues", "sqs", ["GetQueueAttributes", "ListQueueTags"], queues),
        makes(
            "ManageQueues",
            "sqs",
            ["CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"],
            queues,
        ),
        grant(
            "operate",
            "ReceiveTestMessages",
            "sqs",
            ["ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage"],
            queues.slice(0, 1),
        ),
        ...logGroupLife(policies, [trailLogs, `${trailLogs}:*`]),
        grant(
            "deploy-operations",
            "ManageAlarms",
            "cloudwatch",
            ["DeleteAlarms", "PutMetricAlarm", "TagResource", "UntagResource"],
            alarms,
            // With IfExists, because a new alarm has no tags yet.
            { condition: { StringEqualsIfExists: ours } },
        ),
        grant("read-operations", "ReadDashboards", "cloudwatch", ["GetDashboard"], dashboards, { condition }),
        // `retrain` changes the live version, which the dashboard shows.
        grant("operate", "WriteDashboards", "cloudwatch", ["PutDashboard"], dashboards, { condition }),
        grant("deploy-operations", "DeleteDashboards", "cloudwatch", ["DeleteDashboards"], dashboards, { condition }),
        everywhere("ReadMetrics", "cloudwatch", ["GetMetricData"], "IAM has no resource type for metrics"),
        grant("operate", "PublishMetrics", "cloudwatch", ["PutMetricData"], ["*"], {
            everythingBecause: "IAM has no resource type for metrics; the condition limits the namespace",
            condition: { StringEquals: { "cloudwatch:namespace": ownNamespace, ...condition.StringEquals } },
        }),
        looks("ReadTrails", "cloudtrail", ["GetEventSelectors", "GetTrail", "GetTrailStatus", "ListTags"], trails),
        everywhere(
            "ListTrails",
            "cloudtrail",
            ["DescribeTrails", "LookupEvents"],
            "CloudTrail's lists of trails and events have no resource type",
        ),
        everywhere("ListQueues", "sqs", ["ListQueues"], "ListQueues has no resource type"),
        grant(
            "deploy-audit",
            "ManageTrails",
            "cloudtrail",
            ["AddTags", "CreateTrail", "DeleteTrail", "RemoveTags", "StartLogging", "UpdateTrail"],
            trails,
        ),
        // A budget belongs to the account, and its ARN has no region.
        makes(
            "ManageBudgets",
            "budgets",
            ["ModifyBudget", "TagResource", "UntagResource"],
            [`arn:${partition}:budgets::${accountId}:budget/${names.budget}`],
        ),
        ofAccount(
            "ReadBill",
            "ce",
            ["GetCostAndUsage", "GetCostForecast"],
            "the bill belongs to the account and has no region",
        ),
        ofAccount("ReadPrices", "pricing", ["GetProducts"], "IAM has no resource type for prices"),
    ];
}

const provider = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service";

/**
 * Additional read calls of Pulumi's AWS plugin, which the Terraform provider's source shows. The local AWS does not
 * require them.
 */
export const operationsNeededOnAws: readonly NeededOnAws[] = [
    { action: "lambda:GetFunctionCodeSigningConfig", page: `${provider}/lambda/function.go` },
    { action: "lambda:ListVersionsByFunction", page: `${provider}/lambda/function.go` },
    {
        action: "pricing:GetProducts",
        page: "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html",
    },
];
