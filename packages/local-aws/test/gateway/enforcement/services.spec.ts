import assert from "node:assert/strict";
import { AddPermissionCommand, CreateFunctionCommand } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { account, allow, policy, useEnforcing } from "./support.ts";

describe("Service roles on a local AWS with IAM enforcement", () => {
    const aws = useEnforcing();
    let lambdaRole: string;
    let personalizeRole: string;
    before(async () => {
        lambdaRole = await aws.role("for-lambda", { Service: "lambda.amazonaws.com" });
        personalizeRole = await aws.role("for-personalize", { Service: "personalize.amazonaws.com" });
    });

    const pass = (role: string, service: string) =>
        allow("iam:PassRole", role, { StringEquals: { "iam:PassedToService": service } });
    const noPass = (user: string, role: string) => ({
        name: "AccessDeniedException",
        message: `User: ${user} is not authorized to perform: iam:PassRole on resource: ${role} because no identity-based policy allows the iam:PassRole action`,
    });
    const functionOf = (FunctionName: string, Role: string) =>
        new CreateFunctionCommand({
            FunctionName,
            Role,
            Runtime: "nodejs24.x",
            Handler: "index.handler",
            Code: { ZipFile: zipSync({ "index.mjs": strToU8("export const handler = () => 1;") }) },
        });

    it("CreateDatasetImportJob needs iam:PassRole for personalize.amazonaws.com", async () => {
        const user = await aws.user("importer", allow("personalize:*"));
        const job = {
            jobName: "job",
            datasetArn: `arn:aws:personalize:eu-central-1:${account}:dataset/none/INTERACTIONS`,
            dataSource: { dataLocation: "s3://runs/file.csv" },
            roleArn: personalizeRole,
        };
        await assert.rejects(user.personalize.createDatasetImportJob(job), noPass(user.arn, personalizeRole));
        await aws.putPolicy("importer", [pass(personalizeRole, "lambda.amazonaws.com")], "pass");
        await assert.rejects(user.personalize.createDatasetImportJob(job), noPass(user.arn, personalizeRole));
        await aws.putPolicy("importer", [pass(personalizeRole, "personalize.amazonaws.com")], "pass");
        await assert.rejects(user.personalize.createDatasetImportJob(job), { name: "ResourceNotFoundException" });
    });

    it("`iam:ResourceTag` is the role's tag in a policy for iam:PassRole and sts:AssumeRole, and in a trust policy", async () => {
        const ofFilms = { StringEquals: { "iam:ResourceTag/team": "films" } };
        const tagged = await aws.role("tagged", { Service: "lambda.amazonaws.com", AWS: account });
        const actions = ["iam:PassRole", "sts:AssumeRole"];
        const user = await aws.user("by-tag", allow("lambda:*"), allow(actions, tagged, ofFilms));
        const assume = () => user.sts.assumeRole({ RoleArn: tagged, RoleSessionName: "session" });
        const create = () => user.lambda.send(functionOf("of-tagged", tagged));
        const trust = { Effect: "Allow", Action: "sts:AssumeRole" } as const;
        const PolicyDocument = policy(
            { ...trust, Principal: { Service: "lambda.amazonaws.com" }, Condition: ofFilms },
            { ...trust, Principal: { AWS: account } },
        );
        await aws.admin.iam.updateAssumeRolePolicy({ RoleName: "tagged", PolicyDocument });
        await assert.rejects(assume(), { name: "AccessDenied" });
        await assert.rejects(create(), noPass(user.arn, tagged));
        await aws.admin.iam.tagRole({ RoleName: "tagged", Tags: [{ Key: "team", Value: "films" }] });
        await assume();
        await create();
    });

    it("CreateFunction with a gzip request body is denied", async () => {
        const user = await aws.user("packer", allow("lambda:*"));
        const command = functionOf("packed", lambdaRole);
        command.middlewareStack.add(
            (next) => (args) => {
                (args.request as { headers: Record<string, string> }).headers["content-encoding"] = "gzip";
                return next(args);
            },
            { step: "build", name: "pack" },
        );
        await assert.rejects(user.lambda.send(command), { name: "AccessDeniedException" });
    });

    it("CreateFunction and CreateSchedule reject a role that does not trust the service", async () => {
        const cannot = {
            name: "InvalidParameterValueException",
            message: "The role defined for the function cannot be assumed by Lambda.",
        };
        await assert.rejects(aws.admin.lambda.send(functionOf("distrusted", personalizeRole)), cannot);
        await assert.rejects(aws.admin.lambda.send(functionOf("roleless", `${lambdaRole}-gone`)), cannot);
        await assert.rejects(
            aws.admin.scheduler.createSchedule({
                Name: "hourly",
                ScheduleExpression: "rate(1 hour)",
                FlexibleTimeWindow: { Mode: "OFF" },
                Target: { Arn: `arn:aws:lambda:eu-central-1:${account}:function:f`, RoleArn: lambdaRole },
            }),
            { name: "ValidationException" },
        );
    });

    it("CreateFunction allows no Invoke, UpdateFunctionConfiguration rejects a role that does not trust Lambda, and lambda:Principal limits AddPermission", async () => {
        const user = await aws.user(
            "developer",
            allow(["lambda:CreateFunction", "lambda:Get*"]),
            pass(lambdaRole, "lambda.amazonaws.com"),
        );
        await user.lambda.send(functionOf("worker", lambdaRole));
        await assert.rejects(user.lambda.invoke({ FunctionName: "worker" }), { name: "AccessDeniedException" });
        const distrusted = { FunctionName: "worker", Role: personalizeRole };
        await assert.rejects(aws.admin.lambda.updateFunctionConfiguration(distrusted), {
            name: "InvalidParameterValueException",
        });
        const permit = (Principal: string) =>
            new AddPermissionCommand({
                FunctionName: "worker",
                StatementId: Principal.replace(/\W/g, "-"),
                Action: "lambda:InvokeFunction",
                Principal,
            });
        const owner = await aws.user(
            "owner",
            allow("lambda:AddPermission", "*", { StringEquals: { "lambda:Principal": "events.amazonaws.com" } }),
        );
        for (const Principal of ["s3.amazonaws.com", "999988887777", "*"]) {
            await assert.rejects(owner.lambda.send(permit(Principal)), { name: "AccessDeniedException" }, Principal);
        }
        await owner.lambda.send(permit("events.amazonaws.com"));
    });
});
