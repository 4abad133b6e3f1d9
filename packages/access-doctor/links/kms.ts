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
import { findUnknownKeys, type Unknowns } from "../context.ts";
import { type Decided, decide } from "../decide.ts";
import { explain } from "../explain.ts";
import { breaks, createLink, type Finding, type Link, type Scene, unknownLink, warning } from "../link.ts";
import { fetchedValue, type KeyFacts, type RoleFacts, type Snapshot, separate } from "../snapshot.ts";
import { read, undecidedLink } from "./policies.ts";

const name = "encryption key";

/**
 * Checks whether the import can decrypt objects: their KMS key must be enabled, and its policy must allow the role or
 * Personalize. AWS does not document which of the two decrypts, so if only one is allowed, the finding is a warning.
 */
export function kms(scene: Scene): Link {
    const { read: objects, unread } = separate(scene.snapshot.objects);
    const encrypted = objects.filter(({ kmsKey }) => kmsKey);
    if (encrypted.length === 0) {
        return unread.length > 0 || objects.length === 0
            ? unknownLink(name, unread[0] ?? "no object was read")
            : createLink(name, "not needed: no object is encrypted with a KMS key");
    }
    const findings: Finding[] = [];
    for (const { key, kmsKey = "", bucketKey = false } of encrypted) {
        const fetched = scene.snapshot.kmsKeys[kmsKey] ?? { unread: `${kmsKey} was not read` };
        if ("unread" in fetched) {
            const account = parseArn(kmsKey)?.accountId;
            const foreign = `the policy of the key ${kmsKey}, which only its account ${account} can read`;
            return unknownLink(name, isForeign(scene.snapshot, kmsKey) ? foreign : fetched.unread);
        }
        const keyFaults = keyFindings(scene, fetched.is, key, bucketKey);
        if (!Array.isArray(keyFaults)) return keyFaults;
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

const aboutKey = (
    create: typeof breaks,
    key: KeyFacts,
    fault: Finding["fault"],
    sentence: string,
    evidence = `key policy: ${key.policy}`,
): Finding => ({ ...create(fault, sentence, "key", evidence), about: key.arn });

const stateFaults: Readonly<Record<string, Finding["fault"]>> = {
    Disabled: "kms-disabled",
    PendingDeletion: "kms-pending-deletion",
};

/** Returns the findings about a key, or the unknown link if its policy cannot be judged. */
function keyFindings(scene: Scene, key: KeyFacts, object: string, isBucketKey: boolean): Finding[] | Link {
    const { snapshot, of } = scene;
    const { arn, state } = key;
    const findings: Finding[] = [];
    if (state !== "Enabled") {
        const sentence = `The key ${arn} of object ${object} is ${state}.`;
        const evidence = `kms:DescribeKey: KeyState ${state}`;
        findings.push(aboutKey(breaks, key, stateFaults[state] ?? "kms-gone", sentence, evidence));
    }
    if (key.manager === "AWS" || key.policy === "") return findings;
    const policies = policiesOf(key, fetchedValue(snapshot.role));
    const requests = decrypts(of, arn, isBucketKey ? undefined : object);
    const [role, service] = [requests.role, requests.service].map((request): Judged => {
        const unknowns = findUnknownKeys(request, scene.knownValues);
        return { request, unknowns, by: decide(request, unknowns, policies) };
    }) as [Judged, Judged];
    const may = [role.by.is, service.by.is];
    if (!may.includes("allowed") && may.includes("unknown")) {
        const undecided = [role, service].flatMap(({ request, unknowns, by }) => {
            if (by.is !== "unknown") return [];
            const { resource, identity, boundary = [] } = policies;
            const reasons = [
                explain(request, by.assumed, resource, "resource", unknowns),
                ...[identity, boundary].map((own) => explain(request, by.assumed, own, "identity", unknowns)),
            ];
            return reasons.find((each) => each.some(({ conditions }) => conditions.length > 0)) ?? [];
        });
        return undecidedLink(name, undecided);
    }
    if (!may.includes("allowed")) return [...findings, denialOf(key, policies, role, service)];
    if (may.includes("denied")) {
        const who = role.by.is === "allowed" ? "the role" : "Personalize";
        findings.push(aboutKey(warning, key, "kms-one-only", `Only ${who} may decrypt with the key ${arn}.`));
    }
    // AWS does not document which actions of the Developer Guide's key policy an import needs.
    const lacking = keyActions.filter((action) =>
        Object.values(requests).every(
            (request) => authorize({ ...request, action }, { ...policies, boundary: undefined }).decision !== "allowed",
        ),
    );
    if (lacking.length === 0) return findings;
    const sentence = `The policy of the key ${arn} lacks ${lacking.join(", ")}, which AWS's guide lists for Personalize.`;
    return [...findings, aboutKey(warning, key, "kms-grants", sentence)];
}

type Policies = ReturnType<typeof policiesOf>;

/** Returns the policies that apply to a request for kms:Decrypt by the role. */
function policiesOf({ policy }: KeyFacts, role: RoleFacts | undefined) {
    const limit = role?.boundary && read([{ ...role.boundary, name: "permissions boundary" }], "identity");
    return {
        identity: read(role?.policies ?? [], "identity").policies,
        // The link of the boundary reports a boundary that cannot be parsed.
        boundary: limit?.problems.length === 0 ? limit.policies : undefined,
        resource: read([{ name: "key policy", text: policy }], "resource").policies,
    };
}

/** A decided request, and the condition keys whose value in the request is unknown. */
interface Judged {
    readonly request: AccessRequest;
    readonly unknowns: Unknowns;
    readonly by: Decided;
}

/** Returns the finding about a key with which neither the role nor the service may decrypt. */
function denialOf(key: KeyFacts, policies: Policies, role: Judged, service: Judged): Finding {
    const { identity, boundary = [], resource } = policies;
    // If the key policy allows the role's account, and names the role in no other statement, the role's own policies
    // decide.
    const because = ({ request, unknowns, by }: Judged) => {
        if (by.is !== "denied") return [];
        if (authorize(by.assumed, { identity, resource }).decision === "allowed") {
            return explain(request, by.assumed, boundary, "identity", unknowns);
        }
        const inKeyPolicy = explain(request, by.assumed, resource, "resource", unknowns);
        if (inKeyPolicy.length > 0) return inKeyPolicy;
        const named = explain(request, by.assumed, withoutDelegation(resource), "resource", unknowns);
        const conditional = named.filter(({ conditions, parts }) => conditions.length > 0 && parts.length === 0);
        return conditional.length > 0 ? conditional : explain(request, by.assumed, identity, "identity", unknowns);
    };
    const reasons = [...because(service), ...because(role)];
    const why = reasons.find(({ parts }) => !parts.includes("principal"));
    const isBounded = boundary.some(({ name: policy }) => policy === why?.policy);
    const isDelegated = identity.some(({ name: policy }) => policy === why?.policy);
    const what = isBounded
        ? "lets only the role decrypt, and the role's permissions boundary does not allow it"
        : isDelegated
          ? "lets the role's account decide, and the role's policies do not allow kms:Decrypt"
          : "lets neither the role nor Personalize decrypt";
    const stale = deletedPrincipals(resource);
    const hint = stale.length > 0 ? ` ${stale.join(", ")} is the id of a role that was deleted.` : "";
    const sentence = `The policy of the key ${key.arn} ${what}: ${why?.sentence ?? "no statement is for them."}${hint}`;
    const finding = aboutKey(breaks, key, isBounded ? "boundary" : "key-policy", sentence);
    return {
        ...finding,
        evidence: [...finding.evidence, ...(why?.evidence ?? [])],
        // The fix of a boundary changes the key policy instead, so the finding has no statement to correct.
        ...(why && !isBounded && { explanation: why }),
    };
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
