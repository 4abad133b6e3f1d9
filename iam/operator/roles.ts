import type { Statement } from "../document.ts";
import { personalizeService } from "../import-access.ts";
import { type Grant, type NeededOnAws, type OperatorScope, policyArn, policyKinds, roleArn } from "./scope.ts";

/** What an operator does with the roles of the program, which he can make within the boundary only. */
export function roleGrants(scope: OperatorScope): readonly Grant[] {
    const service = "iam";
    const role = roleArn(scope);
    const { partition, accountId } = scope;
    return [
        {
            policy: "read",
            sid: "RoleLooks",
            service,
            actions: ["GetRolePolicy", "ListInstanceProfilesForRole"],
            on: [role],
        },
        {
            policy: "read",
            sid: "PoliciesLooks",
            service,
            actions: [
                "GetPolicy",
                "GetPolicyVersion",
                "GetRole",
                "ListAttachedRolePolicies",
                "ListEntitiesForPolicy",
                "ListPolicyVersions",
                "ListRolePolicies",
                "ListRoleTags",
            ],
            // audit-leftovers reads the tags of all, to find those of stacks that are gone; diagnose-access any role.
            on: [`arn:${partition}:iam::${accountId}:role/*`, `arn:${partition}:iam::${accountId}:policy/*`],
        },
        {
            policy: "read",
            sid: "Simulates",
            service,
            actions: ["SimulatePrincipalPolicy"],
            // Of the role that imports, and of whoever asks: a user himself, or the role of his session.
            on: [
                `arn:${partition}:iam::${accountId}:role/*`,
                `arn:${partition}:iam::${accountId}:user/\${aws:username}`,
            ],
        },
        {
            policy: "operate",
            sid: "PassesRoleToPersonalize",
            service,
            actions: ["PassRole"],
            on: [role],
            condition: { StringEquals: { "iam:PassedToService": personalizeService } },
        },
        {
            policy: "deploy",
            sid: "RoleMakesWithinBoundary",
            service,
            actions: ["CreateRole", "PutRolePolicy"],
            on: [role],
            condition: { StringEquals: { "iam:PermissionsBoundary": policyArn(scope, "boundary") } },
        },
        {
            policy: "deploy",
            sid: "RoleChanges",
            service,
            actions: [
                "DeleteRole",
                "DeleteRolePolicy",
                "TagRole",
                "UntagRole",
                "UpdateAssumeRolePolicy",
                "UpdateRoleDescription",
            ],
            on: [role],
        },
    ];
}

/**
 * Holds even for an operator to whom somebody gives more: the policies that make him one, and the boundary, are the
 * administrator's.
 */
export function neverRaises(scope: OperatorScope): Statement[] {
    return [
        {
            Sid: "NeverChangesItsOwnPolicies",
            Effect: "Deny",
            Action: [
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            Resource: [...policyKinds, "boundary" as const].map((kind) => policyArn(scope, kind)),
        },
        {
            Sid: "NeverLeavesBoundary",
            Effect: "Deny",
            Action: ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
            Resource: roleArn(scope),
        },
    ];
}

export const roleNeededOnAws: readonly NeededOnAws[] = [
    {
        action: "iam:ListInstanceProfilesForRole",
        page: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/iam/role.go",
    },
];
