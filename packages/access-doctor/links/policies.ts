import {
    type AccessRequest,
    authorize,
    describeProblems,
    type NamedPolicy,
    type PolicyKind,
    type PolicyType,
    parsePolicy,
    personalizeService,
    type Statement,
    toList,
} from "policy-evaluator";
import { findUnknownKeys } from "../context.ts";
import { type Decided, decide } from "../decide.ts";
import { type Explanation, explain } from "../explain.ts";
import type { FaultId } from "../faults.ts";
import { breaks, createLink, type Finding, type FixTarget, type Link, type Scene, unknownLink } from "../link.ts";
import type { PolicyText } from "../snapshot.ts";

/**
 * Maximum length of a policy to parse. It is larger than every AWS limit, so that no policy that AWS accepted is
 * rejected.
 */
const anyLength = 1_000_000;

/** Parses policies. Returns the valid documents, and a description of the problems of each invalid text. */
export function read(texts: readonly Pick<PolicyText, "name" | "text">[], kind: PolicyKind) {
    const policies: NamedPolicy[] = [];
    const problems: string[] = [];
    for (const { name, text } of texts) {
        const parsed = parsePolicy(text, kind, anyLength);
        if ("document" in parsed) policies.push({ name, document: parsed.document });
        else problems.push(`${name}: ${describeProblems(parsed.problems)}`);
    }
    return { policies, problems };
}

/** What a link checks in policies of one type, and the fault that it finds. */
export interface PolicyCheck extends Pick<Finding, "fault" | "place"> {
    readonly link: string;
    /** The link's text if the policies allow the requests. */
    readonly detail: string;
    readonly type: PolicyType;
}

/**
 * Judges whether the policies of one type stop requests, each with every combination of values of the unknown condition
 * keys. `authorize` knows whether a request needs an Allow of this type, or only no Deny.
 */
export function judgePolicies(
    { knownValues }: Scene,
    { link, detail, type, fault, place }: PolicyCheck,
    requests: readonly AccessRequest[],
    { policies, problems = [] }: Partial<ReturnType<typeof read>> & { readonly policies: readonly NamedPolicy[] },
    more: readonly Finding[] = [],
): Link {
    const explained = requests.map((request) => {
        const unknowns = findUnknownKeys(request, knownValues);
        const decided = decide(request, unknowns, { [type]: policies }, type);
        if (decided.is === "allowed") return { is: decided.is, why: [] };
        const { lacking } = authorize(decided.assumed, { [type]: policies });
        const kind = type === "resource" ? "resource" : "identity";
        const why = explain(request, decided.assumed, policies, kind, unknowns, !lacking.includes(type));
        return { is: decided.is, why };
    });
    const of = (is: Decided["is"]) => explained.flatMap((each) => (each.is === is ? each.why : []));
    const findings = toFindings(fault, of("denied"), place);
    const undecided = of("unknown");
    // The verdict is unknown if the parser rejects a policy document that AWS stores, because this document may still
    // allow the action.
    if (findings.length > 0 && problems.length > 0) return unknownLink(link, problems.join("; "));
    return findings.length === 0 && undecided.length > 0
        ? undecidedLink(link, undecided)
        : createLink(link, detail, [...findings, ...more]);
}

/**
 * Creates a link that cannot be judged, because the value of a condition key is unknown. It names statement, key and
 * wanted value, and asks who knows the value.
 */
export function undecidedLink(link: string, undecided: readonly Explanation[]): Link {
    const byStatement = Map.groupBy(undecided, ({ policy, statement }) => JSON.stringify([policy, statement]));
    const once = [...byStatement.values()].flatMap(([first]) => first ?? []);
    const sentences = once.map(({ sentence }) => sentence.replace(/\.$/, ""));
    const [first] = once;
    const { conditions = [] } = first ?? {};
    // A key with a few possible values, such as the version of TLS, has no value that is unknown as a whole.
    const unknown = conditions.filter(({ sent }) => sent === "unknown");
    const values = (unknown.length > 0 ? unknown : conditions).map(
        ({ key, wanted }) => `${key} of the request (${first?.statement} says ${wanted.join(" or ")})`,
    );
    const isOfOrganization = unknown.some(({ key }) => /org(id|paths)$/i.test(key));
    const who = isOfOrganization
        ? "whoever may call aws organizations describe-organization"
        : `whoever wrote the ${first?.policy}`;
    return unknownLink(link, `cannot tell: ${sentences.join("; ")}`, `${who}: what is ${values.join(", and ")}?`);
}

/**
 * Converts explanations to findings. Returns one finding for each statement, because list and read requests often fail
 * because of the same one.
 */
function toFindings(fault: FaultId, explanations: readonly Explanation[], place: FixTarget): Finding[] {
    const idOf = ({ effect, policy, statement, sentence, parts, conditions }: Explanation) =>
        JSON.stringify([
            ...[effect, policy, statement ?? sentence, parts],
            conditions.map(({ operator, key }) => `${operator} ${key}`),
        ]);
    return [...Map.groupBy(explanations, idOf).values()].flatMap((group) => {
        const evidence = [...new Set(group.flatMap((each) => each.evidence))];
        return group.slice(0, 1).map(({ sentence, evidence: _own, ...explanation }) => ({
            ...breaks(fault, sentence, place, ...evidence),
            explanation,
        }));
    });
}

/** Checks whether a statement allows something to the service principal of Personalize. */
export const namesPersonalize = ({ Effect, Principal }: Statement) =>
    Effect === "Allow" && typeof Principal === "object" && toList(Principal.Service).includes(personalizeService);

/** Checks whether a statement has a condition on `aws:SourceAccount` or `aws:SourceArn`. */
export const hasSource = ({ Condition = {} }: Statement) =>
    Object.values(Condition).some((block) => Object.keys(block).some((key) => /^aws:source(account|arn)$/i.test(key)));
