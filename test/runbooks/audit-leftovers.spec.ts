import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as budgets from "@aws-sdk/client-budgets";
import * as cloudtrail from "@aws-sdk/client-cloudtrail";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import * as personalize from "@aws-sdk/client-personalize";
import * as s3 from "@aws-sdk/client-s3";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import { zipSync } from "fflate";
import type { Audit } from "../../runbooks/lib/audit/audit.ts";
import { everythingIn } from "../support/inventory.ts";
import { assertExit, region, settingsOf, startTestAws, type TestAws } from "../support/local-aws.ts";

const project = "movie-recommender";
const arn = (tail: string) => `arn:aws:personalize:eu-central-1:000000000000:${tail}`;

const campaignType = "pulumi-nodejs:dynamic/personalize:Campaign";
describe("audit-leftovers on the local AWS", () => {
    let aws: TestAws;
    const run = async (...args: string[]) => {
        const result = await aws.runbook("audit-leftovers", ...args);
        return { ...result, found: args.includes("--json") ? (JSON.parse(result.stdout) as Audit) : undefined };
    };
    const rowsOf = (found: Audit | undefined) => found?.rows.map(({ kind, name }) => `${kind} ${name}`) ?? [];

    before(async () => {
        aws = await startTestAws();
        assertExit(await aws.engine("up"), 0);
    });
    after(() => aws?.stop());

    it("audit-leftovers lists nothing if all resources belong to stacks", async () => {
        const result = await run("--json");
        assertExit(result, 0);
        assert.deepEqual(result.found?.rows, []);
        assert.equal(result.found?.monthlyUsd, 0);
        assert.match((await run()).stdout, /^All resources of this project belong to its stacks/);
    });

    it("audit-leftovers lists a campaign of another owner that costs money, and exits with 0", async () => {
        const { campaignArn, solutionVersionArn } = await aws.outputs();
        assert.ok(campaignArn);
        await aws.personalize.send(new personalize.CreateCampaignCommand({ name: "console", solutionVersionArn }));
        const result = await run("--json");
        assertExit(result, 0);
        const [others] = result.found?.notOurs ?? [];
        assert.equal(others?.name, "console");
        assert.equal(Math.round(others?.usdPerMonth ?? 0), 146);
        const { stdout } = await run();
        assert.match(
            stdout,
            /These resources cost money, and do not belong to this project:[\s\S]*console[\s\S]*≈ \$146/,
        );
        assert.doesNotMatch(stdout, /delete-campaign/);
        await aws.personalize.send(new personalize.DeleteCampaignCommand({ campaignArn: arn("campaign/console") }));
    });

    it("audit-leftovers lists a campaign that the stack's state lacks, and exits with 1", async () => {
        const exported = JSON.parse((await aws.pulumi("stack", "export")).stdout);
        const { urn } = exported.deployment.resources.find(({ type }: { type: string }) => type === campaignType);
        assertExit(await aws.pulumi("state", "delete", urn, "--yes"), 0);
        const result = await run("--json");
        assertExit(result, 1);
        const [campaign] = result.found?.rows ?? [];
        assert.deepEqual(rowsOf(result.found), [`campaign movie-recommender-campaign-${aws.stack}`]);
        assert.equal(campaign?.why, `tag pulumi:stack=${aws.stack}`);
        assert.equal(Math.round(campaign?.usdPerMonth ?? 0), 146);
        assert.equal(result.found?.monthlyUsd, campaign?.usdPerMonth);
        assert.ok(Date.parse(campaign?.since ?? "") > Date.now() - 600_000);
        assert.doesNotMatch(result.stderr, /warning: .* could not be checked: /);
    });

    it("the delete commands remove all resources of a removed stack in the printed order", async () => {
        await makeLeftovers(aws);
        assertExit(await aws.pulumi("stack", "rm", "--force", "--yes"), 0);
        const result = await aws.runbook("audit-leftovers", "--region", region, "--json");
        // The runbook gets the name of a deleted stack.
        assertExit(result, 1);
        const found = JSON.parse(result.stdout) as Audit;
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
            "IAM policy old-policy",
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

        for (const command of found.rows.flatMap(({ remove }) => remove)) {
            await execute(aws, command);
        }
        const again = await aws.runbook("audit-leftovers", "--region", region, "--json");
        assertExit(again, 0);
        assert.deepEqual(rowsOf(JSON.parse(again.stdout)), []);
        assert.deepEqual(await everythingIn(aws), ["S3-bucket someone-elses"]);
    });

    it("audit-leftovers exits with 6 if the stack does not exist", async () => {
        assertExit(await aws.runbook("audit-leftovers"), 6);
    });
});

const clients = {
    budgets: [budgets, budgets.BudgetsClient],
    cloudwatch: [cloudwatch, cloudwatch.CloudWatchClient],
    logs: [logs, logs.CloudWatchLogsClient],
    iam: [iam, iam.IAMClient],
    lambda: [lambda, lambda.LambdaClient],
    personalize: [personalize, personalize.PersonalizeClient],
    s3api: [s3, s3.S3Client],
    scheduler: [scheduler, scheduler.SchedulerClient],
    sns: [sns, sns.SNSClient],
    sqs: [sqs, sqs.SQSClient],
    cloudtrail: [cloudtrail, cloudtrail.CloudTrailClient],
    ssm: [ssm, ssm.SSMClient],
} as const;

