import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { problems } from "../../app/serving/problem.ts";
import { gatewayErrors, readApiDescription } from "./api-document.ts";

/** The parts of a schema, a parameter, a header or a response in app/api/openapi.yaml that the reference shows. */
interface Part {
    readonly $ref?: string;
    readonly type?: string | readonly string[];
    readonly description?: string;
    readonly enum?: readonly string[];
    readonly default?: unknown;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly minItems?: number;
    readonly maxItems?: number;
    readonly maxProperties?: number;
    readonly items?: Part;
    readonly properties?: Readonly<Record<string, Part>>;
    readonly required?: boolean | readonly string[];
    readonly name?: string;
    readonly in?: string;
    readonly schema?: Part;
    readonly content?: Readonly<Record<string, { readonly schema: Part }>>;
    readonly headers?: Readonly<Record<string, Part>>;
}

interface Operation {
    readonly summary: string;
    readonly parameters?: readonly Part[];
    readonly requestBody?: Part;
    readonly responses: Readonly<Record<string, Part>>;
}

const description = readApiDescription() as unknown as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: Readonly<Record<string, Readonly<Record<string, Part>>>>;
};

const nameOf = ({ $ref = "" }: Part) => $ref.split("/").at(-1) ?? "";
const schemaOf = (part: Part): Part => Object.values(part.content ?? {})[0]?.schema ?? part.schema ?? {};

/** Returns the part to which `$ref` refers, or the part itself. */
function resolved(part: Part): Part {
    const [kind = "", name = ""] = part.$ref?.split("/").slice(2) ?? [];
    return part.$ref === undefined ? part : { ...description.components[kind]?.[name] };
}

const range = (least: number | undefined, most: number | undefined, unit: string) => {
    if (most === undefined) return least === undefined ? "" : `, at least ${least}${unit}`;
    return least === undefined ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
};

/** Returns the type of a value as text: `integer`, `list of Film`, or the names of an enumeration. */
function typeText(part: Part): string {
    const { type, enum: names, properties, items } = resolved(part);
    if (names !== undefined) return names.map((name) => `\`${name}\``).join("/");
    if (items !== undefined) return `list of ${typeText(items)}`;
    if (properties !== undefined && part.$ref !== undefined) return nameOf(part);
    return [type].flat().join(" or ");
}

/** Returns the type and range of a value as text: `integer, 1 to 100`, or `1 to 256 characters` for a string. */
function valueText(part: Part): string {
    const { type, ...schema } = resolved(part);
    const ranges: Readonly<Record<string, string>> = {
        array: range(schema.minItems, schema.maxItems, ""),
        object: range(undefined, schema.maxProperties, " names"),
        string: range(schema.minLength, schema.maxLength, " characters"),
        integer: range(schema.minimum, schema.maximum, ""),
    };
    const text = `${typeText(part)}${ranges[String(type)] ?? ""}`;
    return text.replace(/^string, (?=.* characters$)/, "");
}

const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;

function operationLines(): readonly string[] {
    return Object.entries(description.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([verb, { summary, parameters = [], requestBody, responses }]) => {
            const inputs = [
                ...parameters.filter((each) => resolved(each).in === "query").map((each) => `\`${nameOf(each)}\``),
                ...(requestBody ? [nameOf(schemaOf(requestBody))] : []),
            ];
            const [status = "", answer = {}] = Object.entries(responses)[0] ?? [];
            const success = `${status} ${nameOf(schemaOf(resolved(answer)))}`.trim();
            const request = [
                `- \`${verb.toUpperCase()} ${path}\``,
                ...(inputs.length > 0 ? [`(${inputs.join(", ")})`] : []),
            ];
            return `${request.join(" ")}: ${summary}. ${success}`;
        }),
    );
}

