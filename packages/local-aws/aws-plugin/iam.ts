import * as iam from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, type Properties, sameJson, tagList } from "./entry.ts";
import { encodedJson, type Kind, memberAt, memberOf, ownCalls, pairs, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

const gone = ["NoSuchEntityException"];
/** The maximum number of versions of a managed policy (IAM User Guide, "Versioning IAM policies"). */
const keptVersions = 5;

/** Returns the plugin's resource types for IAM: roles, policies and identity providers. */
export const iamEntries = (client: iam.IAMClient): Record<string, AnyEntry> => ({
    ...roleEntries(client),
    "aws:iam/policy:Policy": policy(client),
    ...attachments(client),
});

function roleEntries(client: iam.IAMClient): Record<string, AnyEntry> {
    const call = createSender(client);
    async function detachPolicies(key: Properties) {
        const { AttachedPolicies = [] } = await call(iam.ListAttachedRolePoliciesCommand)(key);
        for (const { PolicyArn } of AttachedPolicies) await call(iam.DetachRolePolicyCommand)({ ...key, PolicyArn });
        const { PolicyNames = [] } = await call(iam.ListRolePoliciesCommand)(key);
        for (const PolicyName of PolicyNames) await call(iam.DeleteRolePolicyCommand)({ ...key, PolicyName });
    }
    const boundary: Kind = { from: (awsValue) => memberOf(awsValue, "PermissionsBoundaryArn") };
    return {
        "aws:iam/role:Role": resource<aws.iam.RoleArgs>({
            replace: { name: memberAt("RoleName") },
            update: {
                description: withDefault(""),
                assumeRolePolicy: memberAt("AssumeRolePolicyDocument", encodedJson),
                permissionsBoundary: boundary,
                forceDetachPolicies: ownCalls,
            },
            outputs: { arn: value },
            gone,
            tags: {
                member: "Tags",
                by: "id",
                form: tagList,
                add: (RoleName, Tags) => call(iam.TagRoleCommand)({ RoleName, Tags }),
                remove: (RoleName, TagKeys) => call(iam.UntagRoleCommand)({ RoleName, TagKeys }),
            },
            async create(input) {
                await call(iam.CreateRoleCommand)(input);
                return String(input.RoleName);
            },
            key: "RoleName",
            get: async (key) => (await call(iam.GetRoleCommand)(key)).Role,
            async put(input, { args, olds }) {
                const { RoleName, AssumeRolePolicyDocument: PolicyDocument } = input;
                if (args.permissionsBoundary && args.permissionsBoundary !== olds.permissionsBoundary) {
                    await call(iam.PutRolePermissionsBoundaryCommand)(input);
                } else if (!args.permissionsBoundary && olds.permissionsBoundary) {
                    await call(iam.DeleteRolePermissionsBoundaryCommand)({ RoleName });
                }
                await call(iam.UpdateAssumeRolePolicyCommand)({ RoleName, PolicyDocument });
                await call(iam.UpdateRoleDescriptionCommand)(input);
            },
            async delete(key, _id, { forceDetachPolicies }) {
                if (forceDetachPolicies) await detachPolicies(key);
                await call(iam.DeleteRoleCommand)(key);
            },
        }),

        "aws:iam/rolePolicy:RolePolicy": resource<aws.iam.RolePolicyArgs>({
            replace: { name: memberAt("PolicyName"), role: memberAt("RoleName") },
            update: { policy: memberAt("PolicyDocument", encodedJson) },
            gone,
            id: ({ name, role }) => `${role}:${name}`,
            key: (id) => ({ RoleName: id.split(":", 1)[0], PolicyName: id.slice(id.indexOf(":") + 1) }),
            put: call(iam.PutRolePolicyCommand),
            get: call(iam.GetRolePolicyCommand),
            delete: call(iam.DeleteRolePolicyCommand),
        }),
    };
}

/** Managed policies. */
function policy(client: iam.IAMClient): AnyEntry {
    const call = createSender(client);
    /** Returns the ids of all versions except the default version, oldest first. */
    async function spareVersions(key: Properties): Promise<(string | undefined)[]> {
        const { Versions = [] } = await call(iam.ListPolicyVersionsCommand)(key);
        return Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion)
            .map(({ VersionId }) => VersionId)
            .sort((a, b) => Number(a?.slice(1)) - Number(b?.slice(1)));
    }
    async function get(key: Properties) {
        const { Policy } = await call(iam.GetPolicyCommand)(key);
        const of = { ...key, VersionId: Policy?.DefaultVersionId };
        const { PolicyVersion } = await call(iam.GetPolicyVersionCommand)(of);
        return { ...Policy, PolicyDocument: PolicyVersion?.Document };
    }
    return resource<aws.iam.PolicyArgs>({
        replace: { name: memberAt("PolicyName"), description: value },
        update: { policy: memberAt("PolicyDocument", encodedJson) },
        outputs: { arn: value },
        gone,
        tags: {
            member: "Tags",
            by: "id",
            form: tagList,
            add: (PolicyArn, Tags) => call(iam.TagPolicyCommand)({ PolicyArn, Tags }),
            remove: (PolicyArn, TagKeys) => call(iam.UntagPolicyCommand)({ PolicyArn, TagKeys }),
        },
        create: async (input) => (await call(iam.CreatePolicyCommand)(input)).Policy?.Arn,
        key: "PolicyArn",
        get,
        async put({ PolicyArn, PolicyDocument }) {
            // If only the tags changed, do not create a new policy version.
            const inForce = decodeURIComponent((await get({ PolicyArn })).PolicyDocument ?? "");
            if (sameJson(PolicyDocument, inForce) === PolicyDocument) return;
            const [oldest, ...others] = await spareVersions({ PolicyArn });
            if (others.length >= keptVersions - 2) {
                await call(iam.DeletePolicyVersionCommand)({ PolicyArn, VersionId: oldest });
            }
            await call(iam.CreatePolicyVersionCommand)({ PolicyArn, PolicyDocument, SetAsDefault: true });
        },
        async delete(key) {
            for (const VersionId of await spareVersions(key)) {
                await call(iam.DeletePolicyVersionCommand)({ ...key, VersionId });
            }
            await call(iam.DeletePolicyCommand)(key);
        },
    });
}

