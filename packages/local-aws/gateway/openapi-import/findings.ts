export type Node = Readonly<Record<string, unknown>>;

/** What API Gateway rejects in a document (errors), and what it ignores (warnings). */
export interface Findings {
    readonly errors: string[];
    readonly warnings: string[];
}

/** API Gateway rejects the import with BadRequestException. */
export class ImportRefusedError extends Error {}

/** Returns `value` as an object. A missing value gives an empty object, and any other value also gives an error. */
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
 * Returns the object, or the object in the same document that its `$ref` names. API Gateway reads no other files.
 * @param where place of the reference, for errors
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
