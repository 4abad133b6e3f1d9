import { accountOf, assumeRole, personalizeService, roleReads } from "policy-evaluator";
import { breaks, createLink, type Finding, type Link, type Scene, simulator, unknownLink, warning } from "../link.ts";
import { fetchedValue, hasJob, type PolicyText, type RoleFacts } from "../snapshot.ts";
import { broken, cannotTell, judge, read } from "./policies.ts";
import { refusedByOrganisation } from "./refusals.ts";

const passRoleLink = "iam:PassRole of the caller";
/**
 * Condition keys in a request for iam:PassRole to Personalize. AWS does not document whether the request contains these
 * keys, and with which values.
 */
const unsureKeys =
    /^iam:AssociatedResourceArn$|^aws:(SourceIp|MultiFactorAuth|UserAgent|PrincipalTag|ResourceTag|CurrentTime)/i;

/** Checks whether the caller may pass the role to Personalize. The call contains `iam:PassedToService`. */
export function passRole({ snapshot }: Scene): Link {
    const { passRole: fetched, caller, roleArn } = snapshot;
    const accepted = (...warnings: Finding[]) => createLink(passRoleLink, "the service accepted the job", warnings);
    if ("unread" in fetched) {
        return hasJob(snapshot) ? accepted() : unknownLink(passRoleLink, fetched.unread);
    }
    const [toPersonalize, toAny] = fetched.is;
    // Without a result of the simulation, the caller is the account's root user, who may pass every role.
    if (!toPersonalize || toPersonalize.decision === "allowed") {
        return createLink(passRoleLink, `${caller} may pass the role to ${personalizeService}`, []);
    }
    if (hasJob(snapshot)) {
        const later = `${caller} may not pass the role: this matters for the caller's next import only.`;
        return accepted(warning("passrole", later, "none", `iam:PassRole is ${toPersonalize.decision}`));
    }
    const unsure = toPersonalize.missing.filter((key) => unsureKeys.test(key));
    if (unsure.length > 0 && toPersonalize.decision === "implicitDeny") {
        return unknownLink(passRoleLink, cannotTell(unsure));
    }
    const by = [...new Set(toPersonalize.matched)];
    // `toAny` is the result of a simulation without the key iam:PassedToService. If the simulation reports this key as
    // missing, a statement allows iam:PassRole under a condition on the key. Because the caller may not pass the role
    // to Personalize, that statement must name another service.
    const forOthers = toAny?.decision !== "explicitDeny" && (toAny?.missing ?? []).length > 0;
    const why = [
        ...(toPersonalize.byBoundary === false
            ? ["the caller's permissions boundary does not allow iam:PassRole"]
            : []),
        ...(toPersonalize.byOrganisation === false ? ["a policy of the organisation does not allow it"] : []),
        ...(toPersonalize.decision === "explicitDeny" ? [`${by.join(", ") || "a policy"} denies it`] : []),
        ...(forOthers ? ["a statement allows it with another iam:PassedToService"] : []),
    ];
    const sentence = `${caller} may not pass the role to ${personalizeService}: ${why[0] ?? "no statement allows iam:PassRole"}.`;
    const request = `${caller}: iam:PassRole on ${roleArn} with {"iam:PassedToService":"${personalizeService}"}`;
    const evidence = [`${request} is ${toPersonalize.decision}`, ...by.map((policy) => `decided by ${policy}`)];
    return createLink(passRoleLink, "", [breaks("passrole", sentence, "passRole", ...evidence)]);
}

/** Checks whether the role exists. */
export function role({ snapshot: { role: fetched, roleArn, accountId } }: Scene): Link {
    if ("unread" in fetched) {
        return unknownLink("role", fetched.unread);
    }
    return createLink("role", `${roleArn} exists`, roleFindings(roleArn, accountId, fetched.is));
}

function roleFindings(roleArn: string, accountId: string, facts: RoleFacts | undefined): Finding[] {
    const finding = (fault: Finding["fault"], sentence: string) => [
        breaks(fault, sentence, "trust", `iam:GetRole: ${facts?.arn ?? "NoSuchEntity"}`),
    ];
    const owner = accountOf(roleArn);
    if (owner !== accountId) {
        const sentence = `The role ${roleArn} belongs to account ${owner}, and Personalize in ${accountId} takes only its own account's roles.`;
        return finding("role-other-account", sentence);
    }
    if (facts === undefined) {
        return finding("role-missing", `There is no role ${roleArn}.`);
    }
    if (facts.arn !== roleArn) {
        const sentence = `There is no role ${roleArn}: the ARN of the role with this name has another path, ${facts.arn}.`;
        return finding("role-path", sentence);
    }
    return [];
}

/**
 * Checks the role's policies, its permissions boundary and the policies of its organization. Evaluates the documents.
 * Uses the simulator for documents that cannot be read, and for the organization.
 */
