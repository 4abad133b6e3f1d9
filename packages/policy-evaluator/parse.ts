import type { PolicyDocument } from "./document.ts";
import { checkGrammar } from "./grammar.ts";
import { JsonError, type JsonNode, parseJson, plain } from "./json.ts";
import type { PolicyKind } from "./statement.ts";

/** A position in a text; line and column count from 1. */
interface Position {
    readonly line: number;
    readonly column: number;
}

export interface PolicyProblem extends Position {
    readonly message: string;
}

export type ParsedPolicy =
    | { readonly document: PolicyDocument; readonly problems: readonly [] }
    | { readonly problems: readonly PolicyProblem[] };

/**
 * Maximum lengths of documents in characters, not counting white space (IAM User Guide, "IAM and AWS STS quotas"; S3
 * User Guide, "Bucket policies": 20 KB).
 */
export const sizeLimits = {
    managedPolicy: 6144,
    roleInlinePolicies: 10_240,
    userInlinePolicies: 2048,
    groupInlinePolicies: 5120,
    trustPolicy: 2048,
    bucketPolicy: 20_480,
} as const;

/**
 * Maximum depth of a document. No policy that IAM accepts is so deep: its deepest values are in the list of a condition
 * key.
 */
const maxDepth = 12;
const maxProblems = 20;

/**
 * Parses a policy as IAM does before it stores one: JSON, then the grammar of the policy language. It reports all
 * problems (20 at most), each with its position. `kind`: whether statements must, or must not, have a principal.
 * `maxCharacters` counts as IAM does, without white space. Time is linear in the text; a text above the limit is not
 * parsed.
 */
export function parsePolicy(
    text: string,
    kind: PolicyKind,
    maxCharacters: number = sizeLimits.bucketPolicy,
): ParsedPolicy {
    const characters = text.replace(/\s+/g, "").length;
    if (characters > maxCharacters) {
        const message = `the document has ${characters} characters without white space; ${maxCharacters} are allowed`;
        return { problems: [{ message, line: 1, column: 1 }] };
    }
    let root: JsonNode;
    try {
        root = parseJson(text, maxDepth);
    } catch (error) {
        if (error instanceof JsonError) {
            const place = createPositionFinder(text)(error.offset);
            return { problems: [{ message: `invalid JSON: ${error.message}`, ...place }] };
        }
        throw error;
    }
    const faults = checkGrammar(root, kind)
        .toSorted((a, b) => a.offset - b.offset)
        .slice(0, maxProblems);
    if (faults.length > 0) {
        const placeOf = createPositionFinder(text);
        return { problems: faults.map(({ message, offset }) => ({ message, ...placeOf(offset) })) };
    }
    return { document: plain(root) as PolicyDocument, problems: [] };
}

/** Returns a function from an offset in the text to its line and column, from 1. Only line feeds end a line. */
function createPositionFinder(text: string): (offset: number) => Position {
    const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    return (offset) => {
        let [low, high] = [0, starts.length - 1];
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if ((starts[middle] as number) <= offset) low = middle;
            else high = middle - 1;
        }
        return { line: low + 1, column: offset - (starts[low] as number) + 1 };
    };
}

/** Returns one line about a document with problems, for messages. */
export function describeProblems(problems: readonly PolicyProblem[]): string {
    return problems.map(({ message, line, column }) => `line ${line}, column ${column}: ${message}`).join("; ");
}
