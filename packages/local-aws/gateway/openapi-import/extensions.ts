import type { Findings, Node } from "./findings.ts";

/** The supported API Gateway extensions, by the place where each may appear. */
const supported = {
    document: [
        "x-amazon-apigateway-api-key-source",
        "x-amazon-apigateway-binary-media-types",
        "x-amazon-apigateway-gateway-responses",
        "x-amazon-apigateway-minimum-compression-size",
        "x-amazon-apigateway-policy",
        "x-amazon-apigateway-request-validator",
        "x-amazon-apigateway-request-validators",
    ],
    path: ["x-amazon-apigateway-any-method"],
    operation: ["x-amazon-apigateway-integration", "x-amazon-apigateway-request-validator"],
};

/**
 * Rejects each unsupported API Gateway extension with its name and place. If an extension were ignored, the API would
 * differ from its document.
 */
export function refuseOtherExtensions(document: Node, findings: Findings): void {
    const visit = (value: unknown, path: readonly string[]) => {
        if (value === null || typeof value !== "object") {
            return;
        }
        for (const [key, inner] of Object.entries(value)) {
            if (key.startsWith("x-amazon-apigateway-") && !knownAt(path).includes(key)) {
                findings.errors.push(`The extension ${key} at ${placed(path)} is not supported by the local AWS`);
            }
            // Within a template or a model, a key with this prefix is not an extension.
            if (!key.startsWith("x-amazon-apigateway-") || key === "x-amazon-apigateway-any-method") {
                visit(inner, [...path, key]);
            }
        }
    };
    visit(document, []);
}

function knownAt(path: readonly string[]): readonly string[] {
    if (path.length === 0) {
        return supported.document;
    }
    const [first] = path;
    return first === "paths" && path.length === 2
        ? supported.path
        : first === "paths" && path.length === 3
          ? supported.operation
          : [];
}

const placed = (path: readonly string[]) => (path.length === 0 ? "the document's root" : path.join("."));