export function roleLinks(scene: Scene): Link[] {
    const names = ["role policies: list and read", "permissions boundary", "organisation"] as const;
    const { snapshot } = scene;
    const [facts, simulated] = [fetchedValue(snapshot.role), fetchedValue(snapshot.simulated)];
    if (!facts) {
        const why = "unread" in snapshot.role ? snapshot.role.unread : "there is no role";
        return simulated ? simulatedLinks(scene, names) : names.map((name) => unknownLink(name, why));
    }
    const texts = facts.policies.map(({ name, text, arn }) => ({
        name: `${arn === undefined ? "role" : "managed"} policy ${name}`,
        text,
    }));
    const identity = read(
        texts.filter(({ text }) => text !== ""),
        "identity",
    );
    const limit = facts.boundary && read([{ ...facts.boundary, name: "permissions boundary" }], "identity");
    const link = (
        name: string,
        fault: "role-policy" | "boundary",
        { policies, problems }: ReturnType<typeof read>,
        more: Finding[],
    ) => {
        const type = fault === "boundary" ? fault : "identity";
        const { explanations, unknown } = judge(scene, roleReads(scene.of), type, policies);
        const findings = broken(fault, explanations, fault === "boundary" ? "boundary" : "rolePolicy");
        const detail =
            fault === "boundary" ? "the boundary allows it" : "the role may list the bucket and read its objects";
        // The verdict is unknown if the parser rejects a policy document that AWS stores, because this document may
        // still allow the action.
        if (findings.length > 0 && problems.length > 0) return unknownLink(name, problems.join("; "));
        return findings.length === 0 && unknown.length > 0
            ? unknownLink(name, cannotTell(unknown))
            : createLink(name, detail, [...findings, ...more]);
    };
    const policies = link(names[0], "role-policy", identity, withoutDocument(facts.policies));
    const boundary = limit ? link(names[1], "boundary", limit, []) : createLink(names[1], "the role has none", []);
    return [policies, boundary, organisationLink(scene, names[2], [policies, boundary])];
}

/** Checks the role's links from the simulator's results only, which do not say which statement decided. */
function simulatedLinks(scene: Scene, names: readonly [string, string, string]): Link[] {
    const { snapshot } = scene;
    const denied = (fetchedValue(snapshot.simulated) ?? []).filter(({ decision }) => decision !== "allowed");
    const finding = (
        fault: "role-policy" | "boundary",
        at: readonly { action: string; resource: string }[],
    ): Finding[] =>
        at.slice(0, 1).map(({ action, resource }) => {
            const [who, place] =
                fault === "boundary"
                    ? (["The role's permissions boundary", fault] as const)
                    : (["The role", "rolePolicy"] as const);
            const sentence = `${who} does not allow ${action}; the documents cannot be read, so the statement is unknown.`;
            return breaks(fault, sentence, place, `${simulator}: ${action} on ${resource} is denied`);
        });
    const byBoundary = denied.filter((each) => each.byBoundary === false);
    const byPolicies = denied.filter((each) => each.byBoundary !== false && each.byOrganisation !== false);
    return [
        createLink(names[0], "the role may list the bucket and read its objects", finding("role-policy", byPolicies)),
        createLink(names[1], "nothing is denied by a boundary", finding("boundary", byBoundary)),
        organisationLink(scene, names[2], []),
    ];
}

function organisationLink({ snapshot, of }: Scene, name: string, others: readonly Link[]): Link {
    const simulated = fetchedValue(snapshot.simulated);
    const refused = refusedByOrganisation(snapshot);
    const denied = simulated?.find(({ byOrganisation }) => byOrganisation === false);
    const finding = (sentence: string, evidence: string): Finding[] => [
        breaks("organisation", sentence, "organisation", evidence),
    ];
    if (denied) {
        const sentence = `A policy of the organisation does not allow ${denied.action}: its administrator must.`;
        return createLink(name, "", finding(sentence, `${simulator}: ${denied.action} is ${denied.decision}`));
    }
    if (refused !== undefined) {
        const { policy, action = "reads", isExplicit, text } = refused;
        const says = isExplicit ? `A ${policy} of the organisation denies ${action}` : `No ${policy} allows ${action}`;
        const sentence = `${says} on ${of.bucket} in ${of.region}: the organisation's administrator must allow it.`;
        return createLink(name, "", finding(sentence, text));
    }
    if (!simulated) return unknownLink(name, "no permission to call the simulator");
    const puzzling = simulated.find(({ decision }) => decision !== "allowed");
    if (puzzling && others.length > 0 && others.every(({ verdict }) => verdict === "ok" || verdict === "warning")) {
        const { decision, action } = puzzling;
        const why = `${simulator} returns ${decision} for ${action}, although the documents allow it: check the organisation's policies`;
        return unknownLink(name, why);
    }
    return createLink(name, hint(simulated), []);
}

const withoutDocument = (policies: readonly PolicyText[]): Finding[] =>
    policies
        .filter(({ text }) => text === "")
        .map(({ name, arn = name }) =>
            warning(
                "role-policy-without-document",
                `${name} is attached, but IAM has no document of it: it grants nothing.`,
                "none",
                `attached: ${arn}`,
            ),
        );

const hint = (simulated: readonly { byOrganisation?: boolean }[]) =>
    simulated.some(({ byOrganisation }) => byOrganisation !== undefined)
        ? "its policies allow it"
        : "the simulator reports none";

const trustLink = "trust policy";

/**
 * Checks whether Personalize may assume the role for this account's jobs. IAM's simulator never evaluates a trust
 * policy.
 */
export function trust(scene: Scene): Link {
    const { role: fetched } = scene.snapshot;
    if ("unread" in fetched || !fetched.is) {
        return unknownLink(trustLink, "unread" in fetched ? fetched.unread : "there is no role");
    }
    const { policies, problems } = read([{ name: trustLink, text: fetched.is.trust }], "resource");
    if (problems.length > 0) return unknownLink(trustLink, problems.join("; "));
    const { explanations, unknown } = judge(scene, [assumeRole(scene.of)], "resource", policies);
    return unknown.length > 0
        ? unknownLink(trustLink, cannotTell(unknown))
        : createLink(trustLink, "Personalize may assume the role", broken("trust-policy", explanations, "trust"));
}
