import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument, ServiceCaller } from "policy-evaluator";
import type { StackConfig } from "../../core/config/config.ts";
import { knownAfter } from "./known-after.ts";

/** The part of the configuration that concerns all roles. */
export type RoleConfig = Pick<StackConfig, "permissionsBoundary" | "tags">;

export interface ServiceRoleArgs {
    readonly roleName: string;
    readonly caller: Pick<ServiceCaller, "partition" | "accountId">;
    readonly description: string;
    readonly trust: PolicyDocument;
    readonly policy: pulumi.Input<PolicyDocument>;
    readonly config: RoleConfig;
}

/** Creates a role for one service with one policy. Its ARN resolves after the role has the policy. */
export function serviceRole(
    name: string,
    args: ServiceRoleArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const { roleName, caller, description } = args;
    const { permissionsBoundary, tags } = args.config;
    const role = new aws.iam.Role(
        name,
        {
            name: roleName,
            description,
            assumeRolePolicy: JSON.stringify(args.trust),
            tags,
            // A policy that a user attached, or that an interrupted `up` created without recording it, would keep AWS
            // from deleting the role.
            forceDetachPolicies: true,
            ...(permissionsBoundary && { permissionsBoundary }),
        },
        opts,
    );
    const policy = new aws.iam.RolePolicy(
        name,
        { name: "work", role: role.name, policy: pulumi.jsonStringify(args.policy) },
        opts,
    );
    return knownAfter(`arn:${caller.partition}:iam::${caller.accountId}:role/${roleName}`, role, policy);
}
