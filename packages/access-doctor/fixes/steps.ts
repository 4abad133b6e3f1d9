import {
    type Import,
    isRoot,
    type PolicyDocument,
    parseArn,
    parseSessionArn,
    type Statement,
    sizeLimits,
    toList,
} from "policy-evaluator";
import { shell } from "terminal-text";
import { fetchedValue, type PolicyText, type RoleFacts, type Snapshot } from "../snapshot.ts";

/** How to undo a step. */
interface Undo {
    /** Words of the undo command. If the field `old` has a document, the document is the command's last argument. */
    readonly command: readonly string[];
    readonly old?: PolicyDocument | undefined;
    /** Words of a second undo command. Its last argument is the ID that the step's command printed. */
    readonly removesCreated?: readonly string[];
}

/**
 * One command of a fix. It only adds statements or files. If it overwrites a document, `undo` contains the previous
 * one.
 */
export interface Step {
    /** Words of the command, without the document. */
    readonly command: readonly string[];
    /** The document that is the command's last argument. */
    readonly document?: PolicyDocument;
    /** Maximum length of the document in characters, without white space. */
    readonly limit?: number;
    /** Statements that the document has and the previous one did not. */
    readonly adds?: readonly Statement[];
    readonly undo?: Undo;
    /** Returns the snapshot as it will be after the step. */
    applied(snapshot: Snapshot): Snapshot;
}

/** The fix of one resource: either `steps`, or `ask`, a request that begins with the person to ask. */
export interface Repair {
    readonly steps?: readonly Step[];
    readonly ask?: string;
    /** The caller's own command that restores the resource, if the caller owns it. */
    readonly program?: string | undefined;
    /** Location or role for the next import, if they change. */
    readonly location?: string;
    readonly roleArn?: string;
    /** Returns the snapshot with the new location or role. */
    readonly moved?: (snapshot: Snapshot) => Snapshot;
}

export const bucketArnOf = ({ partition, bucket }: Pick<Import, "partition" | "bucket">) =>
    `arn:${partition}:s3:::${bucket}`;

const line = (command: readonly string[], document: PolicyDocument | undefined) =>
    shell(...command, ...(document ? [JSON.stringify(document)] : []));

/** Formats the step as a shell command. */
export const formatCommand = ({ command, document }: Pick<Step, "command" | "document">): string =>
    line(command, document);

/**
 * Returns the commands that undo a step, in the order to run. The placeholder `ID` stands for the id that the step's
 * command printed.
 */
export const formatUndoCommands = ({ undo }: Pick<Step, "undo">): string[] =>
    undo
        ? [
              line(undo.command, undo.old),
              ...(undo.removesCreated ? [line([...undo.removesCreated, "ID"], undefined)] : []),
          ]
        : [];

/** Returns why AWS would reject the step's document; undefined if AWS accepts it. */
export function refusal({ document, limit = Number.POSITIVE_INFINITY }: Step): string | undefined {
    const characters = JSON.stringify(document ?? "").replace(/\s+/g, "").length;
    return characters > limit ? `the document would have ${characters} characters, and AWS takes ${limit}` : undefined;
}

const roleNameOf = ({ roleArn }: Pick<Import, "roleArn">) => roleArn.split("/").at(-1) ?? "";

/**
 * Replaces the results of IAM's policy simulator in the snapshot after a change, because they are about the old
 * documents.
 */
const notSimulated = { unread: "not simulated after the fix" };

const withRole = (snapshot: Snapshot, change: (role: RoleFacts) => RoleFacts): Snapshot => {
    const role = fetchedValue(snapshot.role);
    return role ? { ...snapshot, role: { is: change(role) }, simulated: notSimulated } : snapshot;
};

interface Written {
    readonly before: PolicyDocument | undefined;
    readonly document: PolicyDocument;
}

/**
 * Returns a step that writes a complete document. Its undo writes the previous document, or runs `remove` if there was
 * none.
 */
function put(command: readonly string[], { before, document }: Written, limit: number, remove?: readonly string[]) {
    const present = toList(before?.Statement);
    const adds = toList(document.Statement).filter((one) => !present.includes(one));
    const undo = before ? { command, old: before } : remove && { command: remove };
    return { command, document, limit, adds, ...(undo && { undo }) };
}

/** Returns the step that replaces the role's trust policy. */
export const putTrust = (of: Import, written: Written): Step => ({
    ...put(
        ["aws", "iam", "update-assume-role-policy", "--role-name", roleNameOf(of), "--policy-document"],
        written,
        sizeLimits.trustPolicy,
    ),
    applied: (snapshot) => withRole(snapshot, (role) => ({ ...role, trust: JSON.stringify(written.document) })),
});

