import {
    type AccessRequest,
    authorize,
    decrypts,
    keyActions,
    type NamedPolicy,
    parseArn,
    type Statement,
    toList,
} from "policy-evaluator";
import { findUnknownKeys } from "../context.ts";
import { decide } from "../decide.ts";
import { explain } from "../explain.ts";
import { breaks, createLink, type Finding, type Link, type Scene, unknownLink, warning } from "../link.ts";
import { fetchedValue, type KeyFacts, type Snapshot } from "../snapshot.ts";
import { cannotTell, read } from "./policies.ts";

const name = "encryption key";

/**
 * Checks whether the import can decrypt objects: their KMS key must be enabled, and its policy must allow the role or
 * Personalize. AWS does not document which of the two decrypts, so if only one is allowed, the finding is a warning.
 */
export function kms(scene: Scene): Link {
    const objects = scene.snapshot.objects.flatMap((each) => ("is" in each && each.is.kmsKey ? [each.is] : []));
    const unread = scene.snapshot.objects.find((each) => "unread" in each);
    if (objects.length === 0 && (unread || scene.snapshot.objects.length === 0)) {
        return unknownLink(name, unread && "unread" in unread ? unread.unread : "no object was read");
    }
    if (objects.length === 0) {
        return createLink(name, "not needed: no object is encrypted with a KMS key", []);
    }
    const findings: Finding[] = [];
    for (const { key, kmsKey = "", bucketKey = false } of objects) {
        const fetched = scene.snapshot.kmsKeys[kmsKey];
        const owner = parseArn(kmsKey)?.accountId ?? "";
        if (fetched && "unread" in fetched && isForeign(scene.snapshot, kmsKey)) {
            return unknownLink(name, `the policy of the key ${kmsKey}, which only its account ${owner} can read`);
        }
        if (!fetched || "unread" in fetched) {
            return unknownLink(name, fetched?.unread ?? `${kmsKey} was not read`);
        }
        const keyFaults = keyFindings(scene, fetched.is, key, bucketKey);
        if (typeof keyFaults === "string") return unknownLink(name, keyFaults);
        findings.push(...keyFaults);
    }
    const once = [...new Map(findings.map((each) => [`${each.fault} ${each.about}`, each])).values()];
    return createLink(name, "the key is enabled and usable", once);
}

/**
 * Checks whether a key belongs to another account. KMS never returns the policy of such a key ("AWS KMS permissions",
 * cross-account use).
 */
export const isForeign = ({ accountId }: Pick<Snapshot, "accountId">, key: string): boolean =>
    (parseArn(key)?.accountId ?? accountId) !== accountId;

