import assert from "node:assert/strict";
import * as gateway from "@aws-sdk/client-api-gateway";
import * as budgets from "@aws-sdk/client-budgets";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as lambda from "@aws-sdk/client-lambda";
import * as personalize from "@aws-sdk/client-personalize";
import * as scheduler from "@aws-sdk/client-scheduler";
import { zipSync } from "fflate";
import type { Audit } from "../../runbooks/lib/audit/audit.ts";
import { runPrinted } from "../support/audited.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, createSettings, region, startTestAws, type TestAws } from "../support/local-aws.ts";

const project = "movie-recommender";
/** Kinds of the resources that serve the API and the storefront. */
const servingKinds = [
    "distribution",
    "origin access control",
    "response headers policy",
    "cache policy",
    "usage plan",
    "API key",
    "REST API",
    "DynamoDB table",
];

const campaignType = "pulumi-nodejs:dynamic/personalize:Campaign";

describe("`audit-leftovers` on the local AWS", () => {
    let aws: TestAws;
    /** Runs audit-leftovers and returns its result. */
    async function audit(exitCode: number, ...args: string[]) {
        const result = await aws.runbook("audit-leftovers", "--json", ...args);
        assertExit(result, exitCode);
        return { ...(JSON.parse(result.stdout) as Audit), stderr: result.stderr };
    }
    const rowsOf = ({ rows }: Audit) => rows.map(({ kind, name }) => `${kind} ${name}`);

    before(async () => {
        aws = await startTestAws();
        await aws.configure({ api: true, storefront: "cloudfront" });
        assertExit(await aws.engine("up"), 0);
    });
    after(() => aws?.stop());

    it("`audit-leftovers` lists a campaign of another owner that costs money, and exits with 0", async () => {
        const { campaignArn, solutionVersionArn } = await aws.outputs();
        assert.ok(campaignArn);
        const made = await aws.personalize.send(
            new personalize.CreateCampaignCommand({ name: "console", solutionVersionArn }),
        );
        const { rows, monthlyUsd, unread, notOurs } = await audit(0);
        assert.deepEqual([rows, monthlyUsd, unread], [[], 0, []]);
        const [others] = notOurs;
        assert.equal(others?.name, "console");
        assert.equal(Math.round(others?.usdPerMonth ?? 0), 146);
        const { stdout } = await aws.runbook("audit-leftovers");
        assert.match(
            stdout,
            /These resources cost money \(US price, unverified\), and do not belong to this project:[\s\S]*console[\s\S]*≈ \$146/,
        );
        assert.doesNotMatch(stdout, /delete-campaign/);
        await aws.personalize.send(new personalize.DeleteCampaignCommand({ campaignArn: made.campaignArn }));
    });

    it("`audit-leftovers` exits with 1 and lists a campaign that the stack's state lacks", async () => {
        const exported = JSON.parse((await aws.pulumi("stack", "export")).stdout);
        const { urn } = exported.deployment.resources.find(({ type }: { type: string }) => type === campaignType);
        assertExit(await aws.pulumi("state", "delete", urn, "--yes"), 0);
        const found = await audit(1);
        const [campaign] = found.rows;
        assert.deepEqual(rowsOf(found), [`campaign movie-recommender-campaign-${aws.stack}`]);
        assert.equal(campaign?.why, `tag pulumi:stack=${aws.stack}`);
        assert.equal(Math.round(campaign?.usdPerMonth ?? 0), 146);
        assert.equal(found.monthlyUsd, campaign?.usdPerMonth);
        assert.ok(Date.parse(campaign?.since ?? "") > Date.now() - 600_000);
        assert.doesNotMatch(found.stderr, /warning: not checked: /);
    });

    it("the commands printed by `audit-leftovers` delete all resources of a removed stack", async () => {
        await makeLeftovers(aws);
        assertExit(await aws.pulumi("stack", "rm", "--force", "--yes"), 0);
        // Although the stack is deleted, `audit` passes its name to the runbook.
        const found = await audit(1, "--region", region);
        const names = rowsOf(found);
        for (const expected of [
            "schedule movie-recommender-park",
            "Lambda function old-function",
            `campaign movie-recommender-campaign-${aws.stack}`,
            `solution movie-recommender-solution-${aws.stack}`,
            `dataset movie_recommendation-${aws.stack}/INTERACTIONS`,
            `dataset group movie_recommendation-${aws.stack}`,
            `schema item_interactions_schema-${aws.stack}`,
            `S3 bucket my-movie-recommender-data-000000000000-${aws.stack}`,
            `IAM role AmazonPersonalize-ExecutionRole-${aws.stack}`,
            "alarm old-alarm",
            "SNS topic old-topic",
            `SQS queue movie-recommender-notifications-${aws.stack}`,
            `SQS queue movie-recommender-failures-${aws.stack}`,
            "log group /aws/lambda/movie-recommender-api",
            "budget movie-recommender-gone",
            "SSM parameter /movie-recommender/gone/parked",
        ]) {
            assert.ok(names.includes(expected), `${expected} is not among ${names.join(", ")}`);
        }
        assert.ok(!names.some((name) => name.includes("someone-elses")), names.join(", "));
        assert.match(
            String(found.rows.find(({ kind }) => kind === "campaign")?.why),
            /which is not a stack of this backend$/,
        );

        const suffix = `-${aws.stack}`;
        const serving = found.rows.filter(({ kind, name }) => servingKinds.includes(kind) || /-page/.test(name));
        assert.deepEqual(
            serving.map(({ kind, name, usdPerMonth }) => [
                kind,
                name.replace(suffix, ""),
                usdPerMonth && Math.round(usdPerMonth),
            ]),
            [
                ["distribution", "movie-recommender-storefront", 0],
                ["origin access control", "movie-recommender-storefront", 0],
                ["response headers policy", "movie-recommender-storefront", 0],
                ["cache policy", "movie-recommender-storefront", 0],
                ["usage plan", "callers", 0],
                ["API key", "a-caller", 0],
                ["REST API", "movie-recommender-api", 0],
                ["S3 bucket", "my-movie-recommender-data-000000000000-page", 0],
                ["DynamoDB table", "by-the-hour", null],
                ["DynamoDB table", "movie-recommender-api", 0],
            ],
        );

        await runPrinted(
            aws,
            found.rows.flatMap(({ commands }) => commands),
        );
        assert.deepEqual(rowsOf(await audit(0, "--region", region)), []);
        assert.deepEqual(await listEverything(aws), ["S3-bucket someone-elses"]);
        assert.deepEqual(await listWatchers(aws), []);
        const { items = [] } = await new gateway.APIGatewayClient(createSettings(aws.instance)).send(
            new gateway.GetApiKeysCommand({}),
        );
        assert.deepEqual(
            items.map(({ name }) => name),
            ["someone-elses"],
        );
    });

    it("`audit-leftovers` exits with 6 if the stack does not exist", async () => {
        assertExit(await aws.runbook("audit-leftovers"), 6);
    });
});

