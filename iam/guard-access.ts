import { ownNamespace } from "../metrics.ts";
import { regionalArn } from "./arn.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import type { ServiceCaller } from "./import-access.ts";
import { onlyFrom, serviceTrust } from "./service-trust.ts";

/** What the cost guard of a stack works on. */
export interface GuardScope extends ServiceCaller {
    readonly project: string;
    readonly stack: string;
    readonly names: {
        readonly costGuard: string;
        readonly notices: string;
        readonly failures: string;
        readonly notifier: string;
    };
    /** Name of the stack's campaign. */
    readonly campaign: string;
}

/** The ARN of a function of ours, by its name. */
export const functionArn = (caller: ServiceCaller, name: string): string =>
    regionalArn(caller, "lambda", `function:${name}`);

/**
 * Trust policy of a function's role. Lambda assumes it in the name of the function; that it sends both keys is said in
 * the Lambda Developer Guide, "Working with AWS managed policies in the execution role", and was found by others for
 * functions outside of a VPC, as ours are (github.com/aws/aws-parallelcluster, pull request 6926: in a new VPC it does
 * not send the second).
 */
export function functionTrust(caller: ServiceCaller, name: string): PolicyDocument {
    const from = onlyFrom(caller.accountId, functionArn(caller, name));
    return serviceTrust("LambdaForThisFunction", "lambda.amazonaws.com", from);
}

/**
 * Trust policy of the role by which a schedule starts the guard. The source is the schedule's group and never a schedule
 * (EventBridge Scheduler User Guide, "Confused deputy prevention").
 */
export function scheduleTrust(caller: ServiceCaller): PolicyDocument {
    const group = regionalArn(caller, "scheduler", "schedule-group/default");
    return serviceTrust("SchedulerOfThisAccount", "scheduler.amazonaws.com", onlyFrom(caller.accountId, group));
}

/** What the schedule may: start the guard, and keep what it could not start. */
export function schedulePolicy(scope: GuardScope): PolicyDocument {
    return document([
        allow("StartsGuard", ["lambda:InvokeFunction"], functionArn(scope, scope.names.costGuard)),
        keepsFailures(scope),
    ]);
}

/** What the guard may; deleting solutions only where it is to. */
export function guardPolicy(scope: GuardScope, unusedAction: "list" | "delete"): PolicyDocument {
    const arn = (service: string, tail: string) => regionalArn(scope, service, tail);
    const campaign = arn("personalize", `campaign/${scope.campaign}`);
    const solutions = arn("personalize", "solution/*");
    const marks = arn("ssm", `parameter/${scope.project}/${scope.stack}`);
    return document([
        allow(
            "ParksCampaign",
            [
                "personalize:DeleteCampaign",
                "personalize:DescribeCampaign",
                "personalize:GetRecommendations",
                "personalize:ListTagsForResource",
            ],
            campaign,
        ),
        {
            // Personalize's lists know no resource (Service Authorization Reference, "Amazon Personalize").
            ...allow(
                "ListsSolutions",
                ["personalize:ListCampaigns", "personalize:ListSolutions", "personalize:ListSolutionVersions"],
                "*",
            ),
            Condition: { StringEquals: { "aws:RequestedRegion": scope.region } },
        },
        // Of all: which are of the stack is what it looks for.
        allow("FindsStacksSolutions", ["personalize:ListTagsForResource"], solutions),
        ...(unusedAction === "delete"
            ? [
                  {
                      ...allow("DeletesStacksSolutions", ["personalize:DeleteSolution"], solutions),
                      Condition: {
                          StringEquals: {
                              "aws:ResourceTag/pulumi:project": scope.project,
                              "aws:ResourceTag/pulumi:stack": scope.stack,
                          },
                      },
                  },
              ]
            : []),
        allow("ReadsMarks", ["ssm:GetParametersByPath"], marks),
        allow("ReadsItsState", ["ssm:GetParameter"], `${marks}/guard`),
        allow("WritesMarks", ["ssm:PutParameter"], [`${marks}/guard`, `${marks}/parked`]),
        {
            // CloudWatch's metrics are no resources (Service Authorization Reference, "Amazon CloudWatch").
            ...allow("ReadsMetrics", ["cloudwatch:GetMetricData"], "*"),
            Condition: { StringEquals: { "aws:RequestedRegion": scope.region } },
        },
        {
            // So are those that it publishes; but for them there is their namespace.
            ...allow("PublishesMetrics", ["cloudwatch:PutMetricData"], "*"),
            Condition: {
                StringEquals: { "cloudwatch:namespace": ownNamespace, "aws:RequestedRegion": scope.region },
            },
        },
        allow("SendsNotices", ["sns:Publish"], arn("sns", scope.names.notices)),
        keepsFailures(scope),
        writesLogs(scope, scope.names.costGuard),
    ]);
}

/** What the function may that hands notices to a chat. */
export function notifierPolicy(scope: GuardScope, webhookParameter: string): PolicyDocument {
    return document([
        // One that the account's own SSM key encrypts; a key of yours wants kms:Decrypt for this role in its policy.
        allow("ReadsWebhook", ["ssm:GetParameter"], regionalArn(scope, "ssm", `parameter${webhookParameter}`)),
        keepsFailures(scope),
        writesLogs(scope, scope.names.notifier),
    ]);
}

const keepsFailures = (scope: GuardScope) =>
    allow("KeepsFailures", ["sqs:SendMessage"], regionalArn(scope, "sqs", scope.names.failures));

/** Into the function's own log group, which the program makes. */
const writesLogs = (scope: GuardScope, name: string) =>
    allow(
        "WritesLogs",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        regionalArn(scope, "logs", `log-group:/aws/lambda/${name}:*`),
    );

const document = (Statement: readonly Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });

const allow = (Sid: string, Action: readonly string[], Resource: string | readonly string[]) =>
    ({ Sid, Effect: "Allow", Action, Resource }) as const satisfies Statement;
