import { parseSessionArn } from "policy-evaluator";

/**
 * An access error of AWS: `User: … is not authorized to perform: … because no … allows …`, or `with an explicit deny in
 * …` (IAM User Guide, "Troubleshoot access denied error messages").
 */
export interface Refusal {
    /** ARN of the denied user, role or session; undefined if the text does not contain it. */
    readonly caller: string | undefined;
    readonly action: string | undefined;
    /** The kind of policy, such as `service control policy` or `permissions boundary`. */
    readonly policy: string;
    readonly isExplicit: boolean;
    readonly text: string;
}

/** Parses an access error. Returns undefined if the text contains no kind of policy. */
export function parseRefusal(text: string): Refusal | undefined {
    const [, denying] = /explicit deny in (?:an?|the) ([\w -]*?(?:policy|boundary))/i.exec(text) ?? [];
    const [, lacking] = /because no ([\w -]*?(?:policy|boundary|policies)) allows?/i.exec(text) ?? [];
    const policy = denying ?? lacking;
    if (policy === undefined) return undefined;
    const [, caller] = /User: (arn:[^\s"']+)/.exec(text) ?? [];
    const [, action] = /not authorized to perform: ([\w-]+:\w+)/.exec(text) ?? [];
    return { caller, action, policy, isExplicit: denying !== undefined, text };
}

const article = (words: string) => `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;

/** Returns the reason of an access error as a clause, such as `no identity-based policy allows it`. */
export const formatReason = ({ policy, isExplicit }: Pick<Refusal, "policy" | "isExplicit">, what = "it"): string =>
    isExplicit ? `a statement of ${article(policy)} denies ${what}` : `no ${policy} allows ${what}`;

/** Checks whether an access error is about a role or a session of that role. */
export function isOfRole({ caller = "" }: Refusal, roleArn: string): boolean {
    const name = roleArn.split("/").at(-1);
    return caller === roleArn || parseSessionArn(caller)?.roleName === name;
}
