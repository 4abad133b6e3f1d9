import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import {
    type EvaluationResult,
    type IAM,
    paginateSimulateCustomPolicy,
    type SimulateCustomPolicyCommandInput,
    type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import type { PolicyDocument, Statement } from "policy-evaluator";
import { executionRoleTrust } from "../../../../../iam/import-access.ts";
import { variables } from "../../../instance.ts";
import { toolchain } from "../../../toolchain/env.mjs";
import { account, useEnforcing } from "../enforcement/support.ts";

const alice = `arn:aws:iam::${account}:user/staff/alice`;
const object = "arn:aws:s3:::films/a.csv";
const policy = (...Statement: Statement[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement } satisfies PolicyDocument);
const allow = (Action: string, Resource = "*", more: Partial<Statement> = {}): Statement => ({
    Effect: "Allow",
    Action,
    Resource,
    ...more,
});

describe("IAM policy simulator of the local AWS", () => {
    const aws = useEnforcing();
    let iam: IAM;
    before(async () => {
        ({ iam } = aws.admin);
        await people();
    });

    /**
     * Creates the users of the tests. Alice and her group each have an inline and a managed policy. Bob has a
     * permissions boundary.
     */
    async function people() {
        const managed = async (PolicyName: string, ...statements: Statement[]) => {
            const PolicyDocument = policy(...statements);
            const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument });
            return Policy?.Arn ?? assert.fail();
        };
        const reads = await managed("reads", allow("s3:GetObject", "arn:aws:s3:::films/*"));
        const lists = await managed("lists", allow("s3:ListBucket"));
        const PolicyDocument = policy(allow("sqs:*"));
        await iam.createUser({ UserName: "alice", Path: "/staff/" });
        await iam.putUserPolicy({ UserName: "alice", PolicyName: "queues", PolicyDocument });
        await iam.attachUserPolicy({ UserName: "alice", PolicyArn: reads });
        await iam.createGroup({ GroupName: "editors" });
        await iam.attachGroupPolicy({ GroupName: "editors", PolicyArn: lists });
        await iam.putGroupPolicy({
            GroupName: "editors",
            PolicyName: "own-folder",
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM, not a template
            PolicyDocument: policy(allow("s3:PutObject", "arn:aws:s3:::films/${aws:username}/*")),
        });
        await iam.addUserToGroup({ GroupName: "editors", UserName: "alice" });
        await iam.createUser({ UserName: "bob" });
        await iam.attachUserPolicy({ UserName: "bob", PolicyArn: reads });
        await iam.putUserPermissionsBoundary({ UserName: "bob", PermissionsBoundary: lists });
        const trust = executionRoleTrust({ partition: "aws", region: "eu-central-1", accountId: account });
        const role = { RoleName: "importer" };
        await iam.createRole({ ...role, AssumeRolePolicyDocument: JSON.stringify(trust) });
        await iam.attachRolePolicy({ ...role, PolicyArn: reads });
        const deny = policy({
            Sid: "NoSecrets",
            Effect: "Deny",
            Action: "s3:*",
            Resource: "arn:aws:s3:::films/secret*",
        });
        await iam.putRolePolicy({ ...role, PolicyName: "no-secrets", PolicyDocument: deny });
    }

    const custom = async (input: Partial<SimulateCustomPolicyCommandInput>) => {
        const { EvaluationResults = [] } = await iam.simulateCustomPolicy({
            PolicyInputList: [],
            ActionNames: ["s3:GetObject"],
            ...input,
        });
        return EvaluationResults;
    };
    const principal = async (PolicySourceArn: string, input: Partial<SimulatePrincipalPolicyCommandInput> = {}) => {
        const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
            PolicySourceArn,
            ActionNames: ["s3:GetObject"],
            ...input,
        });
        return EvaluationResults;
    };
    const decisions = (results: EvaluationResult[]) => results.map(({ EvalDecision }) => EvalDecision);
    const matched = (results: EvaluationResult[]) =>
        results.map(({ MatchedStatements }) => MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId));

    it("SimulateCustomPolicy returns the response that AWS gave for AdministratorAccess", async () => {
        const administrator =
            '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n' +
            '      "Action": "*",\n      "Resource": "*"\n    }\n  ]\n}';
        assert.deepEqual(await custom({ PolicyInputList: [administrator] }), [
            {
                EvalActionName: "s3:GetObject",
                EvalResourceName: "*",
                EvalDecision: "allowed",
                MatchedStatements: [
                    {
                        SourcePolicyId: "PolicyInputList.1",
                        SourcePolicyType: "IAM Policy",
                        StartPosition: { Line: 3, Column: 17 },
                        EndPosition: { Line: 8, Column: 6 },
                    },
                ],
                MissingContextValues: [],
            },
        ]);
    });

    it("SimulateCustomPolicy returns a decision for each resource, and the strictest decision as the overall decision", async () => {
        const results = await custom({
            PolicyInputList: [policy(allow("s3:GetObject", "arn:aws:s3:::films/*")), policy(allow("s3:ListBucket"))],
            ActionNames: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
            ResourceArns: [object, "arn:aws:s3:::other/a.csv"],
        });
        assert.deepEqual(
            results.map(({ EvalActionName, EvalDecision, ResourceSpecificResults = [] }) => [
                EvalActionName,
                EvalDecision,
                ...ResourceSpecificResults.map(({ EvalResourceName, EvalResourceDecision }) => [
                    EvalResourceName,
                    EvalResourceDecision,
                ]),
            ]),
            [
                ["s3:GetObject", "implicitDeny", [object, "allowed"], ["arn:aws:s3:::other/a.csv", "implicitDeny"]],
                ["s3:ListBucket", "allowed", [object, "allowed"], ["arn:aws:s3:::other/a.csv", "allowed"]],
                [
                    "s3:PutObject",
                    "implicitDeny",
                    [object, "implicitDeny"],
                    ["arn:aws:s3:::other/a.csv", "implicitDeny"],
                ],
            ],
        );
        assert.deepEqual(matched(results), [[], ["PolicyInputList.2"], []]);
        assert.deepEqual(results[0]?.ResourceSpecificResults?.[0]?.MatchedStatements, [
            {
                SourcePolicyId: "PolicyInputList.1",
                SourcePolicyType: "IAM Policy",
                StartPosition: { Line: 1, Column: 38 },
                EndPosition: { Line: 1, Column: policy(allow("s3:GetObject", "arn:aws:s3:::films/*")).length - 1 },
            },
        ]);
        const [one] = await custom({ PolicyInputList: [policy(allow("s3:*"))], ResourceArns: [object] });
        assert.equal(one?.EvalResourceName, object);
    });

    it("SimulateCustomPolicy uses context entries of each type and lists missing context keys", async () => {
        const Condition: Statement["Condition"] = {
            StringEquals: { "aws:PrincipalTag/team": "films" },
            NumericLessThan: { "s3:max-keys": "11" },
            IpAddress: { "aws:SourceIp": "203.0.113.0/24" },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        };
        const PolicyInputList = [policy(allow("s3:ListBucket", "*", { Condition }))];
        const ask = { PolicyInputList, ActionNames: ["s3:ListBucket"] };
        const keys = ["aws:PrincipalTag/team", "aws:SourceIp", "aws:TagKeys", "s3:max-keys"];
        const [without] = await custom(ask);
        assert.deepEqual([without?.EvalDecision, without?.MissingContextValues], ["implicitDeny", keys]);
        const [onOne] = await custom({ ...ask, ResourceArns: ["arn:aws:s3:::films"] });
        assert.deepEqual(onOne?.ResourceSpecificResults?.[0]?.MissingContextValues, keys);
        const entries = (address: string): SimulateCustomPolicyCommandInput["ContextEntries"] => [
            { ContextKeyName: "AWS:principaltag/team", ContextKeyType: "string", ContextKeyValues: ["films"] },
            { ContextKeyName: "s3:max-keys", ContextKeyType: "numeric", ContextKeyValues: ["10"] },
            { ContextKeyName: "aws:SourceIp", ContextKeyType: "ip", ContextKeyValues: [address] },
            { ContextKeyName: "aws:TagKeys", ContextKeyType: "stringList", ContextKeyValues: ["b", "a"] },
        ];
        const [good] = await custom({ ...ask, ContextEntries: entries("203.0.113.9") });
        assert.deepEqual([good?.EvalDecision, good?.MissingContextValues], ["allowed", []]);
        const [bad] = await custom({ ...ask, ContextEntries: entries("203.0.114.9") });
        assert.deepEqual([bad?.EvalDecision, bad?.MissingContextValues], ["implicitDeny", []]);
    });

    it("SimulateCustomPolicy reports whether a permissions boundary denies the action explicitly or implicitly", async () => {
        const PolicyInputList = [policy(allow("s3:*"))];
        const bounded = async (boundary: string) => {
            const [result] = await custom({ PolicyInputList, PermissionsBoundaryPolicyInputList: [boundary] });
            return [
                result?.EvalDecision,
                result?.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
                ...(matched(result ? [result] : [])[0] ?? []),
            ];
        };
        assert.deepEqual(await bounded(policy(allow("s3:Get*"))), ["allowed", true, "PolicyInputList.1"]);
        assert.deepEqual(await bounded(policy(allow("s3:Put*"))), ["implicitDeny", false]);
        assert.deepEqual(await bounded(policy(allow("s3:*"), { Effect: "Deny", Action: "s3:Get*", Resource: "*" })), [
            ...["explicitDeny", false, "PermissionsBoundaryPolicyInputList.1"],
        ]);
    });

    it("SimulatePrincipalPolicy evaluates the policies of a user and of the user's groups, with policy variables", async () => {
        const ActionNames = ["s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "s3:PutObject"];
        const results = await principal(alice, { ActionNames, ResourceArns: ["arn:aws:s3:::films/alice/x"] });
        assert.deepEqual(decisions(results), ["allowed", "allowed", "allowed", "allowed"]);
        assert.deepEqual(matched(results), [["reads"], ["lists"], ["queues"], ["own-folder"]]);
        const elsewhere = await principal(alice, { ActionNames, ResourceArns: ["arn:aws:s3:::films/bob/x"] });
        assert.deepEqual(decisions(elsewhere), ["allowed", "allowed", "allowed", "implicitDeny"]);
        const asBob = { CallerArn: `arn:aws:iam::${account}:user/bob`, ResourceArns: ["arn:aws:s3:::films/bob/x"] };
        const [put] = await principal(alice, { ActionNames: ["s3:PutObject"], ...asBob });
        assert.equal(put?.EvalDecision, "allowed", "bob with alice's policies");
    });

    it("SimulatePrincipalPolicy evaluates the policies of a group or role and the policies in the request", async () => {
        const group = `arn:aws:iam::${account}:group/editors`;
        const lists = await principal(group, { ActionNames: ["s3:ListBucket", "s3:GetObject"] });
        assert.deepEqual(decisions(lists), ["allowed", "implicitDeny"]);
        const role = `arn:aws:iam::${account}:role/importer`;
        const ResourceArns = [object, "arn:aws:s3:::films/secret.csv"];
        const [get] = await principal(role, { ResourceArns, PolicyInputList: [policy(allow("s3:GetObject"))] });
        const each = get?.ResourceSpecificResults?.map(({ EvalResourceDecision, MatchedStatements }) => [
            EvalResourceDecision,
            ...(MatchedStatements ?? []).map(({ SourcePolicyId }) => SourcePolicyId),
        ]);
        assert.deepEqual(each, [
            ["allowed", "reads", "PolicyInputList.1"],
            ["explicitDeny", "no-secrets"],
        ]);
    });

    it("SimulatePrincipalPolicy uses the user's permissions boundary unless the request contains a boundary", async () => {
        const bob = `arn:aws:iam::${account}:user/bob`;
        const [own] = await principal(bob, { ResourceArns: [object] });
        assert.equal(own?.EvalDecision, "implicitDeny");
        assert.deepEqual(own?.PermissionsBoundaryDecisionDetail, { AllowedByPermissionsBoundary: false });
        const [given] = await principal(bob, {
            ResourceArns: [object],
            PermissionsBoundaryPolicyInputList: [policy(allow("*"))],
        });
        assert.equal(given?.EvalDecision, "allowed");
    });

    it("a resource policy grants access within one account, and across two accounts only together with an identity policy", async () => {
        const grant = policy(allow("s3:GetObject", "arn:aws:s3:::films/*", { Principal: { AWS: alice } }));
        const nothing = [policy(allow("sqs:SendMessage"))];
        const ask = { PolicyInputList: nothing, ResourceArns: [object], CallerArn: alice };
        const [without] = await custom(ask);
        assert.equal(without?.EvalDecision, "implicitDeny");
        const [granted] = await custom({ ...ask, ResourcePolicy: grant });
        assert.equal(granted?.EvalDecision, "allowed");
        assert.deepEqual(
            granted?.MatchedStatements?.map(({ SourcePolicyId, SourcePolicyType }) => [
                SourcePolicyId,
                SourcePolicyType,
            ]),
            [["ResourcePolicy", "Resource Policy"]],
        );
        const ResourceOwner = "arn:aws:iam::999999999999:root";
        const [foreign] = await custom({ ...ask, ResourcePolicy: grant, ResourceOwner });
        assert.equal(foreign?.EvalDecision, "implicitDeny", "across accounts the identity must be allowed too");
        const [both] = await principal(alice, { ResourceArns: [object], ResourcePolicy: grant, ResourceOwner });
        assert.equal(both?.EvalDecision, "allowed");
        const deny = policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" });
        const [denied] = await principal(alice, { ResourceArns: [object], ResourcePolicy: deny });
        assert.equal(denied?.EvalDecision, "explicitDeny");
    });

    it("without a resource policy, only identity policies are evaluated for a resource of another account", async () => {
        const [result] = await custom({
            PolicyInputList: [policy(allow("sqs:SendMessage"))],
            ActionNames: ["sqs:SendMessage"],
            ResourceArns: ["arn:aws:sqs:eu-central-1:999999999999:tickets"],
            CallerArn: alice,
        });
        assert.equal(result?.EvalDecision, "allowed");
    });

    it("the simulator ignores trust policies (aws/aws-cli issue 10314)", async () => {
        const trust = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Deny", Principal: { AWS: alice }, Action: "sts:AssumeRole" }],
        });
        const [result] = await custom({
            PolicyInputList: [policy(allow("sts:AssumeRole"))],
            ActionNames: ["sts:AssumeRole"],
            ResourceArns: [`arn:aws:iam::${account}:role/importer`],
            CallerArn: alice,
            ResourcePolicy: trust,
        });
        assert.equal(result?.EvalDecision, "allowed");
        assert.deepEqual(matched(result ? [result] : []), [["PolicyInputList.1"]]);
    });

    it("SimulateCustomPolicy returns actions in pages", async () => {
        const ActionNames = Array.from({ length: 25 }, (_, index) => `s3:Action${index}`);
        const input = { PolicyInputList: [policy(allow("s3:*"))], ActionNames };
        const pages: string[][] = [];
        for await (const page of paginateSimulateCustomPolicy({ client: iam, pageSize: 10 }, input)) {
            pages.push((page.EvaluationResults ?? []).map(({ EvalActionName = "" }) => EvalActionName));
            assert.equal(page.IsTruncated, page.Marker !== undefined);
        }
        assert.deepEqual(
            pages.map(({ length }) => length),
            [10, 10, 5],
        );
        assert.deepEqual(pages.flat(), ActionNames);
    });

    it("SimulateCustomPolicy returns fewer actions per page if the policies are large", async () => {
        const huge = policy(...Array.from({ length: 1500 }, () => allow("s3:Put*", "arn:aws:s3:::f*")));
        const ResourceArns = Array.from({ length: 50 }, (_, index) => `arn:aws:s3:::films/${index}`);
        const ActionNames = ["s3:GetObject", "s3:PutObject"];
        const { EvaluationResults, IsTruncated } = await iam.simulateCustomPolicy({
            PolicyInputList: [huge],
            ActionNames,
            ResourceArns,
        });
        assert.deepEqual([EvaluationResults?.length, IsTruncated], [1, true]);
    });

    const refusals: Record<string, [Partial<SimulatePrincipalPolicyCommandInput>, string, RegExp]> = {
        "a session as source": [
            { PolicySourceArn: `arn:aws:sts::${account}:assumed-role/importer/me` },
            "InvalidInputException",
            /^Invalid Entity Arn: arn:aws:sts::/,
        ],
        "a user who does not exist": [
            { PolicySourceArn: `arn:aws:iam::${account}:user/nobody` },
            "NoSuchEntityException",
            /^The user with name nobody cannot be found\.$/,
        ],
        "a user of another path": [
            { PolicySourceArn: `arn:aws:iam::${account}:user/alice` },
            "NoSuchEntityException",
            /alice cannot be found/,
        ],
        "a service as caller": [
            { CallerArn: "personalize.amazonaws.com" },
            "InvalidInputException",
            /not of a session/,
        ],
        "a session as caller": [
            { CallerArn: `arn:aws:sts::${account}:assumed-role/importer/me` },
            "InvalidInputException",
            /Invalid CallerArn/,
        ],
        "a resource policy for a role": [
            { PolicySourceArn: `arn:aws:iam::${account}:role/importer`, ResourcePolicy: policy(allow("s3:*")) },
            "InvalidInputException",
            /for an IAM user only, not for .*role\/importer/,
        ],
        "a resource policy without a principal": [
            { ResourcePolicy: policy(allow("s3:*")) },
            "InvalidInputException",
            /ResourcePolicy is not a valid policy: line 1, column 38: a statement needs Principal or NotPrincipal/,
        ],
        "an owner that is not an ARN": [
            { ResourceOwner: "123456789012" },
            "InvalidInputException",
            /^'123456789012' is not a valid as a Resource Owner\.$/,
        ],
        "a wildcard in an action": [{ ActionNames: ["s3:Get*"] }, "InvalidInputException", /without wildcards/],
        "no action": [{ ActionNames: [] }, "ValidationError", /Value null at 'actionNames'/],
        "a resource that is not an ARN": [
            { ResourceArns: ["films"] },
            "InvalidInputException",
            /^ResourceNames are not in a valid ARN format: films$/,
        ],
        "a document that is not JSON": [
            { PolicyInputList: ['{"Statement":'] },
            "InvalidInputException",
            /PolicyInputList\.1 is not a valid policy: line 1, column 14: invalid JSON/,
        ],
        "two boundaries": [
            { PermissionsBoundaryPolicyInputList: [policy(allow("*")), policy(allow("*"))] },
            "InvalidInputException",
            /accepts only one policy/,
        ],
        "an unknown marker": [{ Marker: "x" }, "ValidationError", /marker/],
        "too many items": [{ MaxItems: 1001 }, "ValidationError", /1 to 1000/],
        "an unknown type of context key": [
            {
                ContextEntries: [
                    { ContextKeyName: "aws:x", ContextKeyType: "text" as "string", ContextKeyValues: ["x"] },
                ],
            },
            "ValidationError",
            /contextKeyType/,
        ],
        "an option that is not emulated": [
            { ResourceHandlingOption: "EC2-VPC-EBS" },
            "NotImplemented",
            /ResourceHandlingOption of SimulatePrincipalPolicy is not emulated here/,
        ],
    };
    for (const [what, [input, name, message]] of Object.entries(refusals)) {
        it(`SimulatePrincipalPolicy rejects ${what}`, async () => {
            await assert.rejects(principal(input.PolicySourceArn ?? alice, input), (error: Error) => {
                assert.equal(error.name, name);
                assert.match(error.message, message);
                return true;
            });
        });
    }

    it("SimulateCustomPolicy rejects a resource policy without CallerArn", async () => {
        const ResourcePolicy = policy(allow("s3:*", "*", { Principal: "*" }));
        await assert.rejects(custom({ PolicyInputList: [policy(allow("s3:*"))], ResourcePolicy }), {
            name: "InvalidInputException",
            message: /CallerArn is required/,
        });
    });

    it("an AWS managed policy without a stored document grants nothing", async () => {
        await iam.createUser({ UserName: "carol" });
        const input = { ActionNames: ["personalize:ListSchemas", "forecast:ListDatasets"] };
        const decided = async () => decisions(await principal(`arn:aws:iam::${account}:user/carol`, input));
        const attach = (policy: string) =>
            iam.attachUserPolicy({ UserName: "carol", PolicyArn: `arn:aws:iam::aws:policy/${policy}` });
        await attach("AmazonForecastFullAccess");
        assert.deepEqual(await decided(), ["implicitDeny", "implicitDeny"]);
        await attach("service-role/AmazonPersonalizeFullAccess");
        assert.deepEqual(await decided(), ["allowed", "implicitDeny"]);
    });

    it("boto3 can read the decisions, statement positions and pages of the simulator", async () => {
        const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(aws.instance.root).python;
        const script = join(import.meta.dirname, "simulators_client.py");
        const env = { ...process.env, ...variables(aws.instance) };
        const { stdout } = await promisify(execFile)(python, [script, alice], { env });
        assert.deepEqual(JSON.parse(stdout), {
            decisions: ["allowed", "implicitDeny"],
            matched: { Line: 1, Column: 38 },
            pages: [2, 2, 1],
            missing: ["aws:SourceVpce"],
            refusals: { role: ["InvalidInput", 400], nobody: ["NoSuchEntity", 404] },
        });
    });
});
