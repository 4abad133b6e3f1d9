import assert from "node:assert/strict";
import { CloudWatchClient, ListTagsForResourceCommand } from "@aws-sdk/client-cloudwatch";
import { CreatePolicyCommand, CreateRoleCommand, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { DeleteParametersCommand, GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { account, allow, type Enforcing, startEnforcing } from "./support.ts";

const parameter = (name: string) => `arn:aws:ssm:eu-central-1:${account}:parameter/${name}`;

describe("the resource that a call is judged on", () => {
    let aws: Enforcing;
    before(async () => {
        aws = await startEnforcing();
    });
    after(() => aws?.discard());

    const settingsOf = (credentials: { accessKeyId: string; secretAccessKey: string }) => ({
        endpoint: aws.url,
        region: "eu-central-1",
        credentials,
        maxAttempts: 1,
    });

    it("is the path for parameters by path, and each parameter for a list of names", async () => {
        const { keys } = await aws.user(
            "reader",
            allow("ssm:GetParametersByPath", parameter("films/dev")),
            allow("ssm:DeleteParameters", parameter("films/dev/*")),
        );
        const ssm = new SSMClient(settingsOf(keys));
        const below = (Path: string) => ssm.send(new GetParametersByPathCommand({ Path }));
        const remove = (...Names: string[]) => ssm.send(new DeleteParametersCommand({ Names }));
        assert.deepEqual((await below("/films/dev")).Parameters, []);
        await assert.rejects(
            below("/films"),
            /not authorized to perform: ssm:GetParametersByPath on resource: .*parameter\/films /,
        );
        assert.deepEqual((await remove("/films/dev/a", "/films/dev/b")).InvalidParameters?.length, 2);
        await assert.rejects(remove("/films/dev/a", "/films/prod/b"), /on resource: .*parameter\/films\/prod\/b /);
        ssm.destroy();
    });

    it("is who is simulated, for a simulation, and the alarm whose tags are asked for", async () => {
        const alarm = `arn:aws:cloudwatch:eu-central-1:${account}:alarm:queue`;
        const { iam, keys, arn } = await aws.user(
            "simulator",
            allow("iam:SimulatePrincipalPolicy", `arn:aws:iam::${account}:user/\${aws:username}`),
            allow("cloudwatch:ListTagsForResource", alarm),
        );
        const simulate = (PolicySourceArn: string) =>
            iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ["s3:GetObject"] }));
        assert.equal((await simulate(arn)).EvaluationResults?.[0]?.EvalDecision, "implicitDeny");
        await assert.rejects(simulate(`${arn}-2`), { name: "AccessDenied" });
        const cloudWatch = new CloudWatchClient(settingsOf(keys));
        const tagsOf = (ResourceARN: string) => cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN }));
        await assert.rejects(tagsOf(`${alarm}-2`), /not authorized/);
        await assert.rejects(tagsOf(alarm), (error: Error) => !/not authorized/.test(error.message));
        cloudWatch.destroy();
    });

    it("has the boundary of the request when it is to be made, not that of what has its name already", async () => {
        const made = new CreatePolicyCommand({
            PolicyName: "limit",
            PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [allow("s3:GetObject")] }),
        });
        const { Policy } = await aws.admin.iam.send(made);
        const boundary = { StringEquals: { "iam:PermissionsBoundary": Policy?.Arn ?? "" } };
        const { iam } = await aws.user("maker", allow("iam:CreateRole", "*", boundary));
        const create = (PermissionsBoundary?: string) =>
            iam.send(
                new CreateRoleCommand({
                    RoleName: "limited",
                    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
                    PermissionsBoundary,
                }),
            );
        await create(Policy?.Arn);
        await assert.rejects(create(), { name: "AccessDenied" });
        await assert.rejects(create(Policy?.Arn), { name: "EntityAlreadyExistsException" });
    });
});
