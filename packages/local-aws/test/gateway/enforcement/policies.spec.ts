import assert from "node:assert/strict";
import { CreateDatasetGroupCommand, CreateSchemaCommand } from "@aws-sdk/client-personalize";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { Statement } from "policy-evaluator";
import { account, allow, keysOf, policy, useEnforcing } from "./support.ts";

const denied = (name: string, user: string, action: string, resource: string) => ({
    name,
    message: `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
});

const trustOfLambda: Statement = {
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
};

describe("IAM policies on a local AWS with IAM enforcement", () => {
    const aws = useEnforcing();
    before(async () => {
        await aws.admin.s3.createBucket({ Bucket: "files" });
        await aws.admin.s3.putObject({ Bucket: "files", Key: "open/a", Body: "a" });
    });

    const personalizeArn = (resource: string) => `arn:aws:personalize:eu-central-1:${account}:${resource}`;
    const schema = (name: string) =>
        new CreateSchemaCommand({
            name,
            schema: JSON.stringify({
                type: "record",
                name: "Interactions",
                namespace: "com.amazonaws.personalize.schema",
                fields: [
                    { name: "USER_ID", type: "string" },
                    { name: "ITEM_ID", type: "string" },
                    { name: "TIMESTAMP", type: "long" },
                ],
                version: "1.0",
            }),
        });

    it("a user with one permission is denied all other actions, with AWS's error message", async () => {
        const user = await aws.user("one-permission", allow("personalize:ListSchemas"));
        await user.personalize.listSchemas({});
        await assert.rejects(
            user.personalize.listSolutions({}),
            denied("AccessDeniedException", user.arn, "personalize:ListSolutions", "*"),
        );
        await assert.rejects(user.iam.listUsers({}), denied("AccessDenied", user.arn, "iam:ListUsers", "*"));
        const campaignArn = personalizeArn("campaign/none");
        await assert.rejects(
            user.runtime.getRecommendations({ campaignArn, userId: "1" }),
            denied("AccessDeniedException", user.arn, "personalize:GetRecommendations", campaignArn),
        );
    });

    it("GetRecommendations with a filter also needs permission on the filter", async () => {
        const [campaignArn, filterArn] = [personalizeArn("campaign/none"), personalizeArn("filter/none")];
        const user = await aws.user("filtering", allow("personalize:GetRecommendations", campaignArn));
        const ask = (filter?: string) =>
            user.runtime.getRecommendations({ campaignArn, userId: "1", filterArn: filter });
        await assert.rejects(ask(), { name: "ResourceNotFoundException" });
        await assert.rejects(
            ask(filterArn),
            denied("AccessDeniedException", user.arn, "personalize:GetRecommendations", filterArn),
        );
        await aws.putPolicy("filtering", [allow("personalize:GetRecommendations", [campaignArn, filterArn])]);
        await assert.rejects(ask(filterArn), { name: "ResourceNotFoundException" });
    });

    it("AmazonPersonalizeFullAccess grants the permissions of its default version v2", async () => {
        const user = await aws.user("from-a-notebook");
        const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess";
        await aws.admin.iam.attachUserPolicy({ UserName: "from-a-notebook", PolicyArn });
        await user.personalize.listSolutions({});
        await aws.admin.s3.createBucket({ Bucket: "my-personalize-files" });
        await user.s3.putObject({ Bucket: "my-personalize-files", Key: "a", Body: "a" });
        await assert.rejects(user.s3.putObject({ Bucket: "files", Key: "a", Body: "a" }), {
            name: "AccessDenied",
        });
        const { Policy } = await aws.admin.iam.getPolicy({ PolicyArn });
        assert.equal(Policy?.DefaultVersionId, "v2");
    });

    it("an unknown AWS managed policy grants nothing, and the access error contains the policy's name", async () => {
        const user = await aws.user("forecaster");
        const PolicyArn = "arn:aws:iam::aws:policy/AmazonForecastFullAccess";
        await aws.admin.iam.attachUserPolicy({ UserName: "forecaster", PolicyArn });
        const { name, message } = denied("AccessDeniedException", user.arn, "personalize:ListSolutions", "*");
        const note =
            "; managed policy AmazonForecastFullAccess grants nothing, because this local AWS has no document of it";
        await assert.rejects(user.personalize.listSolutions({}), { name, message: message + note });
        const last = (await aws.accesses()).at(-1);
        assert.deepEqual([last?.decision, last?.reason], ["denied", message + note]);
    });

    it("a policy with the schema's ARN allows CreateSchema and DeleteSchema", async () => {
        const user = await aws.user(
            "by-name",
            allow(["personalize:CreateSchema", "personalize:DeleteSchema"], personalizeArn("schema/mine-*")),
        );
        const { schemaArn } = await user.personalize.send(schema("mine-1"));
        await assert.rejects(user.personalize.send(schema("yours-1")), { name: "AccessDeniedException" });
        const { schemaArn: other } = await aws.admin.personalize.send(schema("yours-1"));
        await assert.rejects(user.personalize.deleteSchema({ schemaArn: other }), {
            name: "AccessDeniedException",
        });
        await user.personalize.deleteSchema({ schemaArn });
    });

    it("aws:RequestTag limits CreateDatasetGroup and aws:ResourceTag limits DescribeDatasetGroup", async () => {
        const only = { StringEquals: { "aws:RequestTag/team": "films" } };
        const own = { StringEquals: { "aws:ResourceTag/team": "films" } };
        const user = await aws.user(
            "tagger",
            allow(["personalize:CreateDatasetGroup", "personalize:TagResource"], "*", only),
            allow("personalize:DescribeDatasetGroup", "*", own),
        );
        const make = (name: string, team: string) =>
            new CreateDatasetGroupCommand({ name, tags: [{ tagKey: "team", tagValue: team }] });
        await assert.rejects(user.personalize.send(make("books", "books")), { name: "AccessDeniedException" });
        const { datasetGroupArn } = await user.personalize.send(make("films", "films"));
        const { datasetGroupArn: books } = await aws.admin.personalize.send(make("books", "books"));
        await user.personalize.describeDatasetGroup({ datasetGroupArn });
        await assert.rejects(user.personalize.describeDatasetGroup({ datasetGroupArn: books }), {
            name: "AccessDeniedException",
        });
    });

    it("CreateRole with tags needs iam:TagRole", async () => {
        const user = await aws.user("role-maker", allow("iam:CreateRole"));
        const AssumeRolePolicyDocument = policy(trustOfLambda);
        const role = {
            RoleName: "tagged",
            AssumeRolePolicyDocument,
            Tags: [{ Key: "team", Value: "films" }],
        };
        const resource = `arn:aws:iam::${account}:role/tagged`;
        await assert.rejects(user.iam.createRole(role), denied("AccessDenied", user.arn, "iam:TagRole", resource));
        await aws.putPolicy("role-maker", [allow(["iam:CreateRole", "iam:TagRole"])]);
        await user.iam.createRole(role);
    });

    it("the policy variable `aws:username` limits GetUser to the caller, and iam:PermissionsBoundary limits CreateRole", async () => {
        const PermissionsBoundary = (
            await aws.admin.iam.createPolicy({
                PolicyName: "boundary",
                PolicyDocument: policy(allow("s3:*")),
            })
        ).Policy?.Arn;
        const user = await aws.user(
            "maker",
            allow("iam:GetUser", `arn:aws:iam::${account}:user/\${aws:username}`),
            allow("iam:CreateRole", "*", { StringEquals: { "iam:PermissionsBoundary": PermissionsBoundary ?? "" } }),
        );
        await user.iam.getUser({ UserName: "maker" });
        await assert.rejects(user.iam.getUser({ UserName: "tagger" }), { name: "AccessDenied" });
        const AssumeRolePolicyDocument = policy(trustOfLambda);
        const role = (RoleName: string) => ({ RoleName, AssumeRolePolicyDocument });
        await assert.rejects(user.iam.createRole(role("free")), { name: "AccessDenied" });
        await user.iam.createRole({ ...role("bound"), PermissionsBoundary });
        await aws.admin.iam.putUserPermissionsBoundary({ UserName: "maker", PermissionsBoundary });
        await assert.rejects(user.iam.getUser({ UserName: "maker" }), {
            message: /because no permissions boundary allows the iam:GetUser action$/,
        });
    });

    it("access through an assumed role needs the trust policy, the role policy and the session policy", async () => {
        const user = await aws.user("assumer", allow("sts:AssumeRole"));
        const RoleArn = await aws.role("files-role", { AWS: user.arn }, allow("s3:GetObject"));
        const stranger = await aws.user("stranger", allow("sts:AssumeRole"));
        const assume = (Policy?: string) => new AssumeRoleCommand({ RoleArn, RoleSessionName: "it", Policy });
        await assert.rejects(stranger.sts.send(assume()), { name: "AccessDenied" });
        const read = async (policy?: string) => {
            const { Credentials } = await user.sts.send(assume(policy));
            return aws.clientsOf(keysOf(Credentials)).s3.getObject({ Bucket: "files", Key: "open/a" });
        };
        await read();
        await assert.rejects(read(policy(allow("s3:ListBucket"))), {
            name: "AccessDenied",
            message: /because no session policy allows the s3:GetObject action$/,
        });
    });

    it("a bucket policy can allow a user without permissions and deny a user with permissions", async () => {
        const user = await aws.user("reader", allow("s3:GetObject", "arn:aws:s3:::files/*"));
        const guest = await aws.user("guest");
        const read = (who: { s3: typeof user.s3 }, Key: string) => who.s3.getObject({ Bucket: "files", Key });
        const arn = (key: string) => `arn:aws:s3:::files/${key}`;
        const putBucketPolicy = (...statements: Statement[]) =>
            aws.admin.s3.putBucketPolicy({ Bucket: "files", Policy: policy(...statements) });
        await read(user, "open/a");
        await assert.rejects(read(guest, "open/a"), { name: "AccessDenied" });
        await putBucketPolicy(
            { Effect: "Allow", Principal: { AWS: guest.arn }, Action: "s3:GetObject", Resource: arn("open/*") },
            { Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: arn("shut/*") },
        );
        await read(guest, "open/a");
        await assert.rejects(read(user, "shut/a"), { message: /with an explicit deny in a resource-based policy$/ });
        // The gateway has no TLS and counts requests as secure, so a Deny for plain HTTP does not apply.
        const plain = { Bool: { "aws:SecureTransport": "false" } };
        await putBucketPolicy({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: arn("*"), Condition: plain });
        await read(user, "open/a");
    });

    it("the access log lists principal, action, resource and decision", async () => {
        const after = (await aws.accesses()).at(-1)?.id ?? 0;
        const user = await aws.user("logged", allow("personalize:ListSchemas"));
        await user.personalize.listSchemas({});
        await user.personalize.listSolutions({}).catch(() => {});
        const his = (await aws.accesses(after)).filter(({ principal }) => principal === user.arn);
        assert.deepEqual(
            his.map(({ action, resource, decision, calls }) => [action, resource, decision, calls]),
            [
                ["personalize:ListSchemas", "*", "allowed", 1],
                ["personalize:ListSolutions", "*", "denied", 1],
            ],
        );
        assert.match(his[1]?.reason ?? "", /no identity-based policy allows/);
    });
});
