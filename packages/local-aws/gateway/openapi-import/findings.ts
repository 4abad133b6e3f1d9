export type Node = Readonly<Record<string, unknown>>;

/** What is found in a document while it is read: what API Gateway refuses, and what it would leave out. */
export interface Findings {
    readonly errors: string[];
    readonly warnings: string[];
}

/** A request for an import that API Gateway refuses (BadRequestException). */
export class ImportRefused extends Error {}

/** `value` as an object; an empty one where it is absent, and a finding where it is anything else. */
export function objectOf(value: unknown, where: string, findings: Findings): Node {
    if (value === undefined || value === null) {
        return {};
    }
    if (typeof value !== "object" || Array.isArray(value)) {
        findings.errors.push(`${where} is no object`);
        return {};
    }
    return value as Node;
}

/**
 * The object that `value` is or refers to, by `$ref` within the document (API Gateway reads no other files).
 *
 * @param where the place that refers, for findings
 */
export function referred(document: Node, value: unknown, where: string, findings: Findings): Node {
    let found = objectOf(value, where, findings);
    for (let steps = 0; typeof found.$ref === "string"; steps++) {
        const target = at(document, found.$ref);
        if (target === undefined || steps > 10) {
            findings.errors.push(`Unable to resolve reference '${found.$ref}' at ${where}`);
            return {};
        }
        found = objectOf(target, found.$ref, findings);
    }
    return found;
}

function at(document: Node, reference: string): unknown {
    if (!reference.startsWith("#/")) {
        return undefined;
    }
    return reference
        .slice(2)
        .split("/")
        .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
        .reduce<unknown>(
            (node, token) => (Object.hasOwn(Object(node), token) ? (node as Node)[token] : undefined),
            document,
        );
}
