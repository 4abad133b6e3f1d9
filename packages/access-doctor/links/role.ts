import { accountOf, assumeRole, personalizeService, roleReads } from "policy-evaluator";
import {
    breaks,
    createLink,
    type Finding,
    judgeFetched,
    type Link,
    type Scene,
    unknownLink,
    warning,
} from "../link.ts";
import { fetchedValue, hasJob, type PolicyText, type Simulated } from "../snapshot.ts";
import { judgePolicies, type PolicyCheck, read } from "./policies.ts";
import { refusedByOrganization } from "./refusals.ts";

const simulator = "iam:SimulatePrincipalPolicy";
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
    if ("unread" in fetched) {
        return hasJob(snapshot)
            ? createLink(passRoleLink, "the service accepted the job")
            : unknownLink(passRoleLink, fetched.unread);
    }
    const [toPersonalize, toAny] = fetched.is;
    // Without a result of the simulation, the caller is the account's root user, who may pass every role.
    if (!toPersonalize || toPersonalize.decision === "allowed") {
        return createLink(passRoleLink, `${caller} may pass the role to ${personalizeService}`);
    }
    if (hasJob(snapshot)) {
        const later = `${caller} may not pass the role: this matters for the caller's next import only.`;
        const evidence = `iam:PassRole is ${toPersonalize.decision}`;
        return createLink(passRoleLink, "", [warning("passrole", later, "none", evidence)]);
    }
    const unsure = toPersonalize.missing.filter((key) => unsureKeys.test(key));
    if (unsure.length > 0 && toPersonalize.decision === "implicitDeny") {
        return unknownLink(passRoleLink, `cannot tell: ${unsure.join(", ")}`);
    }
    const by = [...new Set(toPersonalize.matched)];
    // `toAny` is the result of a simulation without the key iam:PassedToService. If the simulation reports this key as
    // missing, a statement allows iam:PassRole under a condition on the key. Because the caller may not pass the role
    // to Personalize, that statement must name another service.
    const forOthers = toAny?.decision !== "explicitDeny" && (toAny?.missing ?? []).length > 0;
    const [why] = (
        [
            [toPersonalize.byBoundary === false, "the caller's permissions boundary does not allow iam:PassRole"],
            [toPersonalize.byOrganization === false, "a policy of the organization does not allow it"],
            [toPersonalize.decision === "explicitDeny", `${by.join(", ") || "a policy"} denies it`],
            [forOthers, "a statement allows it with another iam:PassedToService"],
            [true, "no statement allows iam:PassRole"],
        ] as const
    ).flatMap(([holds, reason]) => (holds ? [reason] : []));
    const sentence = `${caller} may not pass the role to ${personalizeService}: ${why}.`;
    const request = `${caller}: iam:PassRole on ${roleArn} with {"iam:PassedToService":"${personalizeService}"}`;
    const evidence = [`${request} is ${toPersonalize.decision}`, ...by.map((policy) => `decided by ${policy}`)];
    return createLink(passRoleLink, "", [breaks("passrole", sentence, "passRole", ...evidence)]);
}

/** Checks whether the role exists. */
export const role = ({ snapshot: { role: fetched, roleArn, accountId } }: Scene): Link =>
    judgeFetched("role", fetched, (facts) => {
        const broken = (fault: Finding["fault"], sentence: string) =>
            createLink("role", "", [breaks(fault, sentence, "trust", `iam:GetRole: ${facts?.arn ?? "NoSuchEntity"}`)]);
        const owner = accountOf(roleArn);
        if (owner !== accountId) {
            const sentence = `The role ${roleArn} belongs to account ${owner}, and Personalize in ${accountId} takes only its own account's roles.`;
            return broken("role-other-account", sentence);
        }
        if (facts === undefined) return broken("role-missing", `There is no role ${roleArn}.`);
        const path = `There is no role ${roleArn}: the ARN of the role with this name has another path, ${facts.arn}.`;
        return facts.arn === roleArn ? createLink("role", `${roleArn} exists`) : broken("role-path", path);
    });

/** The links of the role's own policies: what they check, and the fault that they find. */
const ofPolicies = {
    link: "role policies: list and read",
    detail: "the role may list the bucket and read its objects",
    type: "identity",
    fault: "role-policy",
    place: "rolePolicy",
    who: "The role",
} as const;
const ofBoundary = {
    link: "permissions boundary",
    detail: "the boundary allows it",
    type: "boundary",
    fault: "boundary",
    place: "boundary",
    who: "The role's permissions boundary",
} as const;
type Limit = typeof ofPolicies | typeof ofBoundary;
const organization = "organization";

/**
 * Checks the role's policies, its permissions boundary and the policies of its organization. Evaluates the documents.
 * Uses the simulator for documents that cannot be read, and for the organization.
 */
