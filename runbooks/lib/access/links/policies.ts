import {
    describeProblems,
    listOf,
    type NamedPolicy,
    type PolicyKind,
    parsePolicy,
    personalizeService,
    type Statement,
} from "policy-evaluator";
import type { Reason } from "../denials.ts";
import type { Finding, Place } from "../link.ts";
import type { PolicyText } from "../snapshot.ts";

/** Above every AWS limit: AWS already accepted the stored policies. */
const anyLength = 1_000_000;

/** Parses policy texts; returns the documents, and the problems of the others. */
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

/** Findings from reasons, each fault once: list and read requests often fail for one cause. */
export function broken(reasons: readonly Reason[], place: Place): Finding[] {
    const found = new Map<string, Finding>();
    for (const { fault, sentence, evidence } of reasons) {
        const before = found.get(fault);
        found.set(fault, {
            ...(before ?? { fault, sentence, verdict: "broken", place }),
            evidence: [...new Set([...(before?.evidence ?? []), ...evidence])],
        });
    }
    return [...found.values()];
}

/** A finding that breaks nothing by itself. */
export const warning = (fault: Finding["fault"], sentence: string, place: Place, ...evidence: string[]): Finding => ({
    fault,
    verdict: "warning",
    sentence,
    evidence,
    place,
});

/** Whether a statement allows something to Personalize as itself. */
export const namesPersonalize = ({ Effect, Principal }: Statement) =>
    Effect === "Allow" && typeof Principal === "object" && listOf(Principal.Service).includes(personalizeService);

/** Whether a statement asks on whose behalf a service acts. */
export const hasSource = ({ Condition = {} }: Statement) =>
    Object.values(Condition).some((block) => Object.keys(block).some((key) => /^aws:source(account|arn)$/i.test(key)));
