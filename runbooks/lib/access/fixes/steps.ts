import { type Import, isRoot, type PolicyDocument, parseArn, sessionOf, sizeLimits } from "policy-evaluator";
import { shell } from "../../audit/inventory/thing.ts";
import { known, type PolicyText, type RoleFacts, type Simulated, type Snapshot } from "../snapshot.ts";

/** Policies that a step writes; each kind has its own callers and actions. */
export type Written = "trust" | "role" | "boundary" | "bucket" | "key" | "caller";

/** One command of a fix. It adds; it never replaces anything that it does not keep. */
export interface Step {
    /** Words of an AWS CLI command. */
    readonly command: readonly string[];
    /** Ends the command, as its last word. */
    readonly document?: PolicyDocument;
    /** The document before, for the review; undefined if there was none. */
    readonly before?: PolicyDocument | undefined;
    readonly written?: Written;
    /** Words of the command that undoes the step; `old` ends it, if given. */
    readonly undo?: { readonly command: readonly string[]; readonly old?: PolicyDocument | undefined };
    /** The snapshot after the step. */
    applied(snapshot: Snapshot): Snapshot;
}

const line = (command: readonly string[], document: PolicyDocument | undefined) =>
    shell(...command, ...(document ? [JSON.stringify(document)] : []));

/** The step as a person types it. */
export const commandOf = ({ command, document }: Pick<Step, "command" | "document">): string => line(command, document);

/** The command that undoes a step; undefined if there is nothing to undo. */
export const undoOf = ({ undo }: Step): string | undefined => undo && line(undo.command, undo.old);

/** Name of the import's role, without its path. */
export const roleNameOf = ({ roleArn }: Pick<Import, "roleArn">) => roleArn.split("/").at(-1) ?? "";

const pathOf = (roleArn: string) => {
    const between = (parseArn(roleArn)?.resource ?? "").split("/").slice(1, -1);
    return between.length > 0 ? ["--path", `/${between.join("/")}/`] : [];
};

/** Key policies may have 32 KB (KMS Developer Guide, "Quotas"). */
const largest: Readonly<Record<Written, number>> = {
    trust: sizeLimits.trustPolicy,
    role: sizeLimits.roleInlinePolicies,
    caller: sizeLimits.userInlinePolicies,
    boundary: sizeLimits.managedPolicy,
    bucket: sizeLimits.bucketPolicy,
    key: 32_768,
};

/** Why AWS would refuse the step's document; undefined if it takes it. */
export function refusal({ document, written }: Step): string | undefined {
    if (!document || !written) return undefined;
    const characters = JSON.stringify(document).replace(/\s+/g, "").length;
    return characters > largest[written]
        ? `the document would have ${characters} characters, and AWS takes ${largest[written]}`
        : undefined;
}

/** The simulator has not seen the new documents: only they decide. */
export const notSimulated = { unread: "not simulated after the fix" };

const unpassed = ({ roleArn }: Import): Simulated => ({
    action: "iam:PassRole",
    resource: roleArn,
    decision: "implicitDeny",
    matched: [],
    missing: [],
});

const withRole = (snapshot: Snapshot, change: (role: RoleFacts) => RoleFacts): Snapshot => {
    const role = known(snapshot.role);
    return role ? { ...snapshot, role: { is: change(role) }, simulated: notSimulated } : snapshot;
};

/** Creates the import's role, with its path and the boundary of the role before. */
export function createRole(of: Import, trust: PolicyDocument, boundary: PolicyText | undefined): Step {
    const name = ["--role-name", roleNameOf(of)];
    const limit = boundary?.arn === undefined ? [] : ["--permissions-boundary", boundary.arn];
    return {
        command: [
            "aws",
            "iam",
            "create-role",
            ...name,
            ...pathOf(of.roleArn),
            ...limit,
            "--assume-role-policy-document",
        ],
        document: trust,
        written: "trust",
        undo: { command: ["aws", "iam", "delete-role", ...name] },
        applied: (snapshot) => ({
            ...snapshot,
            roleArn: of.roleArn,
            role: { is: { arn: of.roleArn, id: "", trust: JSON.stringify(trust), boundary, policies: [] } },
            simulated: notSimulated,
            ...(snapshot.roleArn !== of.roleArn && !isRoot(snapshot.caller) && { passRole: { is: [unpassed(of)] } }),
        }),
    };
}

/** Replaces the role's trust policy. */
export function putTrust(of: Import, before: PolicyDocument | undefined, document: PolicyDocument): Step {
    const command = ["aws", "iam", "update-assume-role-policy", "--role-name", roleNameOf(of), "--policy-document"];
    return {
        command,
        document,
        before,
        written: "trust",
        ...(before && { undo: { command, old: before } }),
        applied: (snapshot) => withRole(snapshot, (role) => ({ ...role, trust: JSON.stringify(document) })),
    };
}

