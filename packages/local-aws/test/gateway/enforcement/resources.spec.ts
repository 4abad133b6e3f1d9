import assert from "node:assert/strict";
import { Budgets } from "@aws-sdk/client-budgets";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { KMS } from "@aws-sdk/client-kms";
import { SSM } from "@aws-sdk/client-ssm";
import { account, allow, useEnforcing } from "./support.ts";

const parameter = (name: string) => `arn:aws:ssm:eu-central-1:${account}:parameter/${name}`;

describe("Resource ARNs that IAM enforcement evaluates", () => {
    const aws = useEnforcing();

    it("GetParametersByPath needs permission on the path's ARN, and DeleteParameters on each parameter's ARN", async () => {
        const { keys } = await aws.user(
            "reader",
            allow("ssm:GetParametersByPath", parameter("films/dev")),
            allow("ssm:DeleteParameters", parameter("films/dev/*")),
        );
        const ssm = aws.open(SSM, keys);
        const below = (Path: string) => ssm.getParametersByPath({ Path });
        const remove = (...Names: string[]) => ssm.deleteParameters({ Names });
        assert.deepEqual((await below("/films/dev")).Parameters, []);
        await assert.rejects(
            below("/films"),
            /not authorized to perform: ssm:GetParametersByPath on resource: .*parameter\/films /,
        );
        assert.deepEqual((await remove("/films/dev/a", "/films/dev/b")).InvalidParameters?.length, 2);
        await assert.rejects(remove("/films/dev/a", "/films/prod/b"), /on resource: .*parameter\/films\/prod\/b /);
    });

    it("tag actions need permission on a log group's ARN without `:*`, and other actions on the ARN with `:*`", async () => {
        const group = (logGroupName: string) => `arn:aws:logs:eu-central-1:${account}:log-group:${logGroupName}`;
        const [create, tag, list] = ["logs:CreateLogGroup", "logs:TagResource", "logs:ListTagsForResource"];
        const writes = ["logs:CreateLogStream", "logs:PutLogEvents"];
        const { keys } = await aws.user("logger", allow([create, tag, list, ...writes], group("films")));
        const logs = aws.open(CloudWatchLogs, keys);
        const [films, stream] = [{ logGroupName: "films" }, { logGroupName: "films", logStreamName: "a" }];
        const denied = (action: string, resource: string) =>
            new RegExp(`not authorized to perform: ${action} on resource: ${resource} `);
        const logEvents = [{ timestamp: Date.now(), message: "a" }];
        const tagged = { ...films, tags: { owner: "ann" } };
        await assert.rejects(logs.createLogGroup(films), denied(create, `${group("films")}:log-stream:`));
        await aws.putPolicy("logger", [allow([create, tag, list, ...writes], `${group("films")}:*`)]);
        await assert.rejects(logs.createLogGroup(tagged), denied(tag, group("films")));
        await logs.createLogGroup(films);
        await logs.createLogStream(stream);
        await logs.putLogEvents({ ...stream, logEvents });
        const resourceArn = group("films");
        await assert.rejects(logs.listTagsForResource({ resourceArn }), denied(list, resourceArn));
        await aws.putPolicy("logger", [allow([tag, list, ...writes], resourceArn)]);
        await logs.tagResource({ resourceArn, tags: { owner: "ann" } });
        assert.deepEqual((await logs.listTagsForResource({ resourceArn })).tags, { owner: "ann" });
        await assert.rejects(
            logs.putLogEvents({ ...stream, logEvents }),
            denied(writes[1] ?? "", `${resourceArn}:log-stream:a`),
        );
    });

    it("decryption of a SecureString parameter also needs kms:Decrypt on its key, except on the key that AWS manages", async () => {
        const [admin, kms] = [aws.open(SSM), aws.open(KMS)];
        const { Arn: KeyId = "" } = (await kms.createKey({})).KeyMetadata ?? {};
        const secret = { Value: "secret", Type: "SecureString" } as const;
        await admin.putParameter({ ...secret, Name: "/secrets/managed" });
        await admin.putParameter({ ...secret, Name: "/secrets/own/key", KeyId });
        const reads = allow(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]);
        const { keys } = await aws.user("decrypter", reads);
        const ssm = aws.open(SSM, keys);
        const one = (Name: string, WithDecryption = true) => ssm.getParameter({ Name, WithDecryption });
        assert.equal((await one("/secrets/managed")).Parameter?.Value, "secret");
        assert.notEqual((await one("/secrets/own/key", false)).Parameter?.Value, "secret");
        const decrypting = [
            () => one("/secrets/own/key"),
            () => one("/secrets/own/key:1"),
            () => ssm.getParameters({ Names: ["/secrets/managed", "/secrets/own/key"], WithDecryption: true }),
            () => ssm.getParametersByPath({ Path: "/secrets/own", WithDecryption: true }),
        ];
        const denied = new RegExp(`not authorized to perform: kms:Decrypt on resource: ${KeyId} `);
        for (const call of decrypting) await assert.rejects(call, denied);
        const decrypt = (name: string) =>
            allow("kms:Decrypt", KeyId, {
                StringEquals: {
                    "kms:ViaService": "ssm.eu-central-1.amazonaws.com",
                    "kms:EncryptionContext:PARAMETER_ARN": parameter(name),
                },
            });
        await aws.putPolicy("decrypter", [reads, decrypt("secrets/managed")]);
        for (const call of decrypting) await assert.rejects(call, denied);
        await aws.putPolicy("decrypter", [reads, decrypt("secrets/own/key")]);
        for (const call of decrypting) await call();
    });

    it("PutMetricAlarm has cloudwatch:AlarmActions with the actions of all three lists", async () => {
        const topic = (name: string) => `arn:aws:sns:eu-central-1:${account}:${name}`;
        const { keys } = await aws.user(
            "alarmer",
            allow("cloudwatch:PutMetricAlarm", "*", {
                "ForAllValues:StringEquals": { "cloudwatch:AlarmActions": topic("films") },
            }),
        );
        const cloudWatch = aws.open(CloudWatch, keys);
        const alarm = (actions: object) =>
            cloudWatch.putMetricAlarm({
                ...{ AlarmName: "films", Namespace: "Films", MetricName: "Errors", Statistic: "Sum", Period: 60 },
                ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" },
                ...actions,
            });
        await alarm({});
        const foreign = [topic("films"), `arn:aws:automate:eu-central-1:ec2:terminate`];
        for (const list of ["AlarmActions", "OKActions", "InsufficientDataActions"]) {
            await alarm({ [list]: [topic("films")] });
            await assert.rejects(
                alarm({ [list]: foreign }),
                /not authorized to perform: cloudwatch:PutMetricAlarm/,
                list,
            );
        }
    });

    it("calls that name an alarm, dashboard, trail, budget or function need permission on the ARN and tags of that resource", async () => {
        const arn = (service: string, tail: string, region = "eu-central-1") =>
            `arn:aws:${service}:${region}:${account}:${tail}`;
        const tagged = { StringEquals: { "aws:RequestTag/team": "films" } };
        const { keys, lambda } = await aws.user(
            "owner",
            allow(["cloudwatch:DeleteAlarms", "cloudwatch:SetAlarmState"], arn("cloudwatch", "alarm:films-*"), {
                StringEquals: { "aws:ResourceTag/team": "films" },
            }),
            allow("cloudwatch:PutMetricAlarm", arn("cloudwatch", "alarm:films-*"), tagged),
            allow("cloudwatch:TagResource", arn("cloudwatch", "alarm:films-errors")),
            allow("cloudwatch:PutDashboard", arn("cloudwatch", "dashboard/films-*", "")),
            allow("cloudtrail:CreateTrail", arn("cloudtrail", "trail/films-*"), tagged),
            allow("cloudtrail:AddTags", arn("cloudtrail", "trail/films-trail")),
            allow("budgets:ModifyBudget", arn("budgets", "budget/films-*", "")),
            allow("budgets:TagResource", arn("budgets", "budget/films-budget", ""), tagged),
            allow("lambda:CreateFunction", arn("lambda", "function:films-*")),
        );
        const [cloudWatch, trails, budgets] = [
            aws.open(CloudWatch, keys),
            aws.open(CloudTrail, keys),
            aws.open(Budgets, keys),
        ];
        const Tags = [{ Key: "team", Value: "films" }];
        const alarm = (AlarmName: string) =>
            cloudWatch.putMetricAlarm({
                AlarmName,
                Namespace: "Films",
                MetricName: "Errors",
                Statistic: "Sum",
                Period: 60,
                Tags,
                EvaluationPeriods: 1,
                Threshold: 1,
                ComparisonOperator: "GreaterThanThreshold",
            });
        await alarm("films-errors");
        await assert.rejects(alarm("films-other"), /cloudwatch:TagResource on resource: .*alarm:films-other/);
        const remove = (...AlarmNames: string[]) => cloudWatch.deleteAlarms({ AlarmNames });
        await assert.rejects(remove("films-errors", "others"), /cloudwatch:DeleteAlarms on resource: .*alarm:others /);
        await remove("films-errors");
        const dashboard = (DashboardName: string) =>
            cloudWatch.putDashboard({ DashboardName, DashboardBody: '{"widgets":[]}' });
        await dashboard("films-health");
        await assert.rejects(dashboard("others"), /cloudwatch::\d+:dashboard\/others /);

        const trail = (Name: string, CloudWatchLogsRoleArn?: string) =>
            trails.createTrail({ Name, S3BucketName: "films", TagsList: Tags, CloudWatchLogsRoleArn });
        await trail("films-trail");
        await assert.rejects(trail("films-other"), /cloudtrail:AddTags on resource: .*trail\/films-other/);
        const role = await aws.role("writes-logs", { Service: "cloudtrail.amazonaws.com" });
        await assert.rejects(trail("films-trail", role), /iam:PassRole on resource: .*role\/writes-logs/);

        const budget = (BudgetName: string, ResourceTags = Tags) =>
            budgets.createBudget({
                AccountId: account,
                Budget: { BudgetName, BudgetType: "COST", TimeUnit: "MONTHLY" },
                ResourceTags,
            });
        await budget("films-budget");
        await assert.rejects(budget("films-budget", [{ Key: "team", Value: "x" }]), /budgets:TagResource/);
        await assert.rejects(budget("others"), /budgets:ModifyBudget on resource: .*budget\/others/);

        const make = (FunctionName: string) =>
            lambda.createFunction({
                FunctionName,
                Role: role,
                Runtime: "nodejs24.x",
                Handler: "index.handler",
                Code: { ZipFile: Buffer.from("zip") },
            });
        await assert.rejects(make("others"), /lambda:CreateFunction on resource: .*function:others/);
        await assert.rejects(make("films-guard"), /iam:PassRole/);
    });
});
