import {
    type ConditionBlock,
    onlyFrom,
    type PolicyDocument,
    regionalArn,
    type ServiceCaller,
    type Statement,
    serviceTrust,
} from "policy-evaluator";

/** Returns the ARN of one of the program's functions. */
export const functionArn = (caller: ServiceCaller, name: string): string =>
    regionalArn(caller, "lambda", `function:${name}`);

/**
 * Returns the trust policy of a function's role. Lambda assumes the role for this function, and sends both source keys
 * (Lambda Developer Guide, "Working with AWS managed policies in the execution role"). Other projects' tests confirm
 * this for functions outside a VPC, as in this program (github.com/aws/aws-parallelcluster, pull request 6926). In a
 * new VPC, Lambda does not send `aws:SourceArn`.
 */
export function functionTrust(caller: ServiceCaller, name: string): PolicyDocument {
    const from = onlyFrom(caller.accountId, functionArn(caller, name));
    return serviceTrust("LambdaForThisFunction", "lambda.amazonaws.com", from);
}

/**
 * Returns the trust policy of a schedule's role. The source ARN is that of the schedule group, never of a schedule
 * (EventBridge Scheduler User Guide, "Confused deputy prevention").
 */
export function scheduleTrust(caller: ServiceCaller): PolicyDocument {
    const group = regionalArn(caller, "scheduler", "schedule-group/default");
    return serviceTrust("SchedulerOfThisAccount", "scheduler.amazonaws.com", onlyFrom(caller.accountId, group));
}

/** Returns the permissions of a schedule's role: start the function, and send failed events to the queue. */
export const schedulePolicy = (caller: ServiceCaller, Sid: string, name: string, queue: string): PolicyDocument =>
    document([allow(Sid, ["lambda:InvokeFunction"], functionArn(caller, name)), keepsFailures(caller, queue)]);

/** Returns the statement that allows sending failed events to this queue. */
export const keepsFailures = (caller: ServiceCaller, queue: string): Statement =>
    allow("SendFailures", ["sqs:SendMessage"], regionalArn(caller, "sqs", queue));

/** Returns the statement that allows writing to the function's own log group, which the program creates. */
export const writesLogs = (caller: ServiceCaller, name: string): Statement =>
    allow(
        "WriteLogs",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        regionalArn(caller, "logs", `log-group:/aws/lambda/${name}:*`),
    );

/**
 * Returns the statement that allows reading metrics. Metrics have no resource type (Service Authorization Reference,
 * "Amazon CloudWatch").
 */
export const readsMetrics = (caller: ServiceCaller): Statement =>
    anywhere(caller, "ReadMetrics", ["cloudwatch:GetMetricData"]);

/**
 * Returns a statement for actions that have no resource type, limited to the stack's region. Each caller cites AWS's
 * documentation of its actions.
 */
export const anywhere = ({ region }: ServiceCaller, Sid: string, Action: readonly string[]): Statement =>
    allow(Sid, Action, "*", { StringEquals: { "aws:RequestedRegion": region } });

/** Returns a policy document with the given statements. Leaves out a statement that is false or undefined. */
export const document = (statements: readonly (Statement | false | undefined)[]): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: statements.filter((statement) => statement !== false && statement !== undefined),
});

/** Returns a statement that allows actions on resources. */
export const allow = (
    Sid: string,
    Action: readonly string[],
    Resource: string | readonly string[],
    Condition?: ConditionBlock,
): Statement => ({ Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) });

/** Returns a statement of a resource policy that allows a service one action on the resource. */
export const allowService = (
    Sid: string,
    Service: string,
    Action: string,
    Resource: string,
    Condition: ConditionBlock,
): Statement => ({ Sid, Effect: "Allow", Principal: { Service }, Action, Resource, Condition });