/** Returns the findings about a key. If its policy cannot be judged, returns the reason as a text. */
function keyFindings(scene: Scene, key: KeyFacts, object: string, isBucketKey: boolean): Finding[] | string {
    const { snapshot, of } = scene;
    const broken = (fault: Finding["fault"], sentence: string, ...evidence: string[]): Finding => ({
        ...breaks(fault, sentence, "key", ...evidence),
        about: key.arn,
    });
    const findings: Finding[] = [];
    if (key.state !== "Enabled") {
        const fault =
            key.state === "Disabled"
                ? "kms-disabled"
                : key.state === "PendingDeletion"
                  ? "kms-pending-deletion"
                  : "kms-gone";
        const sentence = `The key ${key.arn} of object ${object} is ${key.state}.`;
        findings.push(broken(fault, sentence, `kms:DescribeKey: KeyState ${key.state}`));
    }
    if (key.manager === "AWS" || key.policy === "") {
        return findings;
    }
    const { policies: resource } = read([{ name: "key policy", text: key.policy }], "resource");
    const { policies: identity } = read(fetchedValue(snapshot.role)?.policies ?? [], "identity");
    const { role, service } = decrypts(of, key.arn, isBucketKey ? undefined : object);
    // A key of another account must also be allowed by the role's own policies.
    const decided = (request: AccessRequest, own: readonly NamedPolicy[]) =>
        decide(request, findUnknownKeys(request, scene.knownValues), [...own, ...resource], (assumed) => {
            const policies = own.length > 0 || "arn" in assumed.caller ? { identity: own, resource } : { resource };
            return authorize(assumed, policies).decision === "allowed";
        });
    const [byRole, byService] = [decided(role, identity), decided(service, [])];
    const may = [byRole, byService].map(({ is }) => is);
    if (!may.includes("allowed") && may.includes("unknown")) {
        return cannotTell([byRole, byService].flatMap((each) => (each.is === "unknown" ? each.keys : [])));
    }
    if (may.every((is) => is === "denied")) {
        // If the key policy allows the role's account, and names the role in no other statement, the role's own
        // policies decide.
        const because = (request: AccessRequest, by: typeof byRole) => {
            if (by.is !== "denied") return [];
            const unknowns = findUnknownKeys(request, scene.knownValues);
            const inKeyPolicy = explain(request, by.assumed, resource, "resource", unknowns);
            if (inKeyPolicy.length > 0) return inKeyPolicy;
            const named = explain(request, by.assumed, withoutDelegation(resource), "resource", unknowns);
            const conditional = named.filter(({ conditions, parts }) => conditions.length > 0 && parts.length === 0);
            return conditional.length > 0 ? conditional : explain(request, by.assumed, identity, "identity", unknowns);
        };
        const reasons = [...because(service, byService), ...because(role, byRole)];
        const why = reasons.find(({ parts }) => !parts.includes("principal"));
        const isDelegated = identity.some(({ name: policy }) => policy === why?.policy);
        const what = isDelegated
            ? "lets the role's account decide, and the role's policies do not allow kms:Decrypt"
            : "lets neither the role nor Personalize decrypt";
        const stale = deletedPrincipals(resource);
        const hint = stale.length > 0 ? ` ${stale.join(", ")} is the id of a role that was deleted.` : "";
        findings.push({
            ...broken(
                "key-policy",
                `The policy of the key ${key.arn} ${what}: ${why?.sentence ?? "no statement is for them."}${hint}`,
                `key policy: ${key.policy}`,
                ...(why?.evidence ?? []),
            ),
            ...(why && { explanation: why }),
        });
    } else if (may.includes("denied")) {
        const who = byRole.is === "allowed" ? "the role" : "Personalize";
        const sentence = `The policy of ${key.arn} lets only ${who} decrypt.`;
        findings.push({ ...warning("kms-one-only", sentence, "key", `key policy: ${key.policy}`), about: key.arn });
    }
    if (may.includes("allowed")) findings.push(...withoutGrants(key, resource, identity, role, service));
    return findings;
}

/** Returns the policies without the statements that let the policies of an account's identities decide. */
const withoutDelegation = (policies: readonly NamedPolicy[]): NamedPolicy[] =>
    policies.map(({ document, ...policy }) => {
        const isDelegation = ({ Principal }: Statement) =>
            typeof Principal === "object" && toList(Principal.AWS).some((arn) => /^(\d{12}|arn:.*:root)$/.test(arn));
        return {
            ...policy,
            document: { ...document, Statement: toList(document.Statement).filter((one) => !isDelegation(one)) },
        };
    });

/** Returns ids of deleted roles and users: AWS shows the id in place of a principal that no longer exists. */
const deletedPrincipals = (policies: readonly NamedPolicy[]) => {
    const statements = policies.flatMap(({ document }) => toList(document.Statement));
    const named = statements.flatMap(({ Principal }) => (typeof Principal === "object" ? toList(Principal.AWS) : []));
    return [...new Set(named)].filter((name) => /^A(ROA|IDA)[A-Z0-9]{10,}$/.test(name));
};

/**
 * Returns a warning if the key policy allows kms:Decrypt but not all actions of the Developer Guide's key policy. AWS
 * does not document which of them an import needs.
 */
function withoutGrants(
    key: KeyFacts,
    resource: readonly NamedPolicy[],
    identity: readonly NamedPolicy[],
    role: AccessRequest,
    service: AccessRequest,
): Finding[] {
    const lacking = keyActions.filter(
        (action) =>
            authorize({ ...role, action }, { identity, resource }).decision !== "allowed" &&
            authorize({ ...service, action }, { resource }).decision !== "allowed",
    );
    if (lacking.length === 0) return [];
    const sentence = `The policy of the key ${key.arn} lacks ${lacking.join(", ")}, which AWS's guide lists for Personalize.`;
    return [{ ...warning("kms-grants", sentence, "key", `key policy: ${key.policy}`), about: key.arn }];
}
