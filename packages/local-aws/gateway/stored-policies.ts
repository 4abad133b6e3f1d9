import * as iam from "@aws-sdk/client-iam";
import { callsOf } from "../calls.ts";
import { unlessGone } from "../unless-gone.ts";

/** A policy that IAM stores. A managed policy of AWS has no text where this local AWS has no document of it. */
export interface StoredPolicy {
    readonly kind: "inline" | "managed";
    readonly name: string;
    readonly text: string | undefined;
}

/** A user, a group or a role, with all of its policies; a user also has those of the user's groups. */
export interface Entity {
    readonly entity: iam.User | iam.Group | iam.Role;
    readonly policies: readonly StoredPolicy[];
    readonly boundary: StoredPolicy | undefined;
}

type EntityType = "user" | "group" | "role";

const noEntity = "NoSuchEntityException";

/** IAM's calls for the policies of each type of entities. */
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

/** An entity of this name with its stored policies; undefined if there is none. */
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
