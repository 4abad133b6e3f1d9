import { type AccessRequest, accountOf, assumeRole, evaluate, personalizeService, roleReads } from "policy-evaluator";
import { type Reason, requestLine, whyDenied } from "../denials.ts";
import { evaluator, type Finding, type Link, linkOf, type Scene, simulator, unknownLink } from "../link.ts";
import { hasJob, known, type PolicyText, type RoleFacts, type Snapshot } from "../snapshot.ts";
import { whyNot } from "../why.ts";
import { broken, read, warning } from "./policies.ts";

const passRoleLink = "iam:PassRole of the caller";

/** Whether the caller may pass the role to Personalize; the call carries `iam:PassedToService`. */
export function passRole({ snapshot }: Scene): Link {
    const { passRole: fetched, caller, roleArn } = snapshot;
    if ("unread" in fetched && hasJob(snapshot)) {
        return linkOf(passRoleLink, simulator, "the service accepted the job", []);
    }
    if ("unread" in fetched) {
        return unknownLink(passRoleLink, simulator, fetched.unread);
    }
    const [toPersonalize, toAny] = fetched.is;
    if (!toPersonalize || toPersonalize.decision === "allowed") {
        return linkOf(passRoleLink, simulator, `${caller} may pass the role to ${personalizeService}`, []);
    }
    const evidence = [
        `${caller}: iam:PassRole on ${roleArn} with {"iam:PassedToService":"${personalizeService}"} is ${toPersonalize.decision}`,
        ...toPersonalize.matched.map((policy) => `decided by ${policy}`),
    ];
    // Without the service in the request, a statement for another service reports the missing key.
    const otherService = toAny !== undefined && toAny.decision !== "explicitDeny" && toAny.missing.length > 0;
    const finding: Finding = otherService
        ? {
              fault: "passrole-other-service",
              verdict: "broken",
              place: "passRole",
              sentence: `${caller} may pass the role, but not to ${personalizeService}.`,
              evidence: [...evidence, `without a service the same call lacks ${toAny.missing.join(", ")}`],
          }
        : {
              fault: "passrole-missing",
              verdict: "broken",
              place: "passRole",
              sentence: `${caller} may not pass the role to ${personalizeService}.`,
              evidence,
          };
    const sentence = `${finding.sentence} The job was accepted: this matters for the caller's next import only.`;
    const note = { ...finding, sentence, verdict: "warning", place: "none" } as const;
    return linkOf(passRoleLink, simulator, "", [hasJob(snapshot) ? note : finding]);
}

/** The role itself: without it the service cannot assume anything. */
export function role({ snapshot: { role: fetched, roleArn, accountId } }: Scene): Link {
    if ("unread" in fetched) {
        return unknownLink("role", "iam:GetRole", fetched.unread);
    }
    return linkOf("role", "iam:GetRole", `${roleArn} exists`, roleFindings(roleArn, accountId, fetched.is));
}

function roleFindings(roleArn: string, accountId: string, found: RoleFacts | undefined): Finding[] {
    const common = {
        verdict: "broken",
        evidence: [`iam:GetRole: ${found?.arn ?? "NoSuchEntity"}`],
        place: "trust",
    } as const;
    const owner = accountOf(roleArn);
    if (owner !== accountId) {
        const sentence = `The role ${roleArn} belongs to account ${owner}, and Personalize in ${accountId} takes only its own account's roles.`;
        return [{ ...common, fault: "role-other-account", sentence }];
    }
    if (found === undefined) {
        return [{ ...common, fault: "role-missing", sentence: `There is no role ${roleArn}.` }];
    }
    if (found.arn !== roleArn) {
        const sentence = `There is no role ${roleArn}: the ARN of the role with this name has another path, ${found.arn}.`;
        return [{ ...common, fault: "role-path", sentence }];
    }
    return [];
}

/**
 * The role's policies, its boundary and its organisation. The simulator decides, and the documents explain. Without
 * permission for one of the two, the other decides alone.
 */
