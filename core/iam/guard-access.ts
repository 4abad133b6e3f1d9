import { onlyFrom, type PolicyDocument, regionalArn, type ServiceCaller, type Statement } from "policy-evaluator";
import { ownNamespace } from "../config/metrics.ts";
import { apiStage, type Names } from "../config/names.ts";
import { dnsSuffix } from "../config/regions.ts";
import { allow, allowService, anywhere, document, keepsFailures, readsMetrics, writesLogs } from "./function-access.ts";

/** Names, account and region of a stack's cost guard. */
export interface GuardScope extends ServiceCaller {
    readonly project: string;
    readonly stack: string;
    readonly names: Pick<Names, "costGuard" | "notifications" | "failures" | "notifier" | "api">;
    /** Name of the stack's campaign. */
    readonly campaign: string;
    /** Whether CloudFront serves the page. */
    readonly edge: boolean;
}

/**
 * Returns the permissions of the cost guard. The guard may delete solutions only if configured, and may write to the
 * API's table only if the stack has one.
 */
export function guardPolicy(
    scope: GuardScope,
    may: { readonly unusedAction: "list" | "delete"; readonly api: boolean; readonly batch?: boolean },
): PolicyDocument {
    const { unusedAction, api, batch = false } = may;
    const arn = (service: string, tail: string) => regionalArn(scope, service, tail);
    const campaign = arn("personalize", `campaign/${scope.campaign}`);
    const solutions = arn("personalize", "solution/*");
    const table = arn("dynamodb", `table/${scope.names.api}`);
    const itemsOf = (key: string) => ({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [key] } });
    const marks = arn("ssm", `parameter/${scope.project}/${scope.stack}`);
    return document([
        allow(
            "ParkCampaign",
            [
                "personalize:DeleteCampaign",
                "personalize:DescribeCampaign",
                "personalize:GetRecommendations",
                "personalize:ListTagsForResource",
            ],
            campaign,
        ),
        // Personalize's List actions have no resource type (Service Authorization Reference, "Amazon Personalize").
        anywhere(scope, "ListsSolutions", [
            "personalize:ListCampaigns",
            "personalize:ListSolutions",
            "personalize:ListSolutionVersions",
        ]),
        // Read the tags of all solutions, because the cost guard searches for those of the stack.
        allow("FindSolutions", ["personalize:ListTagsForResource"], solutions),
        unusedAction === "delete" &&
            allow("DeleteSolutions", ["personalize:DeleteSolution"], solutions, ofStack(scope)),
        allow("ReadStateFlags", ["ssm:GetParametersByPath"], marks),
        allow("ReadGuardState", ["ssm:GetParameter"], `${marks}/guard`),
        allow(
            "WriteStateFlags",
            ["ssm:PutParameter"],
            [...[`${marks}/guard`, `${marks}/parked`], ...(api ? [`${marks}/closed`] : [])],
        ),
        ...(api ? closes(scope) : []),
        readsMetrics(scope),
        // Metrics have no resource type; the condition limits the namespace.
        allow("PublishMetrics", ["cloudwatch:PutMetricData"], "*", {
            StringEquals: { "cloudwatch:namespace": ownNamespace, "aws:RequestedRegion": scope.region },
        }),
        api && allow("ShowNotifications", ["dynamodb:PutItem"], table, itemsOf("stack")),
        batch && allow("ReadJobs", ["dynamodb:GetItem"], table, itemsOf("batch")),
        allow(
            "SendNotifications",
            ["sns:ListSubscriptionsByTopic", "sns:Publish"],
            arn("sns", scope.names.notifications),
        ),
        keepsFailures(scope, scope.names.failures),
        writesLogs(scope, scope.names.costGuard),
    ]);
}

const ofStack = ({ project, stack }: GuardScope) => ({
    StringEquals: { "aws:ResourceTag/pulumi:project": project, "aws:ResourceTag/pulumi:stack": stack },
});

/**
 * Returns the permissions to close the API and the page. API Gateway's ARNs contain no account (Service Authorization
 * Reference, "Amazon API Gateway Management"). CloudFront's lists and metrics have no resource type, and exist only in
 * us-east-1. The statements are few, because the permissions boundary of the program's roles contains them and has a
 * size limit.
 */
