import { createHash } from "node:crypto";
import { expectObject, type Findings, type Node } from "./findings.ts";

/** A model to create. Its schema still contains the `$ref`s of the document. */
export interface ModelPlan {
    readonly name: string;
    readonly schema: Node;
}

/**
 * JSON schema keywords that API Gateway drops from models (Developer Guide, "API Gateway quotas and important notes").
 */
const left = [
    ...["discriminator", "example", "examples", "nullable", "readOnly", "writeOnly", "deprecated", "xml"],
    ...["externalDocs", "minItems", "maxItems", "exclusiveMinimum", "exclusiveMaximum"],
];
/** JSON schema keywords that are newer than OpenAPI 3.0, which does not allow them. */
const later = ["$defs", "const", "contains", "dependentSchemas", "if", "prefixItems", "unevaluatedProperties"];
/** JSON schema keywords whose value is a map of names to schemas. */
const named = ["properties", "patternProperties", "definitions"];

/** Converts a document's schemas to models. Each inline schema of a body becomes a model too. */
export function readModels(document: Node, findings: Findings) {
    const components = expectObject(document.components, "components", findings);
    const schemas = expectObject(components.schemas, "components.schemas", findings);
    const models = new Map<string, ModelPlan>();

    function addModel(name: string, schema: unknown, where: string): string {
        models.set(name, { name, schema: draft4(schema, where) as Node });
        return name;
    }
    function draft4(value: unknown, where: string): unknown {
        const schema = expectObject(value, where, findings);
        if (typeof schema.$ref === "string") {
            const name = nameIn(schema.$ref);
            if (name === undefined || !Object.hasOwn(schemas, name)) {
                findings.errors.push(`Unable to resolve reference '${schema.$ref}' at ${where}`);
            }
            return { $ref: schema.$ref };
        }
        for (const key of later.filter((key) => key in schema)) {
            findings.errors.push(`${where}.${key} is not a keyword of OpenAPI 3.0`);
        }
        if (Array.isArray(schema.type)) {
            findings.errors.push(`${where}.type is a list, which OpenAPI 3.0 does not have`);
        }
        const gone = left.filter((key) => key in schema);
        if (gone.length > 0) {
            findings.warnings.push(`${where}: ${gone.join(", ")} not supported in a model, and left out`);
        }
        const kept = Object.entries(schema).filter(([key]) => !left.includes(key) && !key.startsWith("x-"));
        return Object.fromEntries(kept.map(([key, inner]) => [key, convertInner(key, inner, `${where}.${key}`)]));
    }
    function convertInner(key: string, inner: unknown, where: string): unknown {
        if (named.includes(key)) {
            const members = Object.entries(expectObject(inner, where, findings));
            return Object.fromEntries(members.map(([name, schema]) => [name, draft4(schema, `${where}.${name}`)]));
        }
        if (["allOf", "anyOf", "oneOf"].includes(key) && Array.isArray(inner)) {
            return inner.map((schema, index) => draft4(schema, `${where}[${index}]`));
        }
        const isSchema = ["items", "not", "additionalProperties"].includes(key) && typeof inner === "object";
        return isSchema ? draft4(inner, where) : inner;
    }

    for (const [name, schema] of Object.entries(schemas)) {
        if (!/^[a-zA-Z0-9]+$/.test(name)) {
            findings.errors.push(`Model name '${name}' is invalid: model names must be alphanumeric`);
        }
        addModel(name, schema, `components.schemas.${name}`);
    }
    return {
        models,
        /** Returns the model of each media type in a `content` object. */
        modelsOf(content: unknown, where: string): Record<string, string> {
            const types = Object.entries(expectObject(content, where, findings));
            return Object.fromEntries(
                types.flatMap(([type, media]) => {
                    const { schema } = expectObject(media, `${where}.${type}`, findings);
                    if (schema === undefined) {
                        return [];
                    }
                    const place = `${where}.${type}.schema`;
                    const { $ref } = expectObject(schema, place, findings);
                    if (typeof $ref !== "string") {
                        const name = `MODEL${createHash("sha256").update(place).digest("hex").slice(0, 6)}`;
                        return [[type, addModel(name, schema, place)]];
                    }
                    draft4(schema, place);
                    return [[type, nameIn($ref) ?? ""]];
                }),
            );
        },
    };
}

const nameIn = (reference: string) => /^#\/components\/schemas\/([^/]+)$/.exec(reference)?.[1];

/** Serializes a schema for API Gateway, which refers to models by URL. */
export function schemaText(schema: Node, apiId: string): string {
    return JSON.stringify(schema, (key, value: unknown) =>
        key === "$ref" && typeof value === "string"
            ? `https://apigateway.amazonaws.com/restapis/${apiId}/models/${nameIn(value)}`
            : value,
    );
}
