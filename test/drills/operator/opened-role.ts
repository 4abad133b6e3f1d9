import { authorize } from "policy-evaluator";
import { storefrontBucketNameFor } from "../../../config/names.ts";
import { apiTableArn } from "../../../iam/api-access.ts";
import { roleArn } from "../../../iam/operator/scope.ts";
import { type OperatorScope, rolesBoundary } from "../../../iam/operator.ts";
import { region } from "../../support/local-aws.ts";
import type { Attack } from "./attacks.ts";

/**
 * What the API's function reaches when the operator writes everything into its role, which he may. Only Lambda can be that
 * role, so the documents are judged, by the evaluator.
 */
export function openedRoleAttacks(scope: OperatorScope, otherTable: string): Attack[] {
    const { partition, accountId, names } = scope;
    const everything = {
        Version: "2012-10-17" as const,
        Statement: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }],
    };
    const policies = {
        identity: [{ name: "opened", document: everything }],
        boundary: [{ name: "boundary", document: rolesBoundary(scope) }],
    };
    const caller = { arn: `arn:${partition}:sts::${accountId}:assumed-role/${names.apiRole}/function` };
    const reaches = (what: string, action: string, resource: string): Attack => ({
        name: `the API's role, with everything written into it, ${what}`,
        async attempt() {
            const request = { caller, action, resource, context: { "aws:RequestedRegion": region } };
            const { decision } = authorize(request, policies, accountId);
            return decision === "allowed" ? undefined : decision;
        },
    });
    const table = apiTableArn({ ...scope, names: { ...names, api: otherTable } });
    const page = storefrontBucketNameFor(scope.bucketName);
    return [
        reaches("reads another stack's table", "dynamodb:GetItem", table),
        reaches("deletes its table", "dynamodb:DeleteTable", apiTableArn(scope)),
        reaches("writes into the page's bucket", "s3:PutObject", `arn:${partition}:s3:::${page}/index.html`),
        reaches("passes a role", "iam:PassRole", roleArn(scope)),
    ];
}
