export type Node = Readonly<Record<string, unknown>>;

/** Findings of reading a document: what API Gateway refuses, and what it would leave out. */
export interface Findings {
    readonly errors: string[];
    readonly warnings: string[];
}

/** A request for an import that API Gateway refuses (BadRequestException). */
export class ImportRefused extends Error {}

/** `value` as an object; an empty one where it is absent, and a finding for any other value. */
export function objectOf(value: unknown, where: string, findings: Findings): Node {
    if (value === undefined || value === null) {
        return {};
    }
    if (typeof value !== "object" || Array.isArray(value)) {
        findings.errors.push(`${where} is not an object`);
        return {};
    }
    return value as Node;
}

/**
 * The object that `value` is, or that its `$ref` names within the document (API Gateway reads no other files).
 *
 * @param where the place of the reference, for findings
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