interface AnyClient {
    send(command: object): Promise<Record<string, never>>;
}

function clientOf(aws: TestAws, service: string): AnyClient {
    const entry = clients[service as keyof typeof clients];
    assert.ok(entry, `no client for ${service}`);
    const Client = entry[1] as unknown as new (settings: object) => AnyClient;
    return new Client({ ...settingsOf(aws.instance), forcePathStyle: true });
}

/** AWS CLI options that take a list. */
const lists = ["alarm-names", "dashboard-names"];

/** Runs a printed command with the SDK, as the AWS CLI would. Retries while a resource is being deleted. */
async function execute(aws: TestAws, command: string): Promise<void> {
    const [, service = "", operation = "", ...rest] = command.split(" ").map((word) => word.replace(/^'(.*)'$/, "$1"));
    const client = clientOf(aws, service);
    if (operation === "delete-objects") {
        const Bucket = rest[rest.indexOf("--bucket") + 1];
        const { Versions = [], DeleteMarkers = [] } = (await client.send(
            new s3.ListObjectVersionsCommand({ Bucket }),
        )) as object as s3.ListObjectVersionsCommandOutput;
        const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
        await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
        return;
    }
    const pascal = (text: string) => text.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const camelCase = service === "personalize" || service === "logs";
    const input: Record<string, string | string[]> = {};
    for (let at = 0; at < rest.length; at += 2) {
        const [flag = "", value = ""] = [rest[at]?.slice(2), rest[at + 1]];
        if (flag !== "region") {
            const name = pascal(flag);
            const key = camelCase ? `${name[0]?.toLowerCase()}${name.slice(1)}` : name;
            input[key] = lists.includes(flag) ? [value] : value;
        }
    }
    const module = clients[service as keyof typeof clients][0] as unknown as Record<
        string,
        new (
            input: object,
        ) => object
    >;
    const Command = module[`${pascal(operation)}Command`];
    assert.ok(Command, `the SDK has no ${operation}`);
    for (let tries = 0; ; tries++) {
        try {
            await client.send(new Command(input));
            return;
        } catch (error) {
            if ((error as Error).name !== "ResourceInUseException" || tries > 100) {
                throw new Error(`${command}: ${(error as Error).message}`, { cause: error });
            }
            await sleep(50);
        }
    }
}

/** Creates guard, alarm, log and notification resources of a deleted stack, and another owner's bucket. */
async function makeLeftovers(aws: TestAws): Promise<void> {
    const tags = { "pulumi:project": project, "pulumi:stack": "gone" };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const send = (service: keyof typeof clients, command: object) => clientOf(aws, service).send(command);
    const document = (principal: object, Action: string) =>
        JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, ...principal }] });
    const trust = document(
        { Principal: { Service: ["lambda.amazonaws.com", "scheduler.amazonaws.com"] } },
        "sts:AssumeRole",
    );
    const allow = document({ Resource: "*" }, "logs:PutLogEvents");
    await send("s3api", new s3.CreateBucketCommand({ Bucket: "someone-elses" }));
    const role = { RoleName: "old-role", AssumeRolePolicyDocument: trust, Tags };
    await send("iam", new iam.CreateRoleCommand(role));
    await send("iam", new iam.PutRolePolicyCommand({ ...role, PolicyName: "inline", PolicyDocument: allow }));
    await send("iam", new iam.CreatePolicyCommand({ PolicyName: "old-policy", PolicyDocument: allow, Tags }));
    const PolicyArn = "arn:aws:iam::000000000000:policy/old-policy";
    await send("iam", new iam.AttachRolePolicyCommand({ ...role, PolicyArn }));
    const alarm = { AlarmName: "old-alarm", MetricName: "m", Namespace: "n", Statistic: "Sum", Period: 60 } as const;
    const when = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" } as const;
    await send("cloudwatch", new cloudwatch.PutMetricAlarmCommand({ ...alarm, ...when, Tags }));
    await send("sns", new sns.CreateTopicCommand({ Name: "old-topic", Tags }));
    await send("logs", new logs.CreateLogGroupCommand({ logGroupName: "/aws/lambda/movie-recommender-api" }));
    const RoleArn = "arn:aws:iam::000000000000:role/old-role";
    const code = zipSync({ "index.mjs": new TextEncoder().encode("export const handler = () => 1") });
    await send(
        "lambda",
        new lambda.CreateFunctionCommand({
            FunctionName: "old-function",
            Runtime: "nodejs22.x",
            Handler: "index.handler",
            Role: RoleArn,
            Code: { ZipFile: code },
            Tags: tags,
        }),
    );
    await send(
        "scheduler",
        new scheduler.CreateScheduleCommand({
            Name: "movie-recommender-park",
            ScheduleExpression: "rate(1 day)",
            FlexibleTimeWindow: { Mode: "OFF" },
            Target: { Arn: "arn:aws:lambda:eu-central-1:000000000000:function:old-function", RoleArn },
        }),
    );
    const limit = { BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: "5", Unit: "USD" } } as const;
    const Budget = { BudgetName: "movie-recommender-gone", ...limit };
    await send("budgets", new budgets.CreateBudgetCommand({ AccountId: "000000000000", Budget }));
    const parameter = { Name: "/movie-recommender/gone/parked", Type: "String", Value: "x" } as const;
    await send("ssm", new ssm.PutParameterCommand(parameter));
}
