import { describeProblems, type NamedPolicy, type PolicyKind, parsePolicy } from "policy-evaluator";
import type { Finding, Place } from "../link.ts";
import type { PolicyText } from "../snapshot.ts";
import type { Reason } from "../why.ts";

/** Far above every limit of AWS's: what is stored there was accepted there. */
const anyLength = 1_000_000;

/** Documents of texts, and what cannot be read of them. */
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

/** Findings of reasons, each fault once: lists and reads often fail for the same cause. */
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

export const warning = (fault: Finding["fault"], sentence: string, place: Place, ...evidence: string[]): Finding => ({
    ...{ fault, verdict: "warning", sentence, evidence, place },
});
