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
import { breaks, type Finding, type FixTarget, type Link, type Scene, unknownLink } from "../link.ts";
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

/** The result of several requests that were evaluated against the policies of one resource or identity. */
export interface Judged {
    readonly explanations: readonly Explanation[];
    /** Why requests would be denied whose decision depends on condition keys with an unknown value. */
    readonly undecided: readonly Explanation[];
}

/**
 * Decides whether the policies of one type stop requests, each with every combination of values of the unknown condition
 * keys. `authorize` knows whether a request needs an Allow of this type, or only no Deny.
 */
export function judge(
    { knownValues }: Pick<Scene, "knownValues">,
    requests: readonly AccessRequest[],
    type: PolicyType,
    policies: readonly NamedPolicy[],
): Judged {
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
    return { explanations: of("denied"), undecided: of("unknown") };
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
    const unknown = first?.conditions.filter(({ sent }) => sent === "unknown") ?? [];
    const values = unknown.map(
        ({ key, wanted }) => `${key} of the request (${first?.statement} says ${wanted.join(" or ")})`,
    );
    const isOfOrganisation = unknown.some(({ key }) => /org(id|paths)$/i.test(key));
    const who = isOfOrganisation
        ? "whoever may call aws organizations describe-organization"
        : `whoever wrote the ${first?.policy}`;
    return unknownLink(link, `cannot tell: ${sentences.join("; ")}`, `${who}: what is ${values.join(", and ")}?`);
}

/**
 * Converts explanations to findings. Returns one finding for each statement, because list and read requests often fail
 * because of the same one.
 */
export function broken(fault: FaultId, explanations: readonly Explanation[], place: FixTarget): Finding[] {
    const findings = new Map<string, Finding>();
    for (const { sentence, evidence, ...explanation } of explanations) {
        const { effect, policy, statement, parts, conditions } = explanation;
        const keys = conditions.map(({ operator, key }) => `${operator} ${key}`);
        const id = JSON.stringify([effect, policy, statement ?? sentence, parts, keys]);
        const before = findings.get(id);
        findings.set(id, {
            ...(before ?? { ...breaks(fault, sentence, place), explanation }),
            evidence: [...new Set([...(before?.evidence ?? []), ...evidence])],
        });
    }
    return [...findings.values()];
}

/** Checks whether a statement allows something to the service principal of Personalize. */
export const namesPersonalize = ({ Effect, Principal }: Statement) =>
    Effect === "Allow" && typeof Principal === "object" && toList(Principal.Service).includes(personalizeService);

/** Checks whether a statement has a condition on `aws:SourceAccount` or `aws:SourceArn`. */
export const hasSource = ({ Condition = {} }: Statement) =>
    Object.values(Condition).some((block) => Object.keys(block).some((key) => /^aws:source(account|arn)$/i.test(key)));
