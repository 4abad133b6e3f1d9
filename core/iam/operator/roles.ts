import { personalizeService, type Statement } from "policy-evaluator";
import { rolesOf } from "./functions.ts";
import {
    type Grant,
    grant,
    type OperatorScope,
    type PolicyKindOfOperator,
    policyArn,
    policyKinds,
    roleArn,
} from "./scope.ts";

/** Returns the grants for the program's roles. An operator can create roles only with the permissions boundary. */
export function roleGrants(scope: OperatorScope): readonly Grant[] {
    const service = "iam";
    const { partition, accountId } = scope;
    return [
        // `audit-leftovers` reads the tags of all roles, to find roles of deleted stacks; `diagnose-access` reads
        // any role.
        grant("read")(
            "ReadRoles",
            service,
            "GetPolicy GetPolicyVersion GetRole ListAttachedRolePolicies ListRolePolicies ListRoleTags",
            [`arn:${partition}:iam::${accountId}:role/*`, `arn:${partition}:iam::${accountId}:policy/*`],
        ),
        grant("operate")("PassRoleToPersonalize", service, "PassRole", [roleArn(scope)], {
            condition: { StringEquals: { "iam:PassedToService": personalizeService } },
        }),
        ...passes(scope),
        ...policyKinds.flatMap((policy) => roleLife(scope, policy)),
    ];
}

/** Returns one policy's grants to read or create roles. Roles can be created only with the permissions boundary. */
function roleLife(scope: OperatorScope, policy: PolicyKindOfOperator): Grant[] {
    const service = "iam";
    const looked = arnsWhere(scope, ({ read }) => read === policy);
    const deployedArns = arnsWhere(scope, ({ deploy }) => deploy === policy);
    const grants: Grant[] = [
        grant(policy)("ReadRolePolicies", service, "GetRolePolicy ListInstanceProfilesForRole", looked),
        grant(policy)("CreateRolesWithBoundary", service, "CreateRole PutRolePolicy", deployedArns, {
            condition: { StringEquals: { "iam:PermissionsBoundary": policyArn(scope, "boundary") } },
        }),
        grant(policy)(
            "ChangeRoles",
            service,
            "DeleteRole DeleteRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRoleDescription",
            deployedArns,
        ),
    ];
    return grants.filter(({ on }) => on.length > 0);
}

const arnsWhere = (scope: OperatorScope, isMeant: (role: (typeof rolesOf)[number]) => boolean) =>
    rolesOf.filter(isMeant).map(({ role }) => roleArn(scope, role));

/**
 * Returns the grants for iam:PassRole of all roles except Personalize's. A role can be passed only to the service that
 * assumes it.
 */
function passes(scope: OperatorScope): Grant[] {
    const others = rolesOf.filter(({ service }) => service !== personalizeService);
    const together = Map.groupBy(others, ({ service, deploy }) => `${deploy} ${service}`);
    return [...together.values()].flatMap((roles) =>
        roles.slice(0, 1).map(({ service, deploy }) =>
            grant(deploy)(
                `PassRoleTo${service.charAt(0).toUpperCase()}${service.slice(1, service.indexOf("."))}`,
                "iam",
                "PassRole",
                roles.map(({ role }) => roleArn(scope, role)),
                { condition: { StringEquals: { "iam:PassedToService": service } } },
            ),
        ),
    );
}

/**
 * Returns statements that prevent an operator from changing the operator's policies and the boundary, even if the
 * operator has other permissions. Only the administrator may change them.
 */
export function neverRaises(scope: OperatorScope, policy: PolicyKindOfOperator): Statement[] {
    const deployedArns = arnsWhere(scope, ({ deploy }) => deploy === policy);
    const bounded: Statement = {
        Sid: "DenyRemovingBoundary",
        Effect: "Deny",
        Action: ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
        Resource: deployedArns,
    };
    const unchanged: Statement = {
        Sid: "DenyOwnPolicies",
        Effect: "Deny",
        Action: [
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
        ],
        // Use the common prefix of the policies' names, because there are many policies. The Deny also applies to the
        // policies of other stacks whose names begin with this prefix.
        Resource: `${policyArn(scope, "deploy").replace(/deploy$/, "")}*`,
    };
    return [...(policy === "deploy" ? [unchanged] : []), ...(deployedArns.length > 0 ? [bounded] : [])];
}
