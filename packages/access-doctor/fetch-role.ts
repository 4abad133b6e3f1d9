import {
    type EvaluationResult,
    GetPolicyCommand,
    GetPolicyVersionCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    type IAMClient,
    paginateListAttachedRolePolicies,
    paginateListRolePolicies,
    paginateSimulatePrincipalPolicy,
} from "@aws-sdk/client-iam";
import { accountOf, type Decision, type RequestContext, toList } from "policy-evaluator";
import { hasName } from "terminal-text";
import type { PolicyText, RoleFacts, Simulated } from "./snapshot.ts";

/** Reads the role with this name from IAM, whatever its path. Returns undefined if the account has no such role. */
export async function roleFacts(iam: IAMClient, roleArn: string): Promise<RoleFacts | undefined> {
    const RoleName = roleArn.split("/").at(-1) ?? "";
    try {
        const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
        if (!Role || accountOf(Role.Arn ?? "") !== accountOf(roleArn)) {
            return undefined;
        }
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
    } catch (error) {
        if (hasName(error, "NoSuchEntityException")) {
            return undefined;
        }
        throw error;
    }
}

async function inlinePolicies(client: IAMClient, RoleName: string): Promise<PolicyText[]> {
    const policies: PolicyText[] = [];
    for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName })) {
        for (const PolicyName of PolicyNames) {
            const { PolicyDocument = "" } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
            policies.push({ name: PolicyName, text: decodeURIComponent(PolicyDocument) });
        }
    }
    return policies;
}

async function attachedPolicies(client: IAMClient, RoleName: string): Promise<PolicyText[]> {
    const policies: PolicyText[] = [];
    for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName })) {
        for (const { PolicyArn = "", PolicyName = "" } of AttachedPolicies) {
            policies.push(await managed(client, PolicyArn, PolicyName));
        }
    }
    return policies;
}

async function managed(iam: IAMClient, arn: string, name: string): Promise<PolicyText> {
    try {
        const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
        const version = new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId });
        const { PolicyVersion } = await iam.send(version);
        const text = decodeURIComponent(PolicyVersion?.Document ?? "");
        return { name, arn, text, ...(Policy?.UpdateDate && { changed: Policy.UpdateDate.toISOString() }) };
    } catch (error) {
        if (hasName(error, "NoSuchEntityException")) {
            return { name, arn, text: "" };
        }
        throw error;
    }
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
    const byOrganisation = result.OrganizationsDecisionDetail?.AllowedByOrganizations;
    const common = { action: result.EvalActionName ?? "", ...(byOrganisation !== undefined && { byOrganisation }) };
    const simulated = (
        resource: string | undefined,
        decision: string | undefined,
        of: Pick<EvaluationResult, "MatchedStatements" | "MissingContextValues" | "PermissionsBoundaryDecisionDetail">,
    ): Simulated => {
        const byBoundary = of.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary;
        return {
            ...common,
            resource: resource ?? "*",
            decision: (decision ?? "implicitDeny") as Decision,
            matched: (of.MatchedStatements ?? []).map(({ SourcePolicyId }) => SourcePolicyId ?? ""),
            missing: of.MissingContextValues ?? [],
            ...(byBoundary !== undefined && { byBoundary }),
        };
    };
    const each = result.ResourceSpecificResults ?? [];
    return each.length > 0
        ? each.map((one) => simulated(one.EvalResourceName, one.EvalResourceDecision, one))
        : [simulated(result.EvalResourceName, result.EvalDecision, result)];
}
