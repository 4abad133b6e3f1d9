import assert from "node:assert/strict";
import {
    CreatePolicyCommand,
    CreateRoleCommand,
    CreateUserCommand,
    GetRoleCommand,
    ListPoliciesCommand,
    ListRolesCommand,
    ListUsersCommand,
} from "@aws-sdk/client-iam";
import { type Enforcing, startEnforcing } from "../gateway/enforcement/support.ts";

const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "personalize.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

describe("Names and descriptions of IAM on the local AWS", () => {
    let aws: Enforcing;
    before(async () => {
        aws = await startEnforcing();
    });
    after(() => aws.discard());

    const createRole = (RoleName: string, more: object = {}) =>
        aws.admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...more }));

    for (const { what, create, message } of [
        {
            what: "CreateRole rejects a name with <",
            create: () => createRole("a<b"),
            message:
                "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
        },
        {
            what: "CreateRole rejects a name of 65 characters",
            create: () => createRole("a".repeat(65)),
            message: /at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64/,
        },
        {
            what: "CreateRole rejects a tag with &",
            create: () => createRole("tagged", { Tags: [{ Key: "a", Value: "b&c" }] }),
            message: /at 'tags.member.1.Value' failed to satisfy constraint: Member must satisfy regular expression/,
        },
        {
            what: "CreateUser rejects a name with a space",
            create: () => aws.admin.iam.send(new CreateUserCommand({ UserName: "a b" })),
            message: /The specified value for userName is invalid/,
        },
    ]) {
        it(what, () => assert.rejects(create, { name: /ValidationError/, message }));
    }

    it("roles, users and policies can be read if a path or a description contains < and &", async () => {
        const Description = "Reads <films> & more";
        const Path = "/a&b<c/";
        await createRole("reader", { Description, Path, Tags: [{ Key: "Título", Value: "a b@c" }] });
        await aws.admin.iam.send(new CreateUserCommand({ UserName: "reader", Path }));
        await aws.admin.iam.send(
            new CreatePolicyCommand({
                PolicyName: "reader",
                Description,
                PolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
                }),
            }),
        );
        const { Role } = await aws.admin.iam.send(new GetRoleCommand({ RoleName: "reader" }));
        assert.deepEqual([Role?.Description, Role?.Path, Role?.Tags?.[0]?.Key], [Description, Path, "Título"]);
        assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), trust);
        const { Roles = [] } = await aws.admin.iam.send(new ListRolesCommand({}));
        assert.equal(Roles.find(({ RoleName }) => RoleName === "reader")?.Path, Path);
        const { Users = [] } = await aws.admin.iam.send(new ListUsersCommand({}));
        assert.ok(Users.some((user) => user.Path === Path));
        const { Policies = [] } = await aws.admin.iam.send(new ListPoliciesCommand({ Scope: "Local" }));
        assert.equal(Policies.find(({ PolicyName }) => PolicyName === "reader")?.Description, Description);
    });
});
