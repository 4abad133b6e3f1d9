import { authorize, type Import, isRoot, type PolicyDocument } from "policy-evaluator";
import { read } from "../links/policies.ts";
import { known, type Snapshot } from "../snapshot.ts";
import type { Step } from "./steps.ts";

/** Actions of the fixes' commands, by the resource on which they are asked. */
export const writeActions = {
    onRole: ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:CreateRole"],
    onUser: ["iam:PutUserPolicy"],
    onPolicy: ["iam:CreatePolicyVersion"],
    onBucket: ["s3:PutBucketPolicy", "s3:CreateBucket", "s3:PutBucketPublicAccessBlock"],
    onObject: ["s3:PutObject", "s3:RestoreObject"],
    onKey: ["kms:PutKeyPolicy", "kms:EnableKey", "kms:CancelKeyDeletion"],
} as const;

const actionOf: Readonly<Record<string, string>> = {
    "iam put-role-policy": "iam:PutRolePolicy",
    "iam update-assume-role-policy": "iam:UpdateAssumeRolePolicy",
    "iam create-role": "iam:CreateRole",
    "iam put-user-policy": "iam:PutUserPolicy",
    "iam create-policy-version": "iam:CreatePolicyVersion",
    "s3api put-bucket-policy": "s3:PutBucketPolicy",
    "s3api create-bucket": "s3:CreateBucket",
    "s3api put-public-access-block": "s3:PutBucketPublicAccessBlock",
    "s3api restore-object": "s3:RestoreObject",
    "s3 cp": "s3:PutObject",
    "kms put-key-policy": "kms:PutKeyPolicy",
    "kms enable-key": "kms:EnableKey",
    "kms cancel-key-deletion": "kms:CancelKeyDeletion",
    "run repair-file": "s3:PutObject",
};

/** The action of a step that the caller may not do. Undefined: allowed, or not simulated. */
export function lackingFor(step: Step, of: Import, snapshot: Snapshot): string | undefined {
    const action = actionOf[step.command.slice(1, 3).join(" ")];
    const { caller } = snapshot;
    const simulated = known(snapshot.mayWrite) ?? [];
    const asked = simulated.filter((each) => each.action === action && isOn(each.resource, step, of));
    const allowed = asked.length === 0 || asked.some(({ decision }) => decision === "allowed");
    if (action?.startsWith("kms:") && known(snapshot.mayWrite) !== undefined) {
        return keyAllows(step, action, snapshot, allowed || isRoot(caller)) ? undefined : action;
    }
    return allowed ? undefined : action;
}

/** A role that a fix makes is judged by the simulation for the present one. */
function isOn(resource: string, { command }: Step, { roleArn }: Import): boolean {
    const name = command[command.indexOf("--role-name") + 1];
    return !command.includes("--role-name") || resource.endsWith(`/${name}`) || name === roleArn.split("/").at(-1);
}

const anything: PolicyDocument = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

/** A key's own policy must let its administrator in, directly or through the account. */
function keyAllows({ command }: Step, action: string, snapshot: Snapshot, byIdentity: boolean): boolean {
    const arn = command[command.indexOf("--key-id") + 1];
    const key = Object.values(snapshot.kmsKeys)
        .map(known)
        .find((each) => each?.arn === arn);
    if (!key) return true;
    const { policies: resource } = read([{ name: "key policy", text: key.policy }], "resource");
    const identity = byIdentity ? [{ name: "the caller's policies", document: anything }] : [];
    const request = { caller: { arn: snapshot.caller }, action, resource: key.arn, context: {} };
    return authorize(request, { identity, resource }).decision === "allowed";
}