/** Returns the step that writes an inline policy of the role. */
export function putRolePolicy(of: Import, name: string, written: Written): Step {
    const names = ["--role-name", roleNameOf(of), "--policy-name", name];
    return {
        ...put(
            ["aws", "iam", "put-role-policy", ...names, "--policy-document"],
            written,
            sizeLimits.roleInlinePolicies,
            ["aws", "iam", "delete-role-policy", ...names],
        ),
        applied: (snapshot) =>
            withRole(snapshot, (role) => ({
                ...role,
                policies: [
                    ...role.policies.filter((each) => each.name !== name || each.arn !== undefined),
                    { name, text: JSON.stringify(written.document) },
                ],
            })),
    };
}

/**
 * Returns the step that creates a new default version of the permissions boundary. Its undo restores the previous
 * version and deletes the new one, because AWS keeps at most five.
 */
export function putBoundary(boundary: PolicyText, written: Written): Step {
    const arn = ["--policy-arn", boundary.arn ?? ""];
    const printsId = ["--query", "PolicyVersion.VersionId", "--output", "text"];
    const back = ["aws", "iam", "set-default-policy-version", ...arn, "--version-id", boundary.versionId ?? "v1"];
    return {
        ...put(
            ["aws", "iam", "create-policy-version", ...arn, ...printsId, "--set-as-default", "--policy-document"],
            written,
            sizeLimits.managedPolicy,
        ),
        undo: { command: back, removesCreated: ["aws", "iam", "delete-policy-version", ...arn, "--version-id"] },
        applied: (snapshot) =>
            withRole(snapshot, (role) => ({
                ...role,
                boundary: { ...boundary, text: JSON.stringify(written.document) },
            })),
    };
}

/** Returns the step that writes the bucket policy. */
export const putBucketPolicy = (bucket: string, written: Written): Step => ({
    ...put(["aws", "s3api", "put-bucket-policy", "--bucket", bucket, "--policy"], written, sizeLimits.bucketPolicy, [
        ...["aws", "s3api", "delete-bucket-policy", "--bucket", bucket],
    ]),
    applied: (snapshot) => ({ ...snapshot, bucketPolicy: { is: JSON.stringify(written.document) } }),
});

/** Key policies may have 32 KB (KMS Developer Guide, "Quotas"). */
const largestKeyPolicy = 32_768;

/** Returns the step that replaces the policy of a KMS key. */
export function putKeyPolicy(region: string, arn: string, written: Written): Step {
    const key = ["--region", region, "--key-id", arn, "--policy-name", "default", "--policy"];
    const policy = JSON.stringify(written.document);
    return {
        ...put(["aws", "kms", "put-key-policy", ...key], written, largestKeyPolicy),
        applied(snapshot) {
            const keys = Object.entries(snapshot.kmsKeys).map(([id, fetched]) => {
                const facts = fetchedValue(fetched);
                return [id, facts?.arn === arn ? { is: { ...facts, policy } } : fetched] as const;
            });
            return { ...snapshot, kmsKeys: Object.fromEntries(keys) };
        },
    };
}

/** Returns the user or role whose policies apply to the caller; undefined for root, and for a role that AWS manages. */
export function entityOfCaller(caller: string): { kind: "user" | "role"; name: string } | undefined {
    const [kind, ...path] = parseArn(caller)?.resource.split("/") ?? [];
    const name = kind === "assumed-role" ? (parseSessionArn(caller)?.roleName ?? "") : (path.at(-1) ?? "");
    // IAM Identity Center owns these roles: only a permission set changes them.
    if (name === "" || name.startsWith("AWSReservedSSO_") || isRoot(caller)) return undefined;
    if (kind === "user") return { kind, name };
    return kind === "role" || kind === "assumed-role" ? { kind: "role", name } : undefined;
}

/** Returns the step that adds an inline policy to the caller's user or role. */
export function putCallerPolicy(
    { kind, name }: { kind: "user" | "role"; name: string },
    policyName: string,
    document: PolicyDocument,
): Step {
    const names = [`--${kind}-name`, name, "--policy-name", policyName];
    return {
        ...put(
            ["aws", "iam", `put-${kind}-policy`, ...names, "--policy-document"],
            { before: undefined, document },
            kind === "user" ? sizeLimits.userInlinePolicies : sizeLimits.roleInlinePolicies,
            ["aws", "iam", `delete-${kind}-policy`, ...names],
        ),
        applied: (snapshot) => ({ ...snapshot, passRole: { is: [] } }),
    };
}

/**
 * Returns the snapshot with another key for the import. The content of the new object is unknown until the diagnosis
 * runs again.
 */
export const importedFrom =
    (key: string) =>
    (snapshot: Snapshot): Snapshot => ({
        ...snapshot,
        key,
        objects: [{ unread: `s3://${snapshot.bucket}/${key} is not read yet` }],
        simulated: notSimulated,
    });
