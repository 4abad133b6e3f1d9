import { type PolicyDocument, regionalArn, type Statement } from "policy-evaluator";
import type { ServiceCaller } from "./import-access.ts";
import { onlyFrom, serviceTrust } from "./service-trust.ts";

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
 * Trust policy of the role by which a schedule starts a function. The source is the schedule's group and never a schedule
 * (EventBridge Scheduler User Guide, "Confused deputy prevention").
 */
export function scheduleTrust(caller: ServiceCaller): PolicyDocument {
    const group = regionalArn(caller, "scheduler", "schedule-group/default");
    return serviceTrust("SchedulerOfThisAccount", "scheduler.amazonaws.com", onlyFrom(caller.accountId, group));
}

/** What a schedule's role may: start the function. */
export const starts = (caller: ServiceCaller, Sid: string, name: string): Statement =>
    allow(Sid, ["lambda:InvokeFunction"], functionArn(caller, name));

/** Whatever failed for good goes to the queue of that name. */
export const keepsFailures = (caller: ServiceCaller, queue: string): Statement =>
    allow("KeepsFailures", ["sqs:SendMessage"], regionalArn(caller, "sqs", queue));

/** Into the function's own log group, which the program makes. */
export const writesLogs = (caller: ServiceCaller, name: string): Statement =>
    allow(
        "WritesLogs",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        regionalArn(caller, "logs", `log-group:/aws/lambda/${name}:*`),
    );

/** CloudWatch's metrics are no resources (Service Authorization Reference, "Amazon CloudWatch"). */
export const readsMetrics = (caller: ServiceCaller): Statement =>
    anywhere(caller, "ReadsMetrics", ["cloudwatch:GetMetricData"]);

/** For actions that know no resource: in the stack's region alone. Say beside it where that is documented. */
export const anywhere = ({ region }: ServiceCaller, Sid: string, Action: readonly string[]): Statement => ({
    ...allow(Sid, Action, "*"),
    Condition: { StringEquals: { "aws:RequestedRegion": region } },
});

export const document = (Statement: readonly Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });

export const allow = (Sid: string, Action: readonly string[], Resource: string | readonly string[]) =>
    ({ Sid, Effect: "Allow", Action, Resource }) as const satisfies Statement;
