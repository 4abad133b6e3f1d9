import { type Import, type PolicyDocument, type Statement, sizeLimits, toList } from "policy-evaluator";
import { shell } from "terminal-text";
import { fetchedValue, type RoleFacts, type Snapshot } from "../snapshot.ts";

/** Words of the commands that save what a step replaces, and remove what it wrote. */
interface Restore {
    /** Prints what the step replaces; fails if there is nothing. */
    readonly read: readonly string[];
    /** Removes what the step wrote if there was nothing; absent if there is always something. */
    readonly remove?: readonly string[];
}

/** One command of a fix. It only adds statements to a document. */
export interface Step {
    /** Words of the command, without the document. */
    readonly command: readonly string[];
    /** The document that is the command's last argument. */
    readonly document: PolicyDocument;
    /** Maximum length in characters, without white space, of the document and the `others` that count with it. */
    readonly limit: number;
    readonly others: readonly string[];
    /** Statements that the document has and the previous one did not. */
    readonly adds: readonly Statement[];
    readonly restore: Restore;
    /** Returns the snapshot as it will be after the step. */
    applied(snapshot: Snapshot): Snapshot;
}

/** The fix of one resource: either `steps`, or `ask`, a request that begins with the person to ask. */
export interface Repair {
    readonly steps?: readonly Step[];
    /** The person to ask if the steps cannot be used. */
    readonly owner?: string;
    readonly ask?: string;
    /** A shell command that is not part of the script: it restores a resource that the caller owns, or converts a file. */
    readonly program?: string | undefined;
    /** Location or role for the next import, if they change. */
    readonly location?: string;
    readonly roleArn?: string;
    /** Returns the snapshot with the new location or role. */
    readonly moved?: (snapshot: Snapshot) => Snapshot;
}

export const bucketArnOf = ({ partition, bucket }: Pick<Import, "partition" | "bucket">) =>
    `arn:${partition}:s3:::${bucket}`;

/** Formats the step as a shell command. */
export const formatCommand = ({ command, document }: Pick<Step, "command" | "document">): string =>
    shell(...command, JSON.stringify(document));

/** Returns why AWS would reject the step's document; undefined if AWS accepts it. */
export function refusal({ document, limit, others }: Step): string | undefined {
    const texts = [JSON.stringify(document), ...others];
    const characters = texts.join("").replace(/\s+/g, "").length;
    const what = others.length > 0 ? "the role's inline policies" : "the document";
    return characters > limit ? `${what} would have ${characters} characters, and AWS takes ${limit}` : undefined;
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

/** Returns the fields of a step that writes a complete document. */
function put(command: readonly string[], { before, document }: Written, limit: number, restore: Restore) {
    const present = toList(before?.Statement);
    const adds = toList(document.Statement).filter((one) => !present.includes(one));
    return { command, document, limit, others: [] as readonly string[], adds, restore };
}

/** Returns the step that replaces the role's trust policy. */
export function putTrust(of: Import, written: Written): Step {
    const role = ["--role-name", roleNameOf(of)];
    const command = ["aws", "iam", "update-assume-role-policy", ...role, "--policy-document"];
    return {
        ...put(command, written, sizeLimits.trustPolicy, {
            read: ["aws", "iam", "get-role", ...role, "--query", "Role.AssumeRolePolicyDocument", "--output", "json"],
        }),
        applied: (snapshot) => withRole(snapshot, (role) => ({ ...role, trust: JSON.stringify(written.document) })),
    };
}

/** Returns the step that writes an inline policy of the role, which counts together with the role's `others`. */
export function putRolePolicy(of: Import, name: string, written: Written, others: readonly string[]): Step {
    const words = (verb: string) => ["aws", "iam", `${verb}-role-policy`, ...names];
    const names = ["--role-name", roleNameOf(of), "--policy-name", name];
    return {
        ...put([...words("put"), "--policy-document"], written, sizeLimits.roleInlinePolicies, {
            read: [...words("get"), "--query", "PolicyDocument", "--output", "json"],
            remove: words("delete"),
        }),
        others,
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

/** Returns the step that writes the bucket policy. */
export function putBucketPolicy(bucket: string, written: Written): Step {
    const words = (verb: string) => ["aws", "s3api", `${verb}-bucket-policy`, "--bucket", bucket];
    return {
        ...put([...words("put"), "--policy"], written, sizeLimits.bucketPolicy, {
            read: [...words("get"), "--query", "Policy", "--output", "text"],
            remove: words("delete"),
        }),
        applied: (snapshot) => ({ ...snapshot, bucketPolicy: { is: JSON.stringify(written.document) } }),
    };
}

/** Key policies may have 32 KB (KMS Developer Guide, "Quotas"). */
const largestKeyPolicy = 32_768;

/** Returns the step that replaces the policy of a KMS key. */
export function putKeyPolicy(region: string, arn: string, written: Written): Step {
    const key = ["--region", region, "--key-id", arn, "--policy-name", "default"];
    const policy = JSON.stringify(written.document);
    return {
        ...put(["aws", "kms", "put-key-policy", ...key, "--policy"], written, largestKeyPolicy, {
            read: ["aws", "kms", "get-key-policy", ...key, "--query", "Policy", "--output", "text"],
        }),
        applied(snapshot) {
            const keys = Object.entries(snapshot.kmsKeys).map(([id, fetched]) => {
                const facts = fetchedValue(fetched);
                return [id, facts?.arn === arn ? { is: { ...facts, policy } } : fetched] as const;
            });
            return { ...snapshot, kmsKeys: Object.fromEntries(keys) };
        },
    };
}

/** Returns the snapshot with another location for the import, and its objects, unread until the diagnosis runs again. */
export const importedFrom =
    (key: string, objects: Snapshot["objects"] = []) =>
    (snapshot: Snapshot): Snapshot => ({
        ...snapshot,
        key,
        objects: objects.length > 0 ? objects : [{ unread: `s3://${snapshot.bucket}/${key} is not read yet` }],
        simulated: notSimulated,
    });
