import assert from "node:assert/strict";
import {
    type EvaluationResult,
    type IAM,
    paginateSimulatePrincipalPolicy,
    type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import { executionRoleTrust, type Statement } from "policy-evaluator";
import { account, allow, policy, useEnforcing } from "./enforcement/support.ts";

const entity = (tail: string) => `arn:aws:iam::${account}:${tail}`;
const [alice, bob, importer] = [entity("user/staff/alice"), entity("user/bob"), entity("role/importer")];
const object = "arn:aws:s3:::films/a.csv";

describe("IAM's policy simulator of the local AWS", () => {
    const aws = useEnforcing();
    let iam: IAM;
    before(async () => {
        ({ iam } = aws.admin);
        await createEntities();
    });

    /** Creates Alice with a group, Bob with a permissions boundary, and a role with a Deny. */
    async function createEntities() {
        const managed = async (PolicyName: string, ...statements: Statement[]) => {
            const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument: policy(...statements) });
            return Policy?.Arn ?? assert.fail();
        };
        const reads = await managed("reads", allow("s3:GetObject", "arn:aws:s3:::films/*"));
        const lists = await managed("lists", allow("s3:ListBucket"));
        const UserName = "alice";
        await iam.createUser({ UserName, Path: "/staff/" });
        await iam.putUserPolicy({ UserName, PolicyName: "queues", PolicyDocument: policy(allow("sqs:*")) });
        await iam.attachUserPolicy({ UserName, PolicyArn: reads });
        const GroupName = "editors";
        await iam.createGroup({ GroupName });
        await iam.attachGroupPolicy({ GroupName, PolicyArn: lists });
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM, not a template
        const ownFolder = policy(allow("s3:PutObject", "arn:aws:s3:::films/${aws:username}/*"));
        await iam.putGroupPolicy({ GroupName, PolicyName: "own-folder", PolicyDocument: ownFolder });
        await iam.addUserToGroup({ GroupName, UserName });
        await iam.createUser({ UserName: "bob" });
        await iam.attachUserPolicy({ UserName: "bob", PolicyArn: reads });
        await iam.putUserPermissionsBoundary({ UserName: "bob", PermissionsBoundary: lists });
        const trust = executionRoleTrust({ partition: "aws", region: "eu-central-1", accountId: account });
        const role = { RoleName: "importer" };
        await iam.createRole({ ...role, AssumeRolePolicyDocument: JSON.stringify(trust) });
        await iam.attachRolePolicy({ ...role, PolicyArn: reads });
        const deny = policy({ Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::films/secret*" });
        await iam.putRolePolicy({ ...role, PolicyName: "no-secrets", PolicyDocument: deny });
    }

    const simulate = async (PolicySourceArn: string, input: Partial<SimulatePrincipalPolicyCommandInput> = {}) => {
        const asked = { PolicySourceArn, ActionNames: ["s3:GetObject"], ...input };
        return (await iam.simulatePrincipalPolicy(asked)).EvaluationResults ?? [];
    };
    const decisions = (results: EvaluationResult[]) => results.map(({ EvalDecision }) => EvalDecision);
    const matched = ({ MatchedStatements = [] }: Pick<EvaluationResult, "MatchedStatements">) =>
        MatchedStatements.map(({ SourcePolicyId }) => SourcePolicyId);

    it("SimulatePrincipalPolicy evaluates the policies of a user and of the user's groups, with policy variables", async () => {
        const ActionNames = ["s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "s3:PutObject"];
        const results = await simulate(alice, { ActionNames, ResourceArns: ["arn:aws:s3:::films/alice/x"] });
        assert.deepEqual(decisions(results), ["allowed", "allowed", "allowed", "allowed"]);
        assert.deepEqual(results.map(matched), [["reads"], ["lists"], ["queues"], ["own-folder"]]);
        const elsewhere = await simulate(alice, { ActionNames, ResourceArns: ["arn:aws:s3:::films/bob/x"] });
        assert.deepEqual(decisions(elsewhere), ["allowed", "allowed", "allowed", "implicitDeny"]);
        const group = await simulate(entity("group/editors"), { ActionNames: ActionNames.slice(0, 2) });
        assert.deepEqual(decisions(group), ["implicitDeny", "allowed"]);
    });

    it("SimulatePrincipalPolicy returns a decision for each resource, and the strictest one as that of the action", async () => {
        const [get] = await simulate(importer, { ResourceArns: [object, "arn:aws:s3:::films/secret.csv"] });
        assert.deepEqual([get?.EvalResourceName, get?.EvalDecision], ["*", "explicitDeny"]);
        assert.deepEqual(
            get?.ResourceSpecificResults?.map((each) => [
                each.EvalResourceName,
                each.EvalResourceDecision,
                matched(each),
            ]),
            [
                [object, "allowed", ["reads"]],
                ["arn:aws:s3:::films/secret.csv", "explicitDeny", ["no-secrets"]],
            ],
        );
    });

    it("SimulatePrincipalPolicy uses context entries and lists missing context keys", async () => {
        const Condition: Statement["Condition"] = {
            StringEquals: { "aws:PrincipalTag/team": "films" },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        };
        await iam.createUser({ UserName: "eve" });
        const PolicyDocument = policy(allow("s3:GetObject", "*", Condition));
        await iam.putUserPolicy({ UserName: "eve", PolicyName: "tagged", PolicyDocument });
        const ask = async (team?: string) => {
            const ContextEntries: SimulatePrincipalPolicyCommandInput["ContextEntries"] = team
                ? [
                      { ContextKeyName: "AWS:principaltag/team", ContextKeyType: "string", ContextKeyValues: [team] },
                      { ContextKeyName: "aws:TagKeys", ContextKeyType: "stringList", ContextKeyValues: ["b", "a"] },
                  ]
                : [];
            const [result] = await simulate(entity("user/eve"), { ContextEntries });
            return [result?.EvalDecision, result?.MissingContextValues];
        };
        assert.deepEqual(await ask(), ["implicitDeny", ["aws:PrincipalTag/team", "aws:TagKeys"]]);
        assert.deepEqual(await ask("films"), ["allowed", []]);
        assert.deepEqual(await ask("novels"), ["implicitDeny", []]);
    });

    it("SimulatePrincipalPolicy reports that a permissions boundary denies the action", async () => {
        const [result] = await simulate(bob, { ResourceArns: [object] });
        assert.equal(result?.EvalDecision, "implicitDeny");
        assert.deepEqual(result?.PermissionsBoundaryDecisionDetail, { AllowedByPermissionsBoundary: false });
    });

    it("SimulatePrincipalPolicy returns actions in pages", async () => {
        const ActionNames = Array.from({ length: 25 }, (_, index) => `s3:Action${index}`);
        const pages: (string | undefined)[][] = [];
        const input = { PolicySourceArn: alice, ActionNames };
        for await (const page of paginateSimulatePrincipalPolicy({ client: iam, pageSize: 10 }, input)) {
            pages.push((page.EvaluationResults ?? []).map(({ EvalActionName }) => EvalActionName));
        }
        assert.deepEqual(
            pages.map(({ length }) => length),
            [10, 10, 5],
        );
        assert.deepEqual(pages.flat(), ActionNames);
    });

    const refusals: Record<string, [Partial<SimulatePrincipalPolicyCommandInput>, string, RegExp]> = {
        "a session as source": [
            { PolicySourceArn: `arn:aws:sts::${account}:assumed-role/importer/me` },
            "InvalidInputException",
            /^Invalid Entity Arn: arn:aws:sts::/,
        ],
        "a user of another path": [
            { PolicySourceArn: entity("user/alice") },
            "NoSuchEntityException",
            /^The user with name alice cannot be found\.$/,
        ],
        "a wildcard in an action": [{ ActionNames: ["s3:Get*"] }, "InvalidInputException", /without wildcards/],
        "a resource that is not an ARN": [
            { ResourceArns: ["films"] },
            "InvalidInputException",
            /^ResourceNames are not in a valid ARN format: films$/,
        ],
        "two values of a context key whose type is no list": [
            { ContextEntries: [{ ContextKeyName: "aws:x", ContextKeyType: "string", ContextKeyValues: ["x", "y"] }] },
            "InvalidInputException",
            /write stringList/,
        ],
        "a parameter that is not emulated": [
            { CallerArn: alice },
            "NotImplemented",
            /CallerArn of SimulatePrincipalPolicy is not emulated here/,
        ],
    };
    for (const [what, [input, name, message]] of Object.entries(refusals)) {
        it(`SimulatePrincipalPolicy rejects ${what}`, () =>
            assert.rejects(simulate(input.PolicySourceArn ?? alice, input), { name, message }));
    }

    it("an AWS managed policy without a stored document grants nothing, and AWSDenyAll denies everything", async () => {
        await iam.createUser({ UserName: "carol" });
        const input = { ActionNames: ["personalize:ListSchemas", "forecast:ListDatasets"] };
        const decided = async () => decisions(await simulate(entity("user/carol"), input));
        const attach = (name: string) =>
            iam.attachUserPolicy({ UserName: "carol", PolicyArn: `arn:aws:iam::aws:policy/${name}` });
        await attach("AmazonForecastFullAccess");
        assert.deepEqual(await decided(), ["implicitDeny", "implicitDeny"]);
        await attach("service-role/AmazonPersonalizeFullAccess");
        assert.deepEqual(await decided(), ["allowed", "implicitDeny"]);
        await attach("AWSDenyAll");
        assert.deepEqual(await decided(), ["explicitDeny", "explicitDeny"]);
    });
});
