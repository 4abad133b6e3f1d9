import { isRecord, toRecord } from "local-personalize";

export type Node = Readonly<Record<string, unknown>>;

/** Messages about the parts of a document that API Gateway rejects (errors) or ignores (warnings). */
export interface Findings {
    readonly errors: string[];
    readonly warnings: string[];
}

/** Thrown if API Gateway would reject the import with BadRequestException. */
export class ImportRefusedError extends Error {}

/**
 * Returns `value` if it is an object, otherwise an empty object. If `value` is neither an object nor missing, also adds
 * an error.
 */
export function expectObject(value: unknown, where: string, findings: Findings): Node {
    if (value === undefined || value === null) {
        return {};
    }
    if (!isRecord(value) || Array.isArray(value)) {
        findings.errors.push(`${where} is not an object`);
        return {};
    }
    return value;
}

/**
 * Returns the object, or the object to which its `$ref` refers in the same document. API Gateway does not resolve
 * references to other files.
 * @param where place of the reference, for errors
 */
export function referred(document: Node, value: unknown, where: string, findings: Findings): Node {
    let node = expectObject(value, where, findings);
    for (let steps = 0; typeof node.$ref === "string"; steps++) {
        const target = at(document, node.$ref);
        if (target === undefined || steps > 10) {
            findings.errors.push(`Unable to resolve reference '${node.$ref}' at ${where}`);
            return {};
        }
        node = expectObject(target, node.$ref, findings);
    }
    return node;
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
            (node, token) => (Object.hasOwn(Object(node), token) ? toRecord(node)[token] : undefined),
            document,
        );
}
