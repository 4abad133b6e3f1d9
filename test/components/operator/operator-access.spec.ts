import assert from "node:assert/strict";
import { OperatorAccess, type OperatorAccessArgs } from "../../../components/operator/operator-access.ts";
import { namesFor } from "../../../core/config/config.ts";
import { githubTrust } from "../../../core/iam/github-trust.ts";
import { policyKinds } from "../../../core/iam/operator/scope.ts";
import { operatorPolicy, rolesBoundary } from "../../../core/iam/operator.ts";
import { declaredResources, requireInputs, settled, typesAndNames, useMocks, value } from "../mocks.ts";

const scope = {
    partition: "aws",
    region: "eu-central-1",
    accountId: "012345678901",
    project: "movie-recommender",
    stack: "dev",
    bucketName: "films",
    names: namesFor("dev"),
};
const tags = { "pulumi:project": "movie-recommender-operator" };
const policies = ["boundary", ...policyKinds].map((kind) => `aws:iam/policy:Policy operator-${kind}`).sort();

async function accessOf(more: Partial<OperatorAccessArgs> = {}) {
    const access = new OperatorAccess("operator", { scope, users: [], roles: [], github: undefined, tags, ...more });
    await settled();
    return access;
}

describe("OperatorAccess", () => {
    beforeEach(useMocks);

    it("OperatorAccess by default creates managed policies, but no role and no user", async () => {
        const access = await accessOf();
        assert.deepEqual(typesAndNames(), [...policies, "movie-recommender:access:OperatorAccess operator"]);
        const documentOf = (name: string) =>
            JSON.parse(declaredResources.find((one) => one.name === name)?.inputs.policy);
        assert.deepEqual(documentOf("operator-boundary"), rolesBoundary(scope));
        assert.deepEqual(documentOf("operator-deploy"), operatorPolicy(scope, "deploy"));
        assert.deepEqual(access.permissionSetPolicies, [
            "movie-recommender-dev-read",
            "movie-recommender-dev-read-operations",
            "movie-recommender-dev-read-serving",
            "movie-recommender-dev-operate",
            "movie-recommender-dev-deploy",
            "movie-recommender-dev-deploy-operations",
            "movie-recommender-dev-deploy-audit",
            "movie-recommender-dev-deploy-serving",
            "movie-recommender-dev-deploy-page",
        ]);
        assert.equal(await value(access.githubRoleArn), "");
    });

    it("OperatorAccess attaches its policies, except the permissions boundary, to existing users and roles", async () => {
        await accessOf({ users: ["ann"], roles: ["ops"] });
        const attached = declaredResources.filter(({ type }) => /Attachment$/.test(type)).map(({ inputs }) => inputs);
        assert.equal(attached.length, 2 * policyKinds.length);
        assert.ok(!JSON.stringify(attached).includes("boundary"));
        assert.deepEqual(new Set(attached.map(({ user, role }) => user ?? role)), new Set(["ann", "ops"]));
    });

    it("OperatorAccess creates a role for one subject of GitHub's OIDC, and no access key", async () => {
        const subject = "repo:my-org/films:environment:production";
        await accessOf({ github: { subject, providerArn: undefined } });
        const provider = requireInputs("OpenIdConnectProvider");
        assert.equal(provider.url, "https://token.actions.githubusercontent.com");
        assert.deepEqual(provider.clientIdLists, ["sts.amazonaws.com"]);
        const trust = JSON.parse(requireInputs("Role").assumeRolePolicy);
        assert.deepEqual(trust, githubTrust("arn:of:operator-github", subject));
        assert.ok(!declaredResources.some(({ type }) => /AccessKey|LoginProfile/.test(type)));
    });

    it("OperatorAccess uses the account's existing OIDC provider for GitHub", async () => {
        const providerArn = "arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com";
        await accessOf({ github: { subject: "repo:my-org/films:environment:production", providerArn } });
        assert.ok(!declaredResources.some(({ type }) => /OpenIdConnectProvider/.test(type)));
        const [statement] = JSON.parse(requireInputs("Role").assumeRolePolicy).Statement;
        assert.equal(statement.Principal.Federated, providerArn);
    });
});
