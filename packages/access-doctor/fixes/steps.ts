import { type Import, type PolicyDocument, type Statement, sizeLimits } from "policy-evaluator";
import { fetchedValue, type RoleFacts, type Snapshot } from "../snapshot.ts";

/** A policy that a fix can replace. */
export interface Store {
    /** Words of the command that writes the policy, without the document, which is its last argument. */
    readonly command: readonly string[];
    /**
     * Words of the commands that print the policy and fail if there is none (`read`), and that remove it (`remove`;
     * absent if there is always a policy).
     */
    readonly restore: { readonly read: readonly string[]; readonly remove?: readonly string[] };
    /** Maximum length in characters, without white space, of the policy and the `others` that count with it. */
    readonly limit: number;
    readonly others?: readonly string[];
    /** Returns the snapshot with another text of the policy. */
    applied(snapshot: Snapshot, text: string): Snapshot;
}

/** The command of a fix. It only adds statements to a policy. */
export interface Step extends Store {
    readonly document: PolicyDocument;
    /** Statements that the document has and the previous one did not. */
    readonly adds: readonly Statement[];
}

/** The fix of one resource: a step, another change, or `ask`, a request that begins with the person to ask. */
export interface Repair {
    readonly step?: Step;
    /** The person to ask if the step cannot be used. */
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

/** Returns why AWS would reject the step's document; undefined if AWS accepts it. */
export function refusal({ document, limit, others = [] }: Step): string | undefined {
    const characters = [JSON.stringify(document), ...others].join("").replace(/\s+/g, "").length;
    const what = others.length > 0 ? "the role's inline policies" : "the document";
    return characters > limit ? `${what} would have ${characters} characters, and AWS takes ${limit}` : undefined;
}

const roleNameOf = ({ roleArn }: Import) => roleArn.split("/").at(-1) ?? "";

/** The results of IAM's policy simulator after a change: the present ones are about the old documents. */
const notSimulated = { unread: "not simulated after the fix" };

const withRole = (snapshot: Snapshot, change: (role: RoleFacts) => Partial<RoleFacts>): Snapshot => {
    const role = fetchedValue(snapshot.role);
    return role ? { ...snapshot, role: { is: { ...role, ...change(role) } }, simulated: notSimulated } : snapshot;
};

/** The role's trust policy. */
export function trustOf(of: Import): Store {
    const role = ["--role-name", roleNameOf(of)];
    const read = ["aws", "iam", "get-role", ...role, "--query", "Role.AssumeRolePolicyDocument", "--output", "json"];
    return {
        command: ["aws", "iam", "update-assume-role-policy", ...role, "--policy-document"],
        restore: { read },
        limit: sizeLimits.trustPolicy,
        applied: (snapshot, trust) => withRole(snapshot, () => ({ trust })),
    };
}

/** An inline policy of the role, which counts together with the role's `others`. */
export function inlinePolicyOf(of: Import, name: string, others: readonly string[]): Store {
    const names = ["--role-name", roleNameOf(of), "--policy-name", name];
    const words = (verb: string) => ["aws", "iam", `${verb}-role-policy`, ...names];
    return {
        command: [...words("put"), "--policy-document"],
        restore: { read: [...words("get"), "--query", "PolicyDocument", "--output", "json"], remove: words("delete") },
        limit: sizeLimits.roleInlinePolicies,
        others,
        applied: (snapshot, text) =>
            withRole(snapshot, ({ policies }) => ({
                policies: [...policies.filter((each) => each.name !== name || each.arn !== undefined), { name, text }],
            })),
    };
}

/** The bucket policy. */
export function bucketPolicyOf({ bucket }: Import): Store {
    const words = (verb: string) => ["aws", "s3api", `${verb}-bucket-policy`, "--bucket", bucket];
    return {
        command: [...words("put"), "--policy"],
        restore: { read: [...words("get"), "--query", "Policy", "--output", "text"], remove: words("delete") },
        limit: sizeLimits.bucketPolicy,
        applied: (snapshot, text) => ({ ...snapshot, bucketPolicy: { is: text } }),
    };
}

/** The policy of a KMS key, which may have 32 KB (KMS Developer Guide, "Quotas"). */
export function keyPolicyOf({ region }: Import, arn: string): Store {
    const key = ["--region", region, "--key-id", arn, "--policy-name", "default"];
    return {
        command: ["aws", "kms", "put-key-policy", ...key, "--policy"],
        restore: { read: ["aws", "kms", "get-key-policy", ...key, "--query", "Policy", "--output", "text"] },
        limit: 32_768,
        applied(snapshot, policy) {
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
