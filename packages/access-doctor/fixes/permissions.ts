import { authorize, isRoot, type PolicyDocument } from "policy-evaluator";
import { read } from "../links/policies.ts";
import { fetchedValue, type Snapshot } from "../snapshot.ts";
import type { Step } from "./steps.ts";

/** The IAM actions that the commands of fixes need, by the kind of resource on which they are simulated. */
export const writeActions = {
    onRole: ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
    onUser: ["iam:PutUserPolicy"],
    onPolicy: ["iam:CreatePolicyVersion"],
    onBucket: ["s3:PutBucketPolicy"],
    onKey: ["kms:PutKeyPolicy"],
} as const;

/**
 * Returns the action of a step if the caller has no permission for it; undefined if the action is allowed or was not
 * simulated.
 */
export function lackingFor({ needs: [action, on] }: Step, snapshot: Snapshot): string | undefined {
    const simulated = fetchedValue(snapshot.mayWrite);
    const results = (simulated ?? []).filter(({ action: each, resource }) => each === action && resource.endsWith(on));
    const allowed = results.length === 0 || results.some(({ decision }) => decision === "allowed");
    const key = Object.values(snapshot.kmsKeys)
        .map(fetchedValue)
        .find((each) => each?.arn === on);
    if (!key || simulated === undefined) return allowed ? undefined : action;
    // A KMS key's own policy must allow its administrator, directly or through the account.
    const { policies: resource } = read([{ name: "key policy", text: key.policy }], "resource");
    const identity = allowed || isRoot(snapshot.caller) ? [{ name: "the caller's policies", document: anything }] : [];
    const request = { caller: { arn: snapshot.caller }, action, resource: key.arn, context: {} };
    return authorize(request, { identity, resource }).decision === "allowed" ? undefined : action;
}

const anything: PolicyDocument = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
