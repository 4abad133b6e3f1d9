import {
    GetGroupCommand,
    GetGroupPolicyCommand,
    GetPolicyCommand,
    GetPolicyVersionCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    GetUserCommand,
    GetUserPolicyCommand,
    type IAMClient,
    ListAttachedGroupPoliciesCommand,
    ListAttachedRolePoliciesCommand,
    ListAttachedUserPoliciesCommand,
    ListGroupPoliciesCommand,
    ListGroupsForUserCommand,
    ListRolePoliciesCommand,
    ListUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import { unlessGone } from "../../unless-gone.ts";
import { Refusal } from "./input.ts";
import type { EntityPolicies, SourcePolicy } from "./simulate.ts";

/**
 * All stored policies of a user (with those of the user's groups), a group or a role. Also its boundary.
 *
 * An attached managed policy without a document here grants nothing, as for a call.
 *
 * @throws Refusal NoSuchEntity for an entity that does not exist.
 */
export async function entityPolicies(iam: IAMClient, arn: string): Promise<EntityPolicies> {
    const [, type = "", path = ""] = /:(user|group|role)\/(.+)$/.exec(arn) ?? [];
    const name = path.split("/").at(-1) as string;
    const entity = await find(iam, type, name);
    if (entity?.arn !== arn) {
        throw new Refusal("NoSuchEntity", `The ${type} with name ${name} cannot be found.`, 404);
    }
    const policies = await (type === "user" ? ofUser : type === "group" ? ofGroup : ofRole)(iam, name);
    return { policies, boundary: entity.boundary ? await managed(iam, entity.boundary) : undefined };
}

interface Entity {
    readonly arn: string | undefined;
    /** ARN of the managed policy that is its boundary. */
    readonly boundary: string | undefined;
}

async function find(iam: IAMClient, type: string, name: string): Promise<Entity | undefined> {
    if (type === "group") {
        const found = await unlessGone(iam.send(new GetGroupCommand({ GroupName: name })), "NoSuchEntityException");
        return found && { arn: found.Group?.Arn, boundary: undefined };
    }
    const found =
        type === "user"
            ? (await unlessGone(iam.send(new GetUserCommand({ UserName: name })), "NoSuchEntityException"))?.User
            : (await unlessGone(iam.send(new GetRoleCommand({ RoleName: name })), "NoSuchEntityException"))?.Role;
    return found && { arn: found.Arn, boundary: found.PermissionsBoundary?.PermissionsBoundaryArn };
}

async function ofUser(iam: IAMClient, UserName: string): Promise<SourcePolicy[]> {
    const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    const { Groups = [] } = await iam.send(new ListGroupsForUserCommand({ UserName }));
    const own = await Promise.all([
        ...PolicyNames.map(async (PolicyName) => {
            const stored = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
            return inline(PolicyName, stored.PolicyDocument);
        }),
        ...AttachedPolicies.map(({ PolicyArn }) => managed(iam, PolicyArn)),
    ]);
    const ofGroups = await Promise.all(Groups.map(({ GroupName = "" }) => ofGroup(iam, GroupName)));
    return [...own, ...ofGroups.flat()];
}

async function ofGroup(iam: IAMClient, GroupName: string): Promise<SourcePolicy[]> {
    const { PolicyNames = [] } = await iam.send(new ListGroupPoliciesCommand({ GroupName }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedGroupPoliciesCommand({ GroupName }));
    return Promise.all([
        ...PolicyNames.map(async (PolicyName) => {
            const stored = await iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName }));
            return inline(PolicyName, stored.PolicyDocument);
        }),
        ...AttachedPolicies.map(({ PolicyArn }) => managed(iam, PolicyArn)),
    ]);
}

async function ofRole(iam: IAMClient, RoleName: string): Promise<SourcePolicy[]> {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return Promise.all([
        ...PolicyNames.map(async (PolicyName) => {
            const stored = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
            return inline(PolicyName, stored.PolicyDocument);
        }),
        ...AttachedPolicies.map(({ PolicyArn }) => managed(iam, PolicyArn)),
    ]);
}

/** A policy needs a statement; no service has this action. */
const grantsNothing = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "none:Nothing", Resource: "*" }],
});

const inline = (id: string, document = ""): SourcePolicy => ({ id, text: decodeURIComponent(document) });

async function managed(iam: IAMClient, PolicyArn = ""): Promise<SourcePolicy> {
    const found = await unlessGone(iam.send(new GetPolicyCommand({ PolicyArn })), "NoSuchEntityException");
    if (!found?.Policy) {
        return { id: PolicyArn.split("/").at(-1) ?? "", text: grantsNothing };
    }
    const { DefaultVersionId: VersionId, PolicyName = "" } = found.Policy;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return inline(PolicyName, PolicyVersion?.Document);
}