export function roleLinks(scene: Scene): Link[] {
    const { snapshot } = scene;
    const [facts, simulated] = [fetchedValue(snapshot.role), fetchedValue(snapshot.simulated)];
    if (!facts && simulated) return simulatedLinks(scene, simulated);
    if (!facts) {
        const why = "unread" in snapshot.role ? snapshot.role.unread : "there is no role";
        return [ofPolicies.link, ofBoundary.link, organization].map((name) => unknownLink(name, why));
    }
    const texts = facts.policies.flatMap(({ name, text, arn }) =>
        text === "" ? [] : [{ name: `${arn === undefined ? "role" : "managed"} policy ${name}`, text }],
    );
    const reads = roleReads(scene.of);
    const limit = facts.boundary && read([{ ...facts.boundary, name: ofBoundary.link }], "identity");
    const empty = withoutDocument(facts.policies);
    const policies = judgePolicies(scene, ofPolicies, reads, read(texts, "identity"), empty);
    const boundary = limit
        ? judgePolicies(scene, ofBoundary, reads, limit)
        : createLink(ofBoundary.link, "the role has none");
    return [policies, boundary, organizationLink(scene, [policies, boundary])];
}

/** Checks the role's links from the simulator's results only, which do not say which statement decided. */
function simulatedLinks(scene: Scene, simulated: readonly Simulated[]): Link[] {
    const link = ({ link: name, fault, place, who }: Limit, detail: string, isBy: (each: Simulated) => boolean) => {
        const findings = simulated
            .filter((each) => each.decision !== "allowed" && isBy(each))
            .map(({ action, resource }) => {
                const sentence = `${who} does not allow ${action}; the documents cannot be read, so the statement is unknown.`;
                return breaks(fault, sentence, place, `${simulator}: ${action} on ${resource} is denied`);
            });
        return createLink(name, detail, findings.slice(0, 1));
    };
    return [
        link(ofPolicies, ofPolicies.detail, (each) => each.byBoundary !== false && each.byOrganization !== false),
        link(ofBoundary, "nothing is denied by a boundary", (each) => each.byBoundary === false),
        organizationLink(scene, []),
    ];
}

function organizationLink({ snapshot, of }: Scene, others: readonly Link[]): Link {
    const simulated = fetchedValue(snapshot.simulated);
    const refused = refusedByOrganization(snapshot);
    const denied = simulated?.find(({ byOrganization }) => byOrganization === false);
    const found = (sentence: string, evidence: string) =>
        createLink(organization, "", [breaks("organization", sentence, "organization", evidence)]);
    if (denied) {
        const sentence = `A policy of the organization does not allow ${denied.action}: its administrator must.`;
        return found(sentence, `${simulator}: ${denied.action} is ${denied.decision}`);
    }
    if (refused !== undefined) {
        const { policy, action = "reads", isExplicit, text } = refused;
        const says = isExplicit ? `A ${policy} of the organization denies ${action}` : `No ${policy} allows ${action}`;
        return found(`${says} on ${of.bucket} in ${of.region}: the organization's administrator must allow it.`, text);
    }
    if (!simulated) return unknownLink(organization, "no permission to call the simulator");
    const puzzling = simulated.find(({ decision }) => decision !== "allowed");
    if (puzzling && others.length > 0 && others.every(({ verdict }) => verdict === "ok" || verdict === "warning")) {
        const { decision, action } = puzzling;
        const why = `${simulator} returns ${decision} for ${action}, although the documents allow it: check the organization's policies`;
        return unknownLink(organization, why);
    }
    const isJudged = simulated.some(({ byOrganization }) => byOrganization !== undefined);
    return createLink(organization, isJudged ? "its policies allow it" : "the simulator reports none");
}

const withoutDocument = (policies: readonly PolicyText[]): Finding[] =>
    policies
        .filter(({ text }) => text === "")
        .map(({ name, arn = name }) => {
            const sentence = `${name} is attached, but IAM has no document of it: it grants nothing.`;
            return warning("role-policy-without-document", sentence, "none", `attached: ${arn}`);
        });

const trustLink = "trust policy";
const ofTrust: PolicyCheck = {
    link: trustLink,
    detail: "Personalize may assume the role",
    type: "resource",
    fault: "trust-policy",
    place: "trust",
};

/**
 * Checks whether Personalize may assume the role for this account's jobs. IAM's simulator never evaluates a trust
 * policy.
 */
export const trust = (scene: Scene): Link =>
    judgeFetched(trustLink, scene.snapshot.role, (facts) => {
        if (!facts) return unknownLink(trustLink, "there is no role");
        const policies = read([{ name: trustLink, text: facts.trust }], "resource");
        return judgePolicies(scene, ofTrust, [assumeRole(scene.of)], policies);
    });