export function roleLinks({ snapshot, of }: Scene): Link[] {
    const names = ["role policies: list and read", "permissions boundary", "organisation"] as const;
    const facts = known(snapshot.role);
    const simulated = known(snapshot.simulated);
    const judge = simulated ? simulator : evaluator;
    if (!facts && !simulated) {
        const why = "unread" in snapshot.role ? snapshot.role.unread : "there is no role";
        return names.map((name) => unknownLink(name, judge, why));
    }
    const texts = (facts?.policies ?? []).map(({ name, text, arn }) => ({
        name: `${arn === undefined ? "role" : "managed"} policy ${name}`,
        text,
    }));
    const { policies } = read(texts, "identity");
    const boundary =
        facts?.boundary && read([{ ...facts.boundary, name: "permissions boundary" }], "identity").policies;
    const found = {
        reasons: [] as Reason[],
        identity: [] as Finding[],
        boundary: [] as Finding[],
        organisation: [] as Finding[],
    };
    let puzzling = "";
    for (const request of roleReads(of)) {
        const simulation = simulated?.find(
            ({ action, resource }) => action === request.action && resource === request.resource,
        );
        const byDocuments = facts && evaluate(request, policies, "identity").decision;
        const byBoundary = boundary && evaluate(request, boundary, "identity").decision;
        const byOurs = byDocuments === "allowed" && (byBoundary ?? "allowed") === "allowed";
        if (simulation ? simulation.decision === "allowed" : byOurs) {
            continue;
        }
        const evidence = simulation
            ? [`${simulator}: ${simulation.action} on ${simulation.resource} is ${simulation.decision}`]
            : [];
        const stopped = simulation?.byBoundary === false || (byBoundary !== undefined && byBoundary !== "allowed");
        if (stopped) {
            found.boundary.push({
                fault: "boundary",
                verdict: "broken",
                place: "boundary",
                sentence: boundarySentence(
                    request,
                    facts?.boundary?.arn,
                    whyDenied(request, boundary ?? [], "role", of),
                ),
                evidence: [...evidence, ...(facts?.boundary ? [facts.boundary.text] : []), requestLine(request)],
            });
        }
        if (simulation?.byOrganisation === false) {
            found.organisation.push({
                fault: "organisation",
                verdict: "broken",
                place: "organisation",
                sentence: `A policy of the organisation does not allow ${request.action}: its administrator must.`,
                evidence,
            });
        }
        if (byDocuments !== undefined && byDocuments !== "allowed") {
            const reasons = whyNot(request, policies, "role", of);
            found.reasons.push(
                ...reasons.map((reason) => ({ ...reason, evidence: [...evidence, ...reason.evidence] })),
            );
        } else if (!facts) {
            const fault = request.action === "s3:ListBucket" ? "role-list-missing" : "role-get-missing";
            const sentence = `The role may not ${request.action}. Its documents cannot be read, so the reason is unknown.`;
            found.identity.push({ fault, verdict: "broken", sentence, evidence, place: "rolePolicy" });
        } else if (!stopped && simulation?.byOrganisation !== false) {
            puzzling = `${simulator} returns ${simulation?.decision} for ${request.action}, although the documents allow it: check the organisation's policies`;
        }
    }
    found.organisation.push(...refusedByOrganisation(snapshot));
    // A boundary denies list and read requests alike: one finding is enough.
    const once = (findings: Finding[]) => findings.slice(0, 1);
    const organisation =
        puzzling !== "" && found.organisation.length === 0
            ? unknownLink(names[2], simulator, puzzling)
            : simulated
              ? linkOf(names[2], simulator, hint(simulated), once(found.organisation))
              : unknownLink(names[2], simulator, "no permission to call the simulator");
    return [
        linkOf(names[0], judge, "the role may list the bucket and read its objects", [
            ...broken(found.reasons, "rolePolicy"),
            ...found.identity,
            ...withoutDocument(facts?.policies ?? []),
        ]),
        linkOf(names[1], judge, facts?.boundary ? "the boundary allows it" : "the role has none", once(found.boundary)),
        organisation,
    ];
}

/** The simulator leaves policies with conditions out; the refusal of a read names them. */
function refusedByOrganisation({ objects, keys, region }: Snapshot): Finding[] {
    const refused = [keys, ...objects].flatMap((each) => ("unread" in each ? [each.unread] : []));
    return refused
        .filter((text) => /(service|resource) control policy/i.test(text))
        .map((text) => ({
            fault: "organisation",
            verdict: "broken",
            place: "organisation",
            sentence: `A service control policy of the organisation denies reads of the bucket in ${region}: its administrator must allow them.`,
            evidence: [text],
        }));
}

const boundarySentence = ({ action }: AccessRequest, arn = "of the role", [denial]: readonly Reason[]) =>
    denial ? `${denial.sentence.replace(/\.$/, "")}: ${arn}.` : `The boundary ${arn} does not allow ${action}.`;

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

/** Whether Personalize may assume the role for this account's jobs. IAM's simulator never judges a trust policy. */
export function trust({ snapshot: { role: fetched }, of }: Scene): Link {
    if ("unread" in fetched || !fetched.is) {
        return unknownLink(trustLink, evaluator, "unread" in fetched ? fetched.unread : "there is no role");
    }
    const { policies, problems } = read([{ name: trustLink, text: fetched.is.trust }], "resource");
    if (problems.length > 0) {
        return unknownLink(trustLink, evaluator, problems.join("; "));
    }
    const request = assumeRole(of);
    const { decision } = evaluate(request, policies, "resource");
    const reasons = decision === "allowed" ? [] : whyNot(request, policies, "trust", of);
    return linkOf(trustLink, evaluator, "Personalize may assume the role", broken(reasons, "trust"));
}