function closes(scope: GuardScope): readonly (Statement | false)[] {
    const { partition, region, accountId, edge } = scope;
    const gateway = (path: string) => `arn:${partition}:apigateway:${region}::/restapis${path}`;
    const stages = gateway(`/*/stages/${apiStage}`);
    const distributions = `arn:${partition}:cloudfront::${accountId}:distribution/*`;
    const stage = ["apigateway:GET", "apigateway:PATCH"];
    const page = ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"];
    return [
        allow("FindApi", ["apigateway:GET"], gateway("")),
        edge
            ? allow("CloseApi", [...stage, ...page], [stages, distributions], ofStack(scope))
            : allow("CloseApi", stage, stages, ofStack(scope)),
        edge &&
            allow("ReadCloudFront", ["cloudfront:ListDistributions", "cloudwatch:GetMetricData"], "*", {
                StringEquals: { "aws:RequestedRegion": "us-east-1" },
            }),
    ];
}

/** Returns the permissions of the function that forwards notifications to a chat. */
export function notifierPolicy(scope: GuardScope, webhookParameter: string): PolicyDocument {
    const parameter = regionalArn(scope, "ssm", `parameter${webhookParameter}`);
    return document([
        allow("ReadWebhook", ["ssm:GetParameter"], parameter),
        // The parameter's key can be any key of the account. Its policy must allow this role or the account, too.
        // Parameter Store sends the parameter's ARN as encryption context (Systems Manager User Guide, "AWS KMS
        // encryption for AWS Systems Manager Parameter Store SecureString parameters").
        allow("DecryptWebhook", ["kms:Decrypt"], regionalArn(scope, "kms", "key/*"), {
            StringEquals: {
                "kms:EncryptionContext:PARAMETER_ARN": parameter,
                "kms:ViaService": `ssm.${scope.region}.${dnsSuffix(scope.partition)}`,
            },
        }),
        keepsFailures(scope, scope.names.failures),
        writesLogs(scope, scope.names.notifier),
    ]);
}

/** Names of the publishers, the topic and the queue. */
interface NotificationsScope extends ServiceCaller {
    readonly names: Pick<Names, "notifications" | "alarmPrefix">;
    /** IDs of the stack's alarms, the ends of their names. A pattern would also match other stacks' alarms. */
    readonly alarmIds: readonly string[];
}

/**
 * Returns the policy of the notifications' topic: AWS Budgets and CloudWatch alarms of this stack may publish (Cost
 * Management User Guide, "Creating an Amazon SNS topic for budget notifications"; CloudWatch User Guide, "Notifying
 * users on alarm changes"). Other publishers need their own identity policy.
 */
export function topicPolicy(scope: NotificationsScope): PolicyDocument {
    const { partition, accountId, names, alarmIds } = scope;
    const topic = regionalArn(scope, "sns", names.notifications);
    const publish = (sid: string, service: string, source: string | readonly string[]) =>
        allowService(sid, service, "sns:Publish", topic, onlyFrom(accountId, source));
    return document([
        // The policy in the AWS Budgets user guide allows all budgets of the account, and no condition for one budget is
        // documented.
        publish("BudgetsPublish", "budgets.amazonaws.com", `arn:${partition}:budgets::${accountId}:*`),
        publish(
            "AllowAlarms",
            "cloudwatch.amazonaws.com",
            alarmIds.map((id) => regionalArn(scope, "cloudwatch", `alarm:${names.alarmPrefix}-${id}`)),
        ),
    ]);
}

/** Returns the policy of the notifications' queue: only the topic may send. */
export function notificationsQueuePolicy(scope: Omit<NotificationsScope, "alarmIds">): PolicyDocument {
    const { notifications } = scope.names;
    return document([
        allowService("AllowTopic", "sns.amazonaws.com", "sqs:SendMessage", regionalArn(scope, "sqs", notifications), {
            ArnEquals: { "aws:SourceArn": regionalArn(scope, "sns", notifications) },
        }),
    ]);
}
