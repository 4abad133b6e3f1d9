import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { Fault } from "./problem.ts";

/** The parts of the API's description (OpenAPI 3.1) that the function reads. */
interface Description {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

interface Operation {
    readonly operationId: string;
    readonly parameters?: readonly (Parameter | Reference)[];
    readonly requestBody?: object;
}

interface Reference {
    readonly $ref: string;
}

interface Parameter {
    readonly name: string;
    readonly in: "path" | "query";
    readonly required?: boolean;
    readonly schema?: { readonly type?: string; readonly default?: unknown };
    readonly content?: unknown;
}

/** The parts of a request as text. */
export interface RawRequest {
    readonly path: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string>>;
    readonly body: string | undefined;
}

/** The parsed parts of a request: numbers, JSON values, and defaults. */
export interface ReadRequest {
    readonly path: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, unknown>>;
    readonly body: unknown;
}

export interface DescribedOperation {
    readonly operationId: string;
    read(request: RawRequest): { readonly request: ReadRequest } | { readonly faults: readonly Fault[] };
}

const unreadable = Symbol("no JSON");

/**
 * Maximum length in characters of a request in which the API looks for every fault. In a longer request, it looks for
 * the first one only.
 */
const explainedLength = 4000;

/**
 * Prepares the API description, a JSON text, to find operations and parse their requests. Compiles a schema at its
 * first use.
 * @throws SyntaxError for a text that is not JSON
 */
export function openDescription(text: string) {
    const description: Description = JSON.parse(text);
    // The OpenAPI document as a whole is not a schema, and has keywords that JSON Schema does not define.
    const compiler = (allErrors: boolean) =>
        new Ajv2020({ strict: false, meta: false, validateSchema: false, allErrors, addUsedSchema: false }).addSchema(
            description,
            "api",
        );
    const first = compiler(false);
    // Few requests are wrong, so the start of the function does not wait for this compiler.
    let all: Ajv2020 | undefined;
    const operations = new Map<string, ReadonlyMap<string, DescribedOperation>>();
    for (const [path, methods] of Object.entries(description.paths)) {
        const operationEntries = Object.entries(methods).map(([method, operation]): [string, DescribedOperation] => [
            method.toUpperCase(),
            describedOperation(operation, `api#/paths/${escaped(path)}/${method}`),
        ]);
        operations.set(path, new Map(operationEntries));
    }

    function resolve(reference: string): Parameter {
        const parameter = description.components.parameters[reference.split("/").at(-1) ?? ""];
        if (parameter === undefined) throw new Error(`The API description has no ${reference}`);
        return parameter;
    }

    function describedOperation({ operationId, parameters = [], requestBody }: Operation, pointer: string) {
        const resolvedParameters = parameters.map((parameter, at) =>
            "$ref" in parameter
                ? { pointer: `api${parameter.$ref}`, parameter: resolve(parameter.$ref) }
                : { pointer: `${pointer}/parameters/${at}`, parameter },
        );
        const bodyPointer = requestBody && `${pointer}/requestBody/content/application~1json/schema`;
        let validate: ValidateFunction | undefined;
        let explain: ValidateFunction | undefined;
        return {
            operationId,
            read(raw: RawRequest) {
                const request = {
                    path: raw.path,
                    query: Object.fromEntries(
                        resolvedParameters.flatMap(({ parameter }) => {
                            const value = parameter.in === "query" ? parseParameter(parameter, raw.query) : undefined;
                            return value === undefined ? [] : [[parameter.name, value] as const];
                        }),
                    ),
                    body: bodyPointer && json(raw.body ?? ""),
                };
                const noJson = Object.entries(request.query)
                    .filter(([, value]) => value === unreadable)
                    .map(([name]) => ({ in: `query ${name}`, message: "must be JSON, with well-formed Unicode" }));
                if (request.body === unreadable)
                    noJson.push({ in: "body", message: "must be JSON, with well-formed Unicode" });
                if (noJson.length > 0) return { faults: noJson };
                validate ??= first.compile(createRequestSchema(resolvedParameters, bodyPointer));
                if (validate(request)) return { request };
                const size = [raw.body, ...Object.values(raw.path), ...Object.values(raw.query)].join("").length;
                if (size > explainedLength) return { faults: (validate.errors ?? []).map(faultOf) };
                all ??= compiler(true);
                explain ??= all.compile(createRequestSchema(resolvedParameters, bodyPointer));
                explain(request);
                return { faults: (explain.errors ?? []).map(faultOf) };
            },
        };
    }

    // A parameter is the last part of its path, and an id may contain slashes, which API Gateway may have decoded.
    const patterns = [...operations.keys()].map((template) => {
        const pattern = template.replaceAll(".", String.raw`\.`).replaceAll(/\{(\w+)\}/g, "(?<$1>.+)");
        return { template, pattern: new RegExp(`^${pattern}$`) };
    });
    return {
        text,
        /** Returns the methods of a path template, such as `/similar/{itemId}`; undefined for an unknown path. */
        methods: (template: string): ReadonlyMap<string, DescribedOperation> | undefined => operations.get(template),
        /**
         * Returns the template of a path, and the path's parameters as in the path, that is, URL-encoded: for
         * `/similar/7` the template `/similar/{itemId}`. Returns undefined for an unknown path.
         */
        match(path: string): MatchedPath | undefined {
            for (const { template, pattern } of patterns) {
                const match = pattern.exec(path);
                if (match) return { template, parameters: { ...match.groups } };
            }
            return undefined;
        },
    };
}

export interface MatchedPath {
    readonly template: string;
    readonly parameters: Readonly<Record<string, string>>;
}

export type OpenDescription = ReturnType<typeof openDescription>;

/** Returns the schema of a whole request. The schema of each part is a `$ref` to the API description. */
function createRequestSchema(
    parameters: readonly { readonly pointer: string; readonly parameter: Parameter }[],
    body: string | undefined,
): object {
    const part = (place: Parameter["in"]) => {
        const here = parameters.filter(({ parameter }) => parameter.in === place);
        return {
            type: "object",
            required: here.filter(({ parameter }) => parameter.required).map(({ parameter }) => parameter.name),
            properties: Object.fromEntries(
                here.map(({ pointer, parameter: { name, content } }) => [
                    name,
                    { $ref: `${pointer}/${content === undefined ? "schema" : "content/application~1json/schema"}` },
                ]),
            ),
        };
    };
    return {
        type: "object",
        properties: { path: part("path"), query: part("query"), ...(body !== undefined && { body: { $ref: body } }) },
    };
}

function parseParameter({ name, schema, content }: Parameter, query: RawRequest["query"]): unknown {
    const text = query[name];
    if (text === undefined) return schema?.default;
    if (content !== undefined) return json(text);
    return schema?.type === "integer" && /^-?\d+$/.test(text) ? Number(text) : text;
}

/**
 * Rejects texts with half a character (a lone surrogate): DynamoDB and Personalize do not store it, and two such IDs
 * would be one viewer.
 */
function wellFormed(key: string, value: unknown): unknown {
    if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed()))
        throw new SyntaxError("not Unicode");
    return value;
}

function json(text: string): unknown {
    try {
        return JSON.parse(text, wellFormed);
    } catch {
        return unreadable;
    }
}

function faultOf({ instancePath, message = "is wrong", params }: ErrorObject): Fault {
    const [, place = "", ...rest] = instancePath.split("/");
    const inside = rest.length === 0 ? "" : place === "body" ? ` /${rest.join("/")}` : ` ${rest.join("/")}`;
    const unknown = params.additionalProperty;
    const problem = params.pattern === withoutControls ? "must NOT have control characters" : message;
    return { in: `${place}${inside}`, message: unknown === undefined ? problem : `${problem}: ${unknown}` };
}

/** Pattern of texts in the API description. Error messages do not show it, because it is unreadable. */
const withoutControls = String.raw`^[^\u0000-\u001F\u007F-\u009F]*$`;

const escaped = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");
