import * as iam from "@aws-sdk/client-iam";
import { callsOf } from "../calls.ts";
import { unlessGone } from "../unless-gone.ts";

/** A policy that IAM stores. The text is missing for an AWS managed policy without a document on this local AWS. */
export interface StoredPolicy {
    readonly kind: "inline" | "managed";
    readonly name: string;
    readonly text: string | undefined;
}

/** A user, group or role with all its policies. A user also has the policies of its groups. */
export interface Entity {
    readonly entity: iam.User | iam.Group | iam.Role;
    readonly policies: readonly StoredPolicy[];
    readonly boundary: StoredPolicy | undefined;
}

type EntityType = "user" | "group" | "role";

const noEntity = "NoSuchEntityException";

/** IAM's operations for the policies of users, groups and roles. */
function entityCalls(client: iam.IAMClient) {
    const call = callsOf(client);
    return {
        user: {
            member: "UserName",
            get: async (key: object) => (await call(iam.GetUserCommand)(key)).User,
            inline: call(iam.ListUserPoliciesCommand),
            document: call(iam.GetUserPolicyCommand),
            attached: call(iam.ListAttachedUserPoliciesCommand),
        },
        group: {
            member: "GroupName",
            get: async (key: object) => (await call(iam.GetGroupCommand)(key)).Group,
            inline: call(iam.ListGroupPoliciesCommand),
            document: call(iam.GetGroupPolicyCommand),
            attached: call(iam.ListAttachedGroupPoliciesCommand),
        },
        role: {
            member: "RoleName",
            get: async (key: object) => (await call(iam.GetRoleCommand)(key)).Role,
            inline: call(iam.ListRolePoliciesCommand),
            document: call(iam.GetRolePolicyCommand),
            attached: call(iam.ListAttachedRolePoliciesCommand),
        },
    };
}

/** Reads an entity with its policies; undefined if the entity does not exist. */
export async function entityOf(client: iam.IAMClient, type: EntityType, name: string): Promise<Entity | undefined> {
    const { member, ...calls } = entityCalls(client)[type];
    const key = { [member]: name };
    const entity = await unlessGone<Entity["entity"] | undefined>(calls.get(key), noEntity);
    if (!entity) {
        return undefined;
    }
    const { PolicyNames = [] } = await calls.inline(key);
    const { AttachedPolicies = [] } = await calls.attached(key);
    const own = await Promise.all([
        ...PolicyNames.map(async (PolicyName): Promise<StoredPolicy> => {
            const { PolicyDocument } = await calls.document({ ...key, PolicyName });
            return { kind: "inline", name: PolicyName, text: decodeURIComponent(PolicyDocument ?? "") };
        }),
        ...AttachedPolicies.map(({ PolicyArn }) => managed(client, PolicyArn)),
    ]);
    const { Groups = [] } = type === "user" ? await callsOf(client)(iam.ListGroupsForUserCommand)(key) : {};
    const groups = await Promise.all(Groups.map(({ GroupName = "" }) => entityOf(client, "group", GroupName)));
    const boundary = "PermissionsBoundary" in entity && entity.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
        entity,
        policies: [...own, ...groups.flatMap((group) => group?.policies ?? [])],
        boundary: boundary ? await managed(client, boundary) : undefined,
    };
}

async function managed(client: iam.IAMClient, PolicyArn = ""): Promise<StoredPolicy> {
    const call = callsOf(client);
    const found = await unlessGone(call(iam.GetPolicyCommand)({ PolicyArn }), noEntity);
    if (!found?.Policy) {
        return { kind: "managed", name: PolicyArn.split("/").at(-1) ?? "", text: undefined };
    }
    const { DefaultVersionId: VersionId, PolicyName = "" } = found.Policy;
    const { PolicyVersion } = await call(iam.GetPolicyVersionCommand)({ PolicyArn, VersionId });
    return { kind: "managed", name: PolicyName, text: decodeURIComponent(PolicyVersion?.Document ?? "") };
}