function parameterTable(): readonly string[] {
    const rows = Object.values(description.components.parameters ?? {}).map((parameter) => {
        const { name, required, description: meaning = "" } = parameter;
        const schema = schemaOf(parameter);
        const fallback = String(schema.default ?? (required === true ? "required" : "–"));
        return row(`\`${name}\``, valueText(schema), fallback, meaning);
    });
    return [row("parameter", "value", "default", "meaning"), "|---|---|---|---|", ...rows];
}

/**
 * Returns the fields of an object. A nested object without a description is followed by its fields: `campaign.state`.
 */
function fieldsOf({ properties = {}, required }: Part, prefix = ""): readonly (readonly [string, Part])[] {
    return Object.entries(properties).flatMap(([name, field]) => {
        const isOptional = !(Array.isArray(required) && required.includes(name));
        const isOpen = field.$ref === undefined && field.description === undefined;
        const nested = isOpen ? fieldsOf(field, `${prefix}${name}.`) : [];
        return [[`\`${prefix}${name}${isOptional ? "?" : ""}\``, field] as const, ...nested];
    });
}

/**
 * Returns a line for each object, such as `- Film title string; year integer`, with the fields that have no
 * description. A nested line follows for each field with a description. A field that several objects share is only in
 * the lines of the first object.
 */
function fieldLines(names: readonly string[], value: (field: Part) => string): readonly string[] {
    const shown = new Set<string>();
    return names.flatMap((name) => {
        const fields = fieldsOf(description.components.schemas?.[name] ?? {}).filter(([field, part]) => {
            const content = field + JSON.stringify(part);
            const isNew = !shown.has(content);
            shown.add(content);
            return isNew;
        });
        const described = fields.filter(([, field]) => field.description !== undefined);
        const others = fields.filter(([, field]) => field.description === undefined);
        return [
            `- ${[name, others.map(([field, part]) => `${field} ${value(part)}`).join("; ")].join(" ").trim()}`,
            ...described.map(([field, part]) => `  - ${field} ${value(part)}: ${part.description}`),
        ];
    });
}

function headerLines(): readonly string[] {
    const { headers, responses } = description.components;
    return Object.entries({ ...headers, ...responses?.TooManyRequests?.headers }).map(
        ([name, header]) => `- \`${name === "CacheControl" ? "Cache-Control" : name}\`: ${header.description}`,
    );
}

function errorLines(): readonly string[] {
    const own = Object.entries(problems).map(
        ([type, { status, title }]) => `- ${status} \`/problems/${type}\`: ${title}`,
    );
    const statuses = new Set(Object.values(gatewayErrors).map(([status]) => status));
    return [...own, `- ${[...statuses].toSorted().join(", ")} \`about:blank\`: rejected by API Gateway`];
}

const requests = ["EventsRequest", "Event"];
const answers = ["FilmList", "ListedFilm", "Film", "FoundFilms", "EventsAnswer", "History", "PastFilm", "Health"];

/** Path of the page whose lists and table this file makes from app/api/openapi.yaml. */
export const referencePage = "docs/api-reference.md";

/** Returns the text of the API reference page, with new lists and a new table. */
export function reference(text: string): string {
    const parts: Readonly<Record<string, readonly string[]>> = {
        Operations: operationLines(),
        Parameters: parameterTable(),
        "Request bodies": fieldLines(requests, valueText),
        Answers: fieldLines(answers, typeText),
        Headers: headerLines(),
        Errors: errorLines(),
    };
    return Object.entries(parts).reduce((page, [heading, lines]) => withTable(page, heading, lines), text);
}

if (import.meta.main) {
    const file = join(import.meta.dirname, "..", "..", referencePage);
    writeFileSync(file, reference(readFileSync(file, "utf8")));
}

/** Returns the page with the first table or list under a heading replaced. */
function withTable(page: string, heading: string, table: readonly string[]): string {
    const [before = "", after = ""] = page.split(`\n## ${heading}\n`);
    return `${before}\n## ${heading}\n${after.replace(/(^(\|| *- ).*\n)+/m, () => `${table.join("\n")}\n`)}`;
}
