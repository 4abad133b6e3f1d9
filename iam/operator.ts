import type { PolicyDocument } from "./document.ts";
import { observingGrants, observingNeededOnAws } from "./operator/observing.ts";
import { personalizeGrants } from "./operator/personalize.ts";
import { neverRaises, roleGrants, roleNeededOnAws } from "./operator/roles.ts";
import { type Grant, type OperatorScope, type PolicyKindOfOperator, statementOf } from "./operator/scope.ts";
import { storageGrants, storageNeededOnAws } from "./operator/storage.ts";

export { type OperatorScope, type PolicyKindOfOperator, policyArn, policyKinds, policyName } from "./operator/scope.ts";

/** Everything that an operator may do. */
export function operatorGrants(scope: OperatorScope): readonly Grant[] {
    return [personalizeGrants, storageGrants, roleGrants, observingGrants].flatMap((grants) => grants(scope));
}

/** One of the managed policies of the operator of a stack; `operate` is given with `read`, `deploy` with both. */
export function operatorPolicy(
    scope: OperatorScope,
    kind: PolicyKindOfOperator,
    grants: readonly Grant[] = operatorGrants(scope),
): PolicyDocument {
    const own = grants.filter(({ policy }) => policy === kind).map(statementOf);
    return { Version: "2012-10-17", Statement: kind === "deploy" ? [...own, ...neverRaises(scope)] : own };
}

/**
 * The permissions boundary of the roles that the program makes: whatever an operator writes into them, they reach the
 * stack's own data and nothing else.
 */
export function rolesBoundary({ partition, bucketName, kmsKeyArn }: OperatorScope): PolicyDocument {
    const bucket = `arn:${partition}:s3:::${bucketName}`;
    return {
        Version: "2012-10-17",
        Statement: [
            { Sid: "ListsData", Effect: "Allow", Action: "s3:ListBucket", Resource: bucket },
            {
                Sid: "ReadsAndWritesData",
                Effect: "Allow",
                Action: ["s3:GetObject", "s3:PutObject"],
                Resource: `${bucket}/*`,
            },
            ...(kmsKeyArn === undefined
                ? []
                : [
                      {
                          Sid: "UsesKey",
                          Effect: "Allow" as const,
                          Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants"],
                          Resource: kmsKeyArn,
                      },
                  ]),
        ],
    };
}

/** Actions that the local AWS never asks for, each with the page that demands it on AWS. */
export const neededOnAws = [...storageNeededOnAws, ...roleNeededOnAws, ...observingNeededOnAws];
