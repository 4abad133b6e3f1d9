import {
    type EvaluationResult,
    type IAM,
    type IAMClient,
    paginateListAttachedRolePolicies,
    paginateListRolePolicies,
    paginateSimulatePrincipalPolicy,
} from "@aws-sdk/client-iam";
import { accountOf, type Decision, type RequestContext, toList } from "policy-evaluator";
import { unless } from "./look.ts";
import type { PolicyText, RoleFacts, Simulated } from "./snapshot.ts";

/** Reads the role with this name from IAM, whatever its path. Returns undefined if the account has no such role. */
export const roleFacts = (iam: IAM, roleArn: string): Promise<RoleFacts | undefined> =>
    unless(readRole(iam, roleArn), "NoSuchEntityException");

async function readRole(iam: IAM, roleArn: string): Promise<RoleFacts | undefined> {
    const RoleName = roleArn.split("/").at(-1) ?? "";
    const { Role } = await iam.getRole({ RoleName });
    if (!Role || accountOf(Role.Arn ?? "") !== accountOf(roleArn)) return undefined;
    const boundaryArn = Role.PermissionsBoundary?.PermissionsBoundaryArn;
    const [inline, attached, boundary] = await Promise.all([
        inlinePolicies(iam, RoleName),
        attachedPolicies(iam, RoleName),
        boundaryArn ? managed(iam, boundaryArn, boundaryArn.split("/").at(-1) ?? "") : undefined,
    ]);
    return {
        arn: Role.Arn ?? roleArn,
        id: Role.RoleId ?? "",
        ...(Role.CreateDate && { created: Role.CreateDate.toISOString() }),
        trust: decodeURIComponent(Role.AssumeRolePolicyDocument ?? ""),
        boundary,
        tags: Object.fromEntries((Role.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
        policies: [...inline, ...attached],
    };
}

async function inlinePolicies(client: IAM, RoleName: string): Promise<PolicyText[]> {
    const policies: PolicyText[] = [];
    for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName })) {
        for (const PolicyName of PolicyNames) {
            const { PolicyDocument = "" } = await client.getRolePolicy({ RoleName, PolicyName });
            policies.push({ name: PolicyName, text: decodeURIComponent(PolicyDocument) });
        }
    }
    return policies;
}

async function attachedPolicies(client: IAM, RoleName: string): Promise<PolicyText[]> {
    const policies: PolicyText[] = [];
    for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName })) {
        for (const { PolicyArn = "", PolicyName = "" } of AttachedPolicies) {
            policies.push(await managed(client, PolicyArn, PolicyName));
        }
    }
    return policies;
}

async function managed(iam: IAM, arn: string, name: string): Promise<PolicyText> {
    const readPolicy = async () => {
        const { Policy } = await iam.getPolicy({ PolicyArn: arn });
        const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId });
        const text = decodeURIComponent(PolicyVersion?.Document ?? "");
        return { name, arn, text, ...(Policy?.UpdateDate && { changed: Policy.UpdateDate.toISOString() }) };
    };
    return (await unless(readPolicy(), "NoSuchEntityException")) ?? { name, arn, text: "" };
}

/** Simulates actions of an identity on resources, with the same values of condition keys for all. */
export async function simulate(
    client: IAMClient,
    PolicySourceArn: string,
    request: {
        readonly action: string | readonly string[];
        readonly resources: readonly string[];
        readonly context: RequestContext;
    },
): Promise<Simulated[]> {
    const input = {
        PolicySourceArn,
        ActionNames: [...toList(request.action)],
        ResourceArns: [...request.resources],
        ContextEntries: Object.entries(request.context).map(([ContextKeyName, value]) => ({
            ContextKeyName,
            ContextKeyValues: [...toList(value)],
            ContextKeyType: "string" as const,
        })),
    };
    const results: Simulated[] = [];
    for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy({ client }, input)) {
        results.push(...EvaluationResults.flatMap(resultsOf));
    }
    return results;
}

function resultsOf(result: EvaluationResult): Simulated[] {
    const { EvalActionName: action = "", OrganizationsDecisionDetail, ResourceSpecificResults: each = [] } = result;
    const byOrganization = OrganizationsDecisionDetail?.AllowedByOrganizations;
    const parts = each.map((one) => ({ ...one, EvalDecision: one.EvalResourceDecision }));
    return (parts.length > 0 ? parts : [result]).map((part) => {
        const byBoundary = part.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary;
        return {
            action,
            resource: part.EvalResourceName ?? "*",
            decision: (part.EvalDecision ?? "implicitDeny") as Decision,
            matched: (part.MatchedStatements ?? []).map(({ SourcePolicyId }) => SourcePolicyId ?? ""),
            missing: part.MissingContextValues ?? [],
            ...(byOrganization !== undefined && { byOrganization }),
            ...(byBoundary !== undefined && { byBoundary }),
        };
    });
}
