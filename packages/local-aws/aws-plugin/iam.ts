import {
    CreateRoleCommand,
    DeleteRoleCommand,
    DeleteRolePermissionsBoundaryCommand,
    DeleteRolePolicyCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    type IAMClient,
    PutRolePermissionsBoundaryCommand,
    PutRolePolicyCommand,
    TagRoleCommand,
    UntagRoleCommand,
    UpdateAssumeRolePolicyCommand,
    UpdateRoleDescriptionCommand,
} from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    entry,
    goneKeys,
    named,
    type Properties,
    plainTags,
    sameJson,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = "NoSuchEntityException";

/** Roles and their inline policies. */
export function iamEntries(iam: IAMClient): Record<string, AnyEntry> {
    const inlineOf = (id: string) => ({ RoleName: id.split(":", 1)[0], PolicyName: id.slice(id.indexOf(":") + 1) });
    return {
        "aws:iam/role:Role": entry<aws.iam.RoleArgs>({
            properties: {
                name: "replace",
                description: "update",
                assumeRolePolicy: "update",
                permissionsBoundary: "update",
                tags: "update",
            },
            async create({ name, description, assumeRolePolicy, permissionsBoundary, tags }) {
                const RoleName = named(name, "name");
                const role = {
                    RoleName,
                    Description: description,
                    AssumeRolePolicyDocument: assumeRolePolicy as string,
                    PermissionsBoundary: permissionsBoundary,
                    Tags: tagList(tags),
                };
                await iam.send(new CreateRoleCommand(role));
                return RoleName;
            },
            async computed(RoleName) {
                const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
                return { arn: Role?.Arn, uniqueId: Role?.RoleId };
            },
            async read(RoleName, state) {
                const role = (await unlessGone(iam.send(new GetRoleCommand({ RoleName })), gone))?.Role;
                const trust = decodeURIComponent(role?.AssumeRolePolicyDocument ?? "");
                return (
                    role &&
                    withoutDefaults(
                        {
                            name: role.RoleName,
                            arn: role.Arn,
                            description: role.Description,
                            assumeRolePolicy: sameJson(state.assumeRolePolicy, trust),
                            permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
                            tags: plainTags(role.Tags),
                        },
                        state as Properties,
                        { description: "", tags: {} },
                    )
                );
            },
            async update(RoleName, { description, assumeRolePolicy, permissionsBoundary, tags }, olds) {
                if (permissionsBoundary && permissionsBoundary !== olds.permissionsBoundary) {
                    const PermissionsBoundary = permissionsBoundary;
                    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
                } else if (!permissionsBoundary && olds.permissionsBoundary) {
                    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
                }
                await iam.send(
                    new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: assumeRolePolicy as string }),
                );
                await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: description ?? "" }));
                const TagKeys = goneKeys(olds.tags, tags);
                if (TagKeys.length > 0) {
                    await iam.send(new UntagRoleCommand({ RoleName, TagKeys }));
                }
                await iam.send(new TagRoleCommand({ RoleName, Tags: tagList(tags) }));
            },
            async delete(RoleName) {
                await unlessGone(iam.send(new DeleteRoleCommand({ RoleName })), gone);
            },
        }),

        "aws:iam/rolePolicy:RolePolicy": entry<aws.iam.RolePolicyArgs>({
            properties: { name: "replace", role: "replace", policy: "update" },
            async create(args) {
                const id = `${args.role}:${named(args.name, "name")}`;
                await this.update(id, args, args);
                return id;
            },
            async read(id, { policy }) {
                const found = await unlessGone(iam.send(new GetRolePolicyCommand(inlineOf(id))), gone);
                return found && { policy: sameJson(policy, decodeURIComponent(found.PolicyDocument ?? "")) };
            },
            async update(id, { policy }) {
                await iam.send(new PutRolePolicyCommand({ ...inlineOf(id), PolicyDocument: policy as string }));
            },
            async delete(id) {
                await unlessGone(iam.send(new DeleteRolePolicyCommand(inlineOf(id))), gone);
            },
        }),
    };
}
