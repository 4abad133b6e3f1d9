import assert from "node:assert/strict";
import { authorize, type PolicyDocument, parsePolicy, sizeLimits, toList } from "policy-evaluator";
import { alarmIds } from "../../../components/observability/alarms.ts";
import { namesFor } from "../../../core/config/config.ts";
import { functionTrust, schedulePolicy, scheduleTrust } from "../../../core/iam/function-access.ts";
import {
    type GuardScope,
    guardPolicy,
    notificationsQueuePolicy,
    notifierPolicy,
    topicPolicy,
} from "../../../core/iam/guard-access.ts";
import { webhookParameter } from "../../../core/iam/operator/functions.ts";
import { rolesBoundary } from "../../../core/iam/operator.ts";
import { findViolations } from "../../../core/iam/resource-rules.ts";

const names = namesFor("dev");
const scope: GuardScope = {
    partition: "aws-cn",
    region: "cn-north-1",
    accountId: "123456789012",
    project: "movie-recommender",
    stack: "dev",
    names,
    campaign: names.campaign,
    edge: true,
};
const operator = { ...scope, names, bucketName: "films" };
const arn = (service: string, tail: string) => `arn:aws-cn:${service}:cn-north-1:123456789012:${tail}`;
const policies: Readonly<Record<string, PolicyDocument>> = {
    guard: guardPolicy(scope, { unusedAction: "delete", api: true }),
    schedule: schedulePolicy(scope, "StartsGuard", names.costGuard, names.failures),
    notifier: notifierPolicy(scope, webhookParameter(scope)),
};
const trusts: Readonly<Record<string, PolicyDocument>> = {
    functionTrust: functionTrust(scope, names.costGuard),
    scheduleTrust: scheduleTrust(scope),
    topic: topicPolicy({ ...scope, names, alarmIds }),
    queue: notificationsQueuePolicy({ ...scope, names }),
};

/** Returns an ARN that a pattern allows. */
const exampleOf = (pattern: string) => (pattern === "*" ? "*" : pattern.replace(/\*$/, "one"));
const carried = {
    "aws:RequestedRegion": scope.region,
    // Lambda adds the key lambda:SourceFunctionArn to each call that a function's code makes.
    "lambda:SourceFunctionArn": `arn:aws-cn:lambda:cn-north-1:123456789012:function:${names.costGuard}`,
    "cloudwatch:namespace": "MovieRecommender",
    // Parameter Store sends these keys when it decrypts a parameter.
    "kms:EncryptionContext:PARAMETER_ARN": arn("ssm", `parameter${webhookParameter(scope)}`),
    "kms:ViaService": "ssm.cn-north-1.amazonaws.com.cn",
    "aws:ResourceTag/pulumi:project": scope.project,
    "aws:ResourceTag/pulumi:stack": scope.stack,
};
const role = {
    arn: "arn:aws-cn:sts::123456789012:assumed-role/guard/run",
    roleArn: "arn:aws-cn:iam::123456789012:role/guard",
};
const decide = (
    document: PolicyDocument,
    action: string,
    resource: string,
    context: Record<string, string> = carried,
) =>
    authorize(
        { caller: role, action, resource, context },
        {
            identity: [{ name: "policy", document }],
            boundary: [{ name: "boundary", document: rolesBoundary(operator) }],
        },
        scope.accountId,
    ).decision;

