import assert from "node:assert/strict";
import { join } from "node:path";
import { STS } from "@aws-sdk/client-sts";
import { localAccountId } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import type { CheckResult } from "../../runbooks/lib/doctor/check.ts";
import { createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";
import { createScope, freshUser, operatorWithout } from "../support/operators.ts";

describe("Check of the caller's permissions by the doctor", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    async function permissions(env: NodeJS.ProcessEnv = {}): Promise<CheckResult> {
        const configFile = join(aws.instance.dir, "workspace", `Pulumi.${aws.stack}.yaml`);
        const args = ["runbooks/doctor.ts", "--stack", aws.stack, "--config-file", configFile, "--json"];
        const { stdout } = await run(aws.instance, process.execPath, args, "captured", env);
        return JSON.parse(stdout).checks.find(({ name }: CheckResult) => name === "permissions");
    }

    /** Creates a user with one inline policy. */
    async function userWith(UserName: string, ...Statement: readonly object[]) {
        const user = await freshUser(aws.iam, UserName, []);
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        await aws.iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument });
        return user;
    }
    const everything = { Effect: "Allow", Action: "*", Resource: "*" };

    it("doctor does not simulate the root user, whom no policy limits", async () => {
        const { verdict, detail } = await permissions();
        assert.deepEqual([verdict, detail.slice(0, 12)], ["ok", "not checked:"]);
    });

    it("doctor names the one action that an operator's policies lack, and the document that grants it", async () => {
        const { who } = await operatorWithout(aws.iam, createScope(aws), "personalize:CreateSchema", "ann");
        const permissionsBoundary = `arn:aws:iam::${localAccountId}:policy/movie-recommender-${aws.stack}-boundary`;
        await aws.configure({ permissionsBoundary });
        try {
            const { verdict, detail, fix } = await permissions(who);
            assert.equal(verdict, "warn", detail);
            assert.match(detail, /^IAM denies arn:\S+:user\/ann 1 of \d+ actions .*: personalize:CreateSchema$/);
            assert.match(fix ?? "", /--cwd components\/operator up .*docs\/access-operator\.md/);
        } finally {
            await aws.configure();
        }
    });

    it("doctor reports that an operator needs the permissions boundary in the stack's configuration", async () => {
        const { who } = await operatorWithout(aws.iam, createScope(aws), "", "hal");
        const { verdict, detail } = await permissions(who);
        assert.equal(verdict, "unknown", detail);
        assert.match(detail, /^not checked: 2 of \d+ actions .* depend on iam:PermissionsBoundary/);
    });

    it("doctor accepts an administrator, and counts the actions that a policy denies", async () => {
        const { who } = await userWith("ben", everything);
        const accepted = await permissions(who);
        assert.equal(accepted.verdict, "ok", accepted.detail);
        assert.match(accepted.detail, /^IAM allows arn:\S+:user\/ben all \d+ actions/);
        const denied = { Effect: "Deny", Action: "personalize:Create*", Resource: "*" };
        const some = await permissions((await userWith("cem", everything, denied)).who);
        assert.match(
            some.detail,
            / \d+ of \d+ actions .*: personalize:Create\w+, personalize:Create\w+, .* and \d+ more$/,
        );
    });

    it("doctor does not require actions of services that the configuration does not use", async () => {
        const denied = { Effect: "Deny", Action: ["apigateway:*", "cloudfront:*", "dynamodb:*"], Resource: "*" };
        const { who } = await userWith("dan", everything, denied);
        await aws.configure({ api: false });
        try {
            assert.equal((await permissions(who)).verdict, "ok");
            await aws.configure({ api: true });
            assert.match((await permissions(who)).detail, /: dynamodb:CreateTable, /);
        } finally {
            await aws.configure();
        }
    });

    it("doctor does not report an action as missing if the action depends on condition keys, but names these keys", async () => {
        const withMfa = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
        const simulates = { Effect: "Allow", Action: "iam:Simulate*", Resource: "*" };
        const { who } = await userWith("eve", { ...everything, Condition: withMfa }, simulates);
        const { verdict, detail } = await permissions(who);
        assert.equal(verdict, "unknown", detail);
        assert.match(detail, /^not checked: .* depend on aws:MultiFactorAuthPresent/);
    });

    it("doctor reports that it does not check the permissions of a caller who cannot use the simulator", async () => {
        const { who } = await userWith("fay", everything, { Effect: "Deny", Action: "iam:Simulate*", Resource: "*" });
        const { verdict, detail } = await permissions(who);
        assert.equal(verdict, "unknown");
        assert.match(detail, /^not checked: .*iam:SimulatePrincipalPolicy/);
    });

    it("doctor simulates the role of a session, and reports a role that it cannot read", async () => {
        const RoleName = "deployer";
        const trust = { Effect: "Allow", Principal: { AWS: localAccountId }, Action: "sts:AssumeRole" };
        const document = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
        const put = (PolicyDocument: string) => aws.iam.putRolePolicy({ RoleName, PolicyName: "own", PolicyDocument });
        const { Role } = await aws.iam.createRole({
            RoleName,
            Path: "/team/",
            AssumeRolePolicyDocument: document(trust),
        });
        await put(document(everything));
        const sts = new STS(createSettings(aws.instance));
        const { Credentials } = await sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "ann" });
        const session = {
            AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
            AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
            AWS_SESSION_TOKEN: Credentials?.SessionToken,
        };
        assert.match((await permissions(session)).detail, /^IAM allows arn:\S+:role\/team\/deployer all /);
        await put(document(everything, { Effect: "Deny", Action: "iam:GetRole", Resource: "*" }));
        assert.match((await permissions(session)).detail, /^not checked: .*iam:GetRole/);
    });

    it("doctor simulates single actions if IAM refuses to simulate the actions of a service together", async () => {
        const { who } = await userWith("gil", everything, {
            Effect: "Deny",
            Action: "sqs:CreateQueue",
            Resource: "*",
        });
        const message = "Invalid Input Actions: [a] and [b] require different authorization information.";
        const effect = { kind: "error", code: "InvalidInput", message, status: 400 } as const;
        const admin = createAdmin(aws.instance);
        // The first calls of doctor simulate the actions of a service together.
        await admin.arm({ operation: "iam:SimulatePrincipalPolicy", times: 3, effect });
        try {
            assert.match((await permissions(who)).detail, / 1 of \d+ actions .*: sqs:CreateQueue$/);
        } finally {
            await admin.clear();
        }
    });
});
