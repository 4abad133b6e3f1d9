import { personalizeService, type Statement } from "policy-evaluator";
import {
    type Grant,
    type NeededOnAws,
    type OperatorScope,
    type PolicyKindOfOperator,
    policyArn,
    policyKinds,
    roleArn,
    rolesOf,
} from "./scope.ts";

/** What an operator does with the roles of the program, which he can make within the boundary only. */
export function roleGrants(scope: OperatorScope): readonly Grant[] {
    const service = "iam";
    const { partition, accountId } = scope;
    return [
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
            on: [roleArn(scope)],
            condition: { StringEquals: { "iam:PassedToService": personalizeService } },
        },
        ...passes(scope),
        ...policyKinds.flatMap((policy) => roleLife(scope, policy)),
    ];
}

/** What a policy allows of the roles that are looked at, or made, by it; they are made within the boundary only. */
function roleLife(scope: OperatorScope, policy: PolicyKindOfOperator): Grant[] {
    const service = "iam";
    const looked = arnsWhere(scope, ({ read }) => read === policy);
    const made = arnsWhere(scope, ({ deploy }) => deploy === policy);
    const grants: Grant[] = [
        {
            policy,
            sid: "RoleLooks",
            service,
            actions: ["GetRolePolicy", "ListInstanceProfilesForRole"],
            on: looked,
        },
        {
            policy,
            sid: "RoleMakesWithinBoundary",
            service,
            actions: ["CreateRole", "PutRolePolicy"],
            on: made,
            condition: { StringEquals: { "iam:PermissionsBoundary": policyArn(scope, "boundary") } },
        },
        {
            policy,
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
            on: made,
        },
    ];
    return grants.filter(({ on }) => on.length > 0);
}

const arnsWhere = (scope: OperatorScope, isMeant: (role: (typeof rolesOf)[number]) => boolean) =>
    rolesOf.filter(isMeant).map(({ role }) => roleArn(scope, role));

/** Each of the other roles to the one service that is to assume it. */
function passes(scope: OperatorScope): Grant[] {
    const others = rolesOf.filter(({ service }) => service !== personalizeService);
    const together = Map.groupBy(others, ({ service, deploy }) => `${deploy} ${service}`);
    return [...together.values()].flatMap((roles) =>
        roles.slice(0, 1).map(({ service, deploy }) => ({
            policy: deploy,
            sid: `PassesRoleTo${service.charAt(0).toUpperCase()}${service.slice(1, service.indexOf("."))}`,
            service: "iam",
            actions: ["PassRole"],
            on: roles.map(({ role }) => roleArn(scope, role)),
            condition: { StringEquals: { "iam:PassedToService": service } },
        })),
    );
}

/**
 * Holds even for an operator to whom somebody gives more: the policies that make him one, and the boundary, are the
 * administrator's.
 */
export function neverRaises(scope: OperatorScope, policy: PolicyKindOfOperator): Statement[] {
    const made = arnsWhere(scope, ({ deploy }) => deploy === policy);
    const bounded: Statement = {
        Sid: "NeverLeavesBoundary",
        Effect: "Deny",
        Action: ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
        Resource: made,
    };
    const unchanged: Statement = {
        Sid: "NeverChangesItsOwnPolicies",
        Effect: "Deny",
        Action: [
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
        ],
        // By their beginning, for there are many; policies of another stack that begin so are as little his to change.
        Resource: `${policyArn(scope, "deploy").replace(/deploy$/, "")}*`,
    };
    return [...(policy === "deploy" ? [unchanged] : []), ...(made.length > 0 ? [bounded] : [])];
}

export const roleNeededOnAws: readonly NeededOnAws[] = [
    {
        action: "iam:ListInstanceProfilesForRole",
        page: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/iam/role.go",
    },
];