/** Writes an inline policy of the role; `before` is the document that it replaces. */
export function putRolePolicy(
    of: Import,
    name: string,
    before: PolicyDocument | undefined,
    document: PolicyDocument,
): Step {
    const names = ["--role-name", roleNameOf(of), "--policy-name", name];
    const command = ["aws", "iam", "put-role-policy", ...names, "--policy-document"];
    return {
        command,
        document,
        before,
        written: "role",
        undo: before ? { command, old: before } : { command: ["aws", "iam", "delete-role-policy", ...names] },
        applied: (snapshot) =>
            withRole(snapshot, (role) => ({
                ...role,
                policies: [
                    ...role.policies.filter((each) => each.name !== name || each.arn !== undefined),
                    { name, text: JSON.stringify(document) },
                ],
            })),
    };
}

/** Makes a new default version of the permissions boundary. The undo returns to the version before. */
export function putBoundary(boundary: PolicyText, before: PolicyDocument, document: PolicyDocument): Step {
    const arn = ["--policy-arn", boundary.arn ?? ""];
    return {
        command: ["aws", "iam", "create-policy-version", ...arn, "--set-as-default", "--policy-document"],
        document,
        before,
        written: "boundary",
        ...(boundary.versionId !== undefined && {
            undo: { command: ["aws", "iam", "set-default-policy-version", ...arn, "--version-id", boundary.versionId] },
        }),
        applied: (snapshot) =>
            withRole(snapshot, (role) => ({ ...role, boundary: { ...boundary, text: JSON.stringify(document) } })),
    };
}

/** Writes the bucket policy; `before` is the document that it replaces. */
export function putBucketPolicy(bucket: string, before: PolicyDocument | undefined, document: PolicyDocument): Step {
    const command = ["aws", "s3api", "put-bucket-policy", "--bucket", bucket, "--policy"];
    return {
        command,
        document,
        before,
        written: "bucket",
        undo: before
            ? { command, old: before }
            : { command: ["aws", "s3api", "delete-bucket-policy", "--bucket", bucket] },
        applied: (snapshot) => ({ ...snapshot, bucketPolicy: { is: JSON.stringify(document) } }),
    };
}

/** Replaces the policy of a KMS key; `before` is the document that it replaces. */
export function putKeyPolicy(
    region: string,
    arn: string,
    before: PolicyDocument | undefined,
    document: PolicyDocument,
): Step {
    const key = ["--region", region, "--key-id", arn, "--policy-name", "default", "--policy"];
    const command = ["aws", "kms", "put-key-policy", ...key];
    return {
        command,
        document,
        before,
        written: "key",
        ...(before && { undo: { command, old: before } }),
        applied: (snapshot) => withKey(snapshot, arn, { policy: JSON.stringify(document) }),
    };
}

function withKey(snapshot: Snapshot, arn: string, change: { policy?: string; state?: string }): Snapshot {
    const kmsKeys = Object.entries(snapshot.kmsKeys).map(([id, fetched]) => {
        const key = known(fetched);
        return [id, key?.arn === arn ? { is: { ...key, ...change } } : fetched] as const;
    });
    return { ...snapshot, kmsKeys: Object.fromEntries(kmsKeys) };
}

/** Enables a key, after its deletion is cancelled if one is scheduled. */
export function enableKey(region: string, arn: string, scheduled: boolean): Step[] {
    const key = ["--region", region, "--key-id", arn];
    const cancel: Step = { command: ["aws", "kms", "cancel-key-deletion", ...key], applied: (snapshot) => snapshot };
    const enable: Step = {
        command: ["aws", "kms", "enable-key", ...key],
        undo: { command: ["aws", "kms", "disable-key", ...key] },
        applied: (snapshot) => withKey(snapshot, arn, { state: "Enabled" }),
    };
    return scheduled ? [cancel, enable] : [enable];
}

/** The user or role whose policies the caller has. Undefined for a role that AWS manages. */
export function entityOfCaller(caller: string): { kind: "user" | "role"; name: string } | undefined {
    const [kind, ...path] = parseArn(caller)?.resource.split("/") ?? [];
    const name = kind === "assumed-role" ? (sessionOf(caller)?.roleName ?? "") : (path.at(-1) ?? "");
    // IAM Identity Center owns these roles: only a permission set changes them.
    if (name === "" || name.startsWith("AWSReservedSSO_")) return undefined;
    return kind === "user"
        ? { kind, name }
        : kind === "role" || kind === "assumed-role"
          ? { kind: "role", name }
          : undefined;
}

/** Adds an inline policy to the caller's user or role. */
export function putCallerPolicy(
    { kind, name }: { kind: "user" | "role"; name: string },
    policyName: string,
    document: PolicyDocument,
): Step {
    const names = [`--${kind}-name`, name, "--policy-name", policyName];
    return {
        command: ["aws", "iam", `put-${kind}-policy`, ...names, "--policy-document"],
        document,
        written: "caller",
        undo: { command: ["aws", "iam", `delete-${kind}-policy`, ...names] },
        applied: (snapshot) => ({ ...snapshot, passRole: { is: [] } }),
    };
}
