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
    onObject: ["s3:PutObject"],
    onKey: ["kms:PutKeyPolicy"],
} as const;

const actionOf: Readonly<Record<string, string>> = {
    "iam put-role-policy": "iam:PutRolePolicy",
    "iam update-assume-role-policy": "iam:UpdateAssumeRolePolicy",
    "iam put-user-policy": "iam:PutUserPolicy",
    "iam create-policy-version": "iam:CreatePolicyVersion",
    "s3api put-bucket-policy": "s3:PutBucketPolicy",
    "kms put-key-policy": "kms:PutKeyPolicy",
    "run repair-file": "s3:PutObject",
};

/**
 * Returns the action of a step if the caller has no permission for it; undefined if the action is allowed or was not
 * simulated.
 */
export function lackingFor({ command }: Step, snapshot: Snapshot): string | undefined {
    const action = actionOf[command.slice(1, 3).join(" ")];
    const simulated = fetchedValue(snapshot.mayWrite);
    const optionValue = (option: string) => command[command.indexOf(option) + 1];
    const isOn = (resource: string) =>
        !command.includes("--role-name") || resource.endsWith(`/${optionValue("--role-name")}`);
    const results = (simulated ?? []).filter((each) => each.action === action && isOn(each.resource));
    const allowed = results.length === 0 || results.some(({ decision }) => decision === "allowed");
    const key = Object.values(snapshot.kmsKeys)
        .map(fetchedValue)
        .find((each) => each?.arn === optionValue("--key-id"));
    if (!key || simulated === undefined || action === undefined) return allowed ? undefined : action;
    // A KMS key's own policy must allow its administrator, directly or through the account.
    const { policies: resource } = read([{ name: "key policy", text: key.policy }], "resource");
    const identity = allowed || isRoot(snapshot.caller) ? [{ name: "the caller's policies", document: anything }] : [];
    const request = { caller: { arn: snapshot.caller }, action, resource: key.arn, context: {} };
    return authorize(request, { identity, resource }).decision === "allowed" ? undefined : action;
}

const anything: PolicyDocument = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
