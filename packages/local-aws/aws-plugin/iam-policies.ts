import {
    AttachRolePolicyCommand,
    AttachUserPolicyCommand,
    CreatePolicyCommand,
    CreatePolicyVersionCommand,
    DeletePolicyCommand,
    DeletePolicyVersionCommand,
    DetachRolePolicyCommand,
    DetachUserPolicyCommand,
    GetPolicyCommand,
    GetPolicyVersionCommand,
    type IAMClient,
    ListAttachedRolePoliciesCommand,
    ListAttachedUserPoliciesCommand,
    ListPolicyVersionsCommand,
    TagPolicyCommand,
    UntagPolicyCommand,
} from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, goneKeys, named, plainTags, sameJson, tagList } from "./entry.ts";

const gone = "NoSuchEntityException";
/** Limit of versions of a managed policy (IAM User Guide, "Versioning IAM policies"). */
const keptVersions = 5;

/** Managed policies and their attachments. */
export function policyEntries(iam: IAMClient): Record<string, AnyEntry> {
    /** The versions that are not in force, oldest first. */
    async function spareVersions(PolicyArn: string): Promise<string[]> {
        const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
        return Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion)
            .map(({ VersionId = "" }) => VersionId)
            .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    }
    async function textInForce(PolicyArn: string, VersionId: string | undefined): Promise<string> {
        const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
        return decodeURIComponent(PolicyVersion?.Document ?? "");
    }
    const forget = (PolicyArn: string, VersionId: string) =>
        iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));

    return {
        "aws:iam/policy:Policy": entry<aws.iam.PolicyArgs>({
            properties: { name: "replace", description: "replace", policy: "update", tags: "update" },
            async create({ name, description, policy, tags }) {
                const PolicyName = named(name, "name");
                const PolicyDocument = policy as string;
                const { Policy } = await iam.send(
                    new CreatePolicyCommand({
                        PolicyName,
                        PolicyDocument,
                        Description: description,
                        Tags: tagList(tags),
                    }),
                );
                return Policy?.Arn ?? "";
            },
            async computed(PolicyArn) {
                const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
                return { arn: PolicyArn, policyId: Policy?.PolicyId };
            },
            async read(PolicyArn, { policy }) {
                const found = (await unlessGone(iam.send(new GetPolicyCommand({ PolicyArn })), gone))?.Policy;
                if (!found) {
                    return undefined;
                }
                return {
                    name: found.PolicyName,
                    arn: found.Arn,
                    description: found.Description,
                    policy: sameJson(policy, await textInForce(PolicyArn, found.DefaultVersionId)),
                    tags: plainTags(found.Tags),
                };
            },
            async update(PolicyArn, { policy, tags }, olds) {
                const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
                // A change of tags alone creates no version.
                if (sameJson(policy, await textInForce(PolicyArn, Policy?.DefaultVersionId)) !== policy) {
                    const spare = await spareVersions(PolicyArn);
                    if (spare.length >= keptVersions - 1) {
                        await forget(PolicyArn, spare[0] ?? "");
                    }
                    const PolicyDocument = policy as string;
                    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
                }
                const TagKeys = goneKeys(olds.tags, tags);
                if (TagKeys.length > 0) {
                    await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys }));
                }
                await iam.send(new TagPolicyCommand({ PolicyArn, Tags: tagList(tags) }));
            },
            async delete(PolicyArn) {
                if (!(await unlessGone(iam.send(new GetPolicyCommand({ PolicyArn })), gone))) {
                    return;
                }
                for (const version of await spareVersions(PolicyArn)) {
                    await forget(PolicyArn, version);
                }
                await unlessGone(iam.send(new DeletePolicyCommand({ PolicyArn })), gone);
            },
        }),

        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": entry<aws.iam.RolePolicyAttachmentArgs>({
            properties: { role: "replace", policyArn: "replace" },
            async create({ role, policyArn }) {
                const RoleName = role as string;
                await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: policyArn }));
                return `${RoleName}-${policyArn}`;
            },
            async read(_id, { role, policyArn }) {
                const command = new ListAttachedRolePoliciesCommand({ RoleName: role as string });
                const found = await unlessGone(iam.send(command), gone);
                const attached = found?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn);
                return attached ? { role, policyArn } : undefined;
            },
            async update() {},
            async delete(_id, { role, policyArn }) {
                const command = new DetachRolePolicyCommand({ RoleName: role as string, PolicyArn: policyArn });
                await unlessGone(iam.send(command), gone);
            },
        }),

        "aws:iam/userPolicyAttachment:UserPolicyAttachment": entry<aws.iam.UserPolicyAttachmentArgs>({
            properties: { user: "replace", policyArn: "replace" },
            async create({ user, policyArn }) {
                const UserName = user as string;
                await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: policyArn }));
                return `${UserName}-${policyArn}`;
            },
            async read(_id, { user, policyArn }) {
                const command = new ListAttachedUserPoliciesCommand({ UserName: user as string });
                const found = await unlessGone(iam.send(command), gone);
                const attached = found?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn);
                return attached ? { user, policyArn } : undefined;
            },
            async update() {},
            async delete(_id, { user, policyArn }) {
                const command = new DetachUserPolicyCommand({ UserName: user as string, PolicyArn: policyArn });
                await unlessGone(iam.send(command), gone);
            },
        }),
    };
}
