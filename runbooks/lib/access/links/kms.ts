import { type AccessRequest, authorize, decrypts, type NamedPolicy } from "policy-evaluator";
import { keyActions } from "../../../../iam/import-access.ts";
import { requestLine, staleIds } from "../denials.ts";
import { evaluator, type Finding, type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { candidatesOf, closestOf } from "../parts.ts";
import { type KeyFacts, known } from "../snapshot.ts";
import { read, warning } from "./policies.ts";

const name = "encryption key";

/**
 * Whether objects encrypted with a KMS key can be decrypted. The key is enabled, and its policy allows the role or
 * Personalize. AWS does not document which of the two decrypts, so only one of them is a warning.
 */
export function kms(scene: Scene): Link {
    const objects = scene.snapshot.objects.flatMap((each) => ("is" in each && each.is.kmsKey ? [each.is] : []));
    if (objects.length === 0) {
        return linkOf(name, evaluator, "not needed: no object is encrypted with a KMS key", []);
    }
    const findings: Finding[] = [];
    for (const { key, kmsKey = "" } of objects) {
        const fetched = scene.snapshot.kmsKeys[kmsKey];
        if (!fetched || "unread" in fetched) {
            return unknownLink(name, evaluator, fetched?.unread ?? `${kmsKey} was not read`);
        }
        findings.push(...keyFindings(scene, fetched.is, key));
    }
    const once = [...new Map(findings.map((each) => [`${each.fault} ${each.about}`, each])).values()];
    return linkOf(name, evaluator, "the key is enabled and usable", once);
}

function keyFindings({ snapshot, of }: Scene, key: KeyFacts, object: string): Finding[] {
    const broken = (fault: Finding["fault"], sentence: string, ...evidence: string[]): Finding => ({
        fault,
        verdict: "broken",
        sentence,
        evidence,
        place: "key",
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
    const { policies: identity } = read(known(snapshot.role)?.policies ?? [], "identity");
    const { role, service } = decrypts(of, key.arn, object);
    const mayRole = authorize(role, { identity, resource }).decision === "allowed";
    const mayService = authorize(service, { resource }).decision === "allowed";
    const stale = staleIds(key.policy, of.roleId);
    if (!mayRole && !mayService) {
        const evidence = [`key policy: ${key.policy}`, requestLine(role), requestLine(service)];
        findings.push(
            stale.length > 0
                ? broken(
                      "role-recreated",
                      `The key's policy names ${stale.join(", ")}, a role that was deleted; the current one is ${of.roleId}.`,
                      ...evidence,
                  )
                : broken(
                      "kms-no-grant",
                      `The policy of the key ${key.arn} lets neither the role nor Personalize decrypt${unmet(role, resource)}.`,
                      ...evidence,
                  ),
        );
    } else if (!mayRole || !mayService) {
        const who = mayRole ? "the role" : "Personalize";
        findings.push({
            ...warning(
                "kms-one-only",
                `The policy of ${key.arn} lets only ${who} decrypt.`,
                "key",
                `key policy: ${key.policy}`,
            ),
            about: key.arn,
        });
    }
    if (mayRole || mayService) findings.push(...withoutGrants(key, resource, identity, role, service));
    return findings;
}

/** The conditions that alone keep the closest statement for a request from matching. */
function unmet(request: AccessRequest, policies: readonly NamedPolicy[]): string {
    // A statement for the account matches, too, and leaves the decision to the role's own policies.
    const candidates = candidatesOf(request, policies, "resource").filter(({ mismatches }) => mismatches.length > 0);
    const closest = closestOf(candidates);
    const conditions = (closest?.mismatches ?? []).map((each) =>
        each.part === "condition" ? `${each.operator} ${each.key} ${JSON.stringify(each.wanted)}` : undefined,
    );
    return conditions.length === 0 || conditions.includes(undefined)
        ? ""
        : `: the condition ${conditions.join(" and ")} is not met`;
}

/** Actions of the guide's key policy that are not allowed. AWS does not document which of them an import needs. */
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
