import { isDeepStrictEqual } from "node:util";

interface Field {
    readonly name: string;
    readonly type: unknown;
}

const parseFields = (schema: string) => (JSON.parse(schema) as { readonly fields: readonly Field[] }).fields;

/**
 * Returns why Personalize rejects a change of an Items or Users schema, as the rest of a sentence after "its schema";
 * undefined if it accepts the change. The new schema may only add fields that can be null (Developer Guide, "Replacing
 * a dataset's schema").
 *
 * @param before Avro schema of the dataset, as text
 * @param after new Avro schema, as text
 */
export function schemaChangeFault(before: string, after: string): string | undefined {
    const added = new Map(parseFields(after).map((field) => [field.name, field]));
    for (const { name, type } of parseFields(before)) {
        const kept = added.get(name);
        if (kept === undefined) return `lacks column ${name} of the stack's dataset`;
        if (!isDeepStrictEqual(kept.type, type)) return `changes the type of column ${name}`;
        added.delete(name);
    }
    const required = [...added.values()].find(({ type }) => !Array.isArray(type) || !type.includes("null"));
    return required && `adds column ${required.name}, which cannot be null`;
}