/** Creates resources of a deleted stack that the program no longer creates, and another owner's bucket and API key. */
async function makeLeftovers(aws: TestAws): Promise<void> {
    const tags = { "pulumi:project": project, "pulumi:stack": "gone" };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const settings = { ...createSettings(aws.instance), forcePathStyle: true };
    const clients = {
        gateway: new gateway.APIGateway(settings),
        budgets: new budgets.Budgets(settings),
        cloudwatch: new cloudwatch.CloudWatch(settings),
        dynamodb: new dynamodb.DynamoDB(settings),
        lambda: new lambda.Lambda(settings),
        logs: new logs.CloudWatchLogs(settings),
        scheduler: new scheduler.Scheduler(settings),
    };
    const document = (principal: object, Action: string) =>
        JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, ...principal }] });
    const trust = document(
        { Principal: { Service: ["lambda.amazonaws.com", "scheduler.amazonaws.com"] } },
        "sts:AssumeRole",
    );
    const allow = document({ Resource: "*" }, "logs:PutLogEvents");
    await aws.s3.createBucket({ Bucket: "someone-elses" });
    const role = { RoleName: "old-role", AssumeRolePolicyDocument: trust, Tags };
    await aws.iam.createRole(role);
    await aws.iam.putRolePolicy({ ...role, PolicyName: "inline", PolicyDocument: allow });
    const { Policy } = await aws.iam.createPolicy({ PolicyName: "someone-elses", PolicyDocument: allow });
    await aws.iam.attachRolePolicy({ ...role, PolicyArn: Policy?.Arn });
    const alarm = { AlarmName: "old-alarm", MetricName: "m", Namespace: "n", Statistic: "Sum", Period: 60 } as const;
    const when = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" } as const;
    await clients.cloudwatch.putMetricAlarm({ ...alarm, ...when, Tags });
    await aws.sns.createTopic({ Name: "old-topic", Tags });
    await clients.logs.createLogGroup({ logGroupName: "/aws/lambda/movie-recommender-api" });
    const RoleArn = "arn:aws:iam::000000000000:role/old-role";
    const code = zipSync({ "index.mjs": new TextEncoder().encode("export const handler = () => 1") });
    await clients.lambda.createFunction({
        FunctionName: "old-function",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: RoleArn,
        Code: { ZipFile: code },
        Tags: tags,
    });
    await clients.scheduler.createSchedule({
        Name: "movie-recommender-park",
        ScheduleExpression: "rate(1 day)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: "arn:aws:lambda:eu-central-1:000000000000:function:old-function", RoleArn },
    });
    const limit = { BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: "5", Unit: "USD" } } as const;
    const Budget = { BudgetName: "movie-recommender-gone", ...limit };
    await clients.budgets.createBudget({ AccountId: "000000000000", Budget });
    const parameter = { Name: "/movie-recommender/gone/parked", Type: "String", Value: "x" } as const;
    await aws.ssm.putParameter(parameter);

    const own = { "pulumi:project": project, "pulumi:stack": aws.stack };
    const { items: [api] = [] } = await clients.gateway.getRestApis({});
    const apiStages = [{ apiId: api?.id ?? "", stage: "api" }];
    const { id: usagePlanId } = await clients.gateway.createUsagePlan({ name: "callers", apiStages, tags: own });
    const { id: keyId } = await clients.gateway.createApiKey({ name: "a-caller", tags: own });
    const member = { usagePlanId, keyId, keyType: "API_KEY" };
    await clients.gateway.createUsagePlanKey(member);
    await clients.gateway.createApiKey({ name: "someone-elses" });
    await clients.dynamodb.createTable({
        TableName: "by-the-hour",
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        Tags: Object.entries(own).map(([Key, Value]) => ({ Key, Value })),
    });
    for (const client of Object.values(clients)) client.destroy();
}
