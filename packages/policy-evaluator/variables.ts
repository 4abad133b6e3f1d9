import type { Lookup } from "./context.ts";
import type { Pattern } from "./match.ts";

/**
 * A text of a policy with its variables replaced (`pattern`), or its first variable that has no value in this request
 * (`missing`). A text with a missing variable matches nothing ("Variables and tags", policy variables with no value).
 */
export type Expansion = { readonly pattern: Pattern } | { readonly missing: string };

const variable = /\$\{(?:([*?$])|\s*([^\s,{}']+)\s*(?:,\s*'((?:[^']|'')*)'\s*)?)\}/g;

/**
 * Replaces `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` (those characters without a special meaning). The
 * value of a variable is literal: a `*` in it is not a wildcard. A key with several values cannot be used as a variable
 * (IAM User Guide, "IAM policy elements: Variables and tags").
 */
export function expandVariables(text: string, lookup: Lookup): Expansion {
    if (!text.includes("${")) {
        return { pattern: text };
    }
    const elements: string[] = [];
    let done = 0;
    for (const { 0: whole, 1: character, 2: key = "", 3: fallback, index } of text.matchAll(variable)) {
        elements.push(...text.slice(done, index).split(""));
        done = index + whole.length;
        if (character !== undefined) {
            elements.push(...literal(character));
            continue;
        }
        const values = lookup(key);
        const value = values?.length === 1 ? values[0] : fallback?.replaceAll("''", "'");
        if (value === undefined) {
            return { missing: key };
        }
        elements.push(...literal(value));
    }
    elements.push(...text.slice(done).split(""));
    return { pattern: elements };
}

/** Replaces variables in the last part of an ARN: the Resource element allows them only there. */
export function expandResource(text: string, lookup: Lookup): Expansion {
    const head = /^(?:[^:]*:){5}/.exec(text)?.[0] ?? "";
    const expanded = expandVariables(text.slice(head.length), lookup);
    if ("missing" in expanded) {
        return expanded;
    }
    const { pattern } = expanded;
    return { pattern: typeof pattern === "string" ? text : [...head.split(""), ...Array.from(pattern)] };
}

function literal(text: string): string[] {
    return Array.from({ length: text.length }, (_, index) => {
        const character = text.charAt(index);
        return character === "*" || character === "?" ? `\\${character}` : character;
    });
}
