/** @typedef {Record<string, any>} Part a part of an OpenAPI document */

/** Returns the name of the component in a reference, such as `Item`. */
const nameOf = (/** @type {Part} */ { $ref }) => $ref.split("/").at(-1);

/** Returns a type as Markdown. References become links to the section of their schema. */
function typeOf(/** @type {Part} */ schema) {
    if (schema.$ref) return `[${nameOf(schema)}](#${nameOf(schema).toLowerCase()})`;
    if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
    const { enum: values, minimum, maximum, maxLength, maxItems, default: value } = schema;
    const limits = [
        values?.map((/** @type {string} */ each) => `\`${each}\``).join(", "),
        minimum !== undefined && `from ${minimum}`,
        maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `to ${maximum}`,
        maxLength && `at most ${maxLength} characters`,
        maxItems && `at most ${maxItems}`,
        value !== undefined && `default ${value}`,
    ].filter(Boolean);
    return [[schema.type].flat().join(" or "), ...limits].join(", ");
}

/** Returns a list with a line for each property of a schema. */
function propertiesOf(/** @type {Part} */ schema) {
    const inherited = (schema.allOf ?? []).filter((/** @type {Part} */ part) => part.$ref);
    const parts = [schema, ...(schema.allOf ?? [])];
    const required = parts.flatMap((part) => part.required ?? []);
    const lines = parts
        .flatMap((part) => Object.entries(part.properties ?? {}))
        .map(([name, property]) => {
            const type = `${typeOf(property)}${required.includes(name) ? ", required" : ""}`;
            return `- \`${name}\` (${type})${property.description ? `: ${property.description}` : ""}`;
        });
    return [...inherited.map((/** @type {Part} */ part) => `- all fields of ${typeOf(part)}`), ...lines].join("\n");
}

/** Returns the section of an operation: parameters, body, answers. */
function operationSection(/** @type {Part} */ components, path, verb, /** @type {Part} */ operation) {
    const resolve = (/** @type {Part} */ part, kind) => (part.$ref ? components[kind][nameOf(part)] : part);
    const parameters = (operation.parameters ?? []).map((/** @type {Part} */ part) => {
        const { name, in: place, required, description, schema } = resolve(part, "parameters");
        const facts = [place, typeOf(schema ?? { type: "JSON object" }), ...(required ? ["required"] : [])].join(", ");
        return `- \`${name}\` (${facts}): ${description}`;
    });
    const answers = Object.entries(operation.responses).map(([status, part]) => {
        const { description, content = {} } = resolve(part, "responses");
        const [type] = Object.values(content);
        return `- **${status}**: ${description}${type?.schema?.$ref ? ` (${typeOf(type.schema)})` : ""}`;
    });
    const body = operation.requestBody?.content["application/json"].schema;
    return [
        `## ${verb.toUpperCase()} ${path}`,
        `${operation.summary}.${operation.description ? ` ${operation.description}` : ""}`,
        ...(parameters.length > 0 ? ["**Parameters**", parameters.join("\n")] : []),
        ...(body ? [`**Body**: ${typeOf(body)}`] : []),
        "**Answers**",
        answers.join("\n"),
    ];
}

/**
 * Returns the page of the API as Markdown.
 * @param {Part} document the content of app/api/openapi.yaml
 */
export function apiPage({ info, paths, components }) {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).flatMap(([verb, operation]) => operationSection(components, path, verb, operation)),
    );
    const schemas = Object.entries(components.schemas).flatMap(([name, schema]) => [
        `### ${name}`,
        schema.description ?? "",
        schema.type === "string" ? typeOf(schema) : propertiesOf(schema),
    ]);
    // Descriptions are plain text: a backslash in them is not an escape.
    const text = ["# API reference", info.description, ...operations, "## Schemas", ...schemas].join("\n\n");
    return text.replaceAll("\\", "\\\\");
}
