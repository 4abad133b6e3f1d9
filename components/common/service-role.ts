import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument } from "policy-evaluator";

export interface ServiceRoleArgs {
    readonly roleName: string;
    readonly description: string;
    readonly trust: pulumi.Input<PolicyDocument>;
    readonly policyName: string;
    readonly policy: pulumi.Input<PolicyDocument>;
    readonly permissionsBoundary: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
}

/** A role for one service with one policy; resources that use the role must wait for the policy. */
export function serviceRole(name: string, args: ServiceRoleArgs, opts: pulumi.CustomResourceOptions) {
    const { roleName, description, permissionsBoundary, tags } = args;
    const role = new aws.iam.Role(
        name,
        {
            name: roleName,
            description,
            assumeRolePolicy: pulumi.jsonStringify(args.trust),
            tags,
            ...(permissionsBoundary && { permissionsBoundary }),
        },
        // A changed description would make the role's ARN unknown in a preview, and replace what uses it: import and training.
        { ...opts, ignoreChanges: ["description"] },
    );
    const policy = new aws.iam.RolePolicy(
        name,
        { name: args.policyName, role: role.name, policy: pulumi.jsonStringify(args.policy) },
        opts,
    );
    return { role, policy };
}