/** Returns the plugin's resource types for managed policy attachments and OpenID Connect providers. */
function attachments(client: iam.IAMClient): Record<string, AnyEntry> {
    const call = createSender(client);
    const attachedTo = (policies: { AttachedPolicies?: iam.AttachedPolicy[] | undefined }, key: Properties) =>
        policies.AttachedPolicies?.find(({ PolicyArn }) => PolicyArn === key.PolicyArn);
    return {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": resource<aws.iam.RolePolicyAttachmentArgs>({
            replace: { role: memberAt("RoleName"), policyArn: value },
            gone,
            id: ({ role, policyArn }) => `${role}-${policyArn}`,
            put: call(iam.AttachRolePolicyCommand),
            get: async (key) => attachedTo(await call(iam.ListAttachedRolePoliciesCommand)(key), key),
            delete: call(iam.DetachRolePolicyCommand),
        }),

        "aws:iam/userPolicyAttachment:UserPolicyAttachment": resource<aws.iam.UserPolicyAttachmentArgs>({
            replace: { user: memberAt("UserName"), policyArn: value },
            gone,
            id: ({ user, policyArn }) => `${user}-${policyArn}`,
            put: call(iam.AttachUserPolicyCommand),
            get: async (key) => attachedTo(await call(iam.ListAttachedUserPoliciesCommand)(key), key),
            delete: call(iam.DetachUserPolicyCommand),
        }),

        // MiniStack cannot update an OpenID Connect provider, so each change replaces it.
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider": resource<aws.iam.OpenIdConnectProviderArgs>({
            replace: {
                url: { from: (awsValue) => `https://${String(awsValue).replace(/^https:\/\//, "")}` },
                clientIdLists: memberAt("ClientIDList"),
                tags: memberAt("Tags", pairs("Key"), {}),
            },
            outputs: (arn) => ({ arn }),
            gone,
            create: async (input) =>
                (await call(iam.CreateOpenIDConnectProviderCommand)(input)).OpenIDConnectProviderArn,
            key: "OpenIDConnectProviderArn",
            get: call(iam.GetOpenIDConnectProviderCommand),
            delete: call(iam.DeleteOpenIDConnectProviderCommand),
        }),
    };
}