describe("IAM policies of the cost guard", () => {
    for (const [name, document] of Object.entries({ ...policies, ...trusts })) {
        it(`the ${name} policy is valid for IAM and has no unnecessary wildcard`, () => {
            const text = JSON.stringify(document);
            const isTrust = name.endsWith("Trust");
            // A trust policy belongs to its role, so it has no Resource element.
            const judged = isTrust ? text.replace('"Action"', '"Resource":"*","Action"') : text;
            const kind = name in policies ? "identity" : "resource";
            const limit = isTrust ? sizeLimits.trustPolicy : sizeLimits.managedPolicy;
            assert.deepEqual(parsePolicy(judged, kind, limit).problems, []);
            const property = name in policies ? "policy" : "assumeRolePolicy";
            assert.deepEqual(findViolations("aws:iam/role:Role", { [property]: JSON.stringify(document) }), []);
            assert.doesNotMatch(JSON.stringify(document), /arn:aws:/);
            const everywhere = toList(document.Statement).filter(({ Resource }) => Resource === "*");
            for (const { Action, Condition } of everywhere) {
                assert.ok(Condition, "holds in the stack's region only");
                for (const action of toList(Action)) {
                    assert.match(
                        action,
                        /^(personalize:List(Campaigns|Solutions|SolutionVersions)|cloudwatch:(Get|Put)MetricData|cloudfront:ListDistributions)$/,
                    );
                }
            }
        });
    }

    it("the permissions boundary of operators' roles allows every action of the cost guard's policies", () => {
        for (const document of Object.values(policies)) {
            for (const { Sid, Action, Resource } of toList(document.Statement)) {
                for (const action of toList(Action)) {
                    for (const resource of toList(Resource)) {
                        const isOfEdge = Sid === "ReadCloudFront";
                        const context = { ...carried, ...(isOfEdge && { "aws:RequestedRegion": "us-east-1" }) };
                        const decision = decide(document, action, exampleOf(resource), context);
                        assert.equal(decision, "allowed", `${action} ${resource}`);
                    }
                }
            }
        }
    });

    it("the cost guard's policies exclude other stacks, and allow DeleteSolution only with `unused.action: delete`", () => {
        const { guard, schedule, notifier } = policies as Record<string, PolicyDocument>;
        assert.ok(guard && schedule && notifier);
        const edgeMetrics = (region: string) =>
            decide(guard, "cloudwatch:GetMetricData", "*", { ...carried, "aws:RequestedRegion": region });
        assert.deepEqual(["us-east-1", scope.region, "us-west-2"].map(edgeMetrics), [
            ...["allowed", "allowed", "implicitDeny"],
        ]);
        const stage = "arn:aws-cn:apigateway:cn-north-1::/restapis/abc/stages/api";
        const theirs = { ...carried, "aws:ResourceTag/pulumi:stack": "prod" };
        assert.equal(decide(guard, "apigateway:PATCH", stage, theirs), "implicitDeny");
        for (const [action, resource] of [
            ["apigateway:PATCH", stage.replace("/stages/api", "")],
            ["personalize:DeleteCampaign", arn("personalize", "campaign/movie-recommender-campaign-prod")],
            ["personalize:UpdateCampaign", arn("personalize", `campaign/${names.campaign}`)],
            ["personalize:CreateCampaign", arn("personalize", `campaign/${names.campaign}`)],
            ["ssm:PutParameter", arn("ssm", "parameter/movie-recommender/prod/parked")],
            ["ssm:PutParameter", arn("ssm", "parameter/movie-recommender/dev/serving")],
            ["ssm:DeleteParameter", arn("ssm", "parameter/movie-recommender/dev/parked")],
            ["ssm:GetParameter", arn("ssm", "parameter/movie-recommender-chat/dev")],
            ["sns:Publish", arn("sns", "other")],
            ["logs:PutLogEvents", arn("logs", "log-group:/aws/lambda/other:log-stream:one")],
        ] as const) {
            assert.equal(decide(guard, action, resource), "implicitDeny", `${action} ${resource}`);
        }
        const solution = arn("personalize", "solution/films");
        const ofProd = { ...carried, "aws:ResourceTag/pulumi:stack": "prod" };
        assert.equal(decide(guard, "personalize:DeleteSolution", solution, ofProd), "implicitDeny");
        assert.equal(
            decide(guardPolicy(scope, { unusedAction: "list", api: true }), "personalize:DeleteSolution", solution),
            "implicitDeny",
        );
        const elsewhere = { ...carried, "cloudwatch:namespace": "AWS/Personalize" };
        assert.equal(decide(guard, "cloudwatch:PutMetricData", "*", elsewhere), "implicitDeny");
        assert.equal(decide(schedule, "lambda:InvokeFunction", arn("lambda", "function:other")), "implicitDeny");
        assert.equal(
            decide(notifier, "ssm:GetParameter", arn("ssm", "parameter/movie-recommender/dev/guard")),
            "implicitDeny",
        );
        assert.equal(decide(notifier, "kms:Decrypt", arn("kms", "key/1234")), "allowed");
        for (const other of [
            { "kms:EncryptionContext:PARAMETER_ARN": arn("ssm", "parameter/movie-recommender-chat/prod") },
            { "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" },
        ]) {
            const context = { ...carried, ...other };
            assert.equal(decide(notifier, "kms:Decrypt", arn("kms", "key/1234"), context), "implicitDeny");
        }
    });

    it("the cost guard's trust policies accept only the stack's own function, schedules, budgets and alarms", () => {
        const by = (name: string, service: string, action: string, resource: string) => ({
            service,
            decides: (source: string) =>
                authorize(
                    {
                        caller: { service: `${service}.amazonaws.com` },
                        action,
                        resource,
                        context: { "aws:SourceArn": source, "aws:SourceAccount": scope.accountId },
                    },
                    { resource: [{ name, document: trusts[name] ?? assert.fail(name) }] },
                    scope.accountId,
                ).decision,
        });
        const assumes = (name: string, service: string) => by(name, service, "sts:AssumeRole", role.roleArn);
        const topic = arn("sns", names.notifications);
        const publishes = (service: string) => by("topic", service, "sns:Publish", topic);
        const guardArn = arn("lambda", `function:${names.costGuard}`);
        const schedules = (group: string) => arn("scheduler", `schedule-group/${group}`);
        const budgetOf = (account: string) => `arn:aws-cn:budgets::${account}:budget/one`;
        const alarm = (name: string) => arn("cloudwatch", `alarm:${names.alarmPrefix}-${name}`);
        const sends = by("queue", "sns", "sqs:SendMessage", arn("sqs", names.notifications));
        for (const [{ service, decides }, ours, others] of [
            [assumes("functionTrust", "lambda"), guardArn, arn("lambda", "function:other")],
            [assumes("scheduleTrust", "scheduler"), schedules("default"), schedules("other")],
            [publishes("budgets"), budgetOf("123456789012"), budgetOf("999999999999")],
            [publishes("cloudwatch"), alarm("failures"), alarm("b-failures")],
            [sends, topic, arn("sns", "other")],
        ] as const) {
            assert.equal(decides(ours), "allowed", `${service} for ${ours}`);
            assert.equal(decides(others), "implicitDeny", `${service} for ${others}`);
        }
    });
});
