import type { ErrorObject } from "ajv";
import * as everyFault from "../api/every-fault.mjs";
import * as firstFault from "../api/first-fault.mjs";
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
interface RawRequest {
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

interface Validate {
    (request: object): boolean;
    /** The faults of the last request. */
    readonly errors?: readonly ErrorObject[] | null;
}

const unreadable = Symbol("no JSON");

/**
 * Maximum length in characters of a request in which the API looks for every fault. In a longer request, it looks for
 * the first one only.
 */
const explainedLength = 4000;

/**
 * Prepares the API description, a JSON text, to find operations and parse their requests.
 * @throws SyntaxError for a text that is not JSON
 */
export function openDescription(text: string) {
    const description: Description = JSON.parse(text);
    const operations = new Map<string, ReadonlyMap<string, DescribedOperation>>();
    for (const [path, methods] of Object.entries(description.paths)) {
        const operationEntries = Object.entries(methods).map(([method, operation]): [string, DescribedOperation] => [
            method.toUpperCase(),
            describedOperation(operation),
        ]);
        operations.set(path, new Map(operationEntries));
    }

    function resolve(reference: string): Parameter {
        const parameter = description.components.parameters[reference.split("/").at(-1) ?? ""];
        if (parameter === undefined) throw new Error(`The API description has no ${reference}`);
        return parameter;
    }

    function describedOperation({ operationId, parameters = [], requestBody }: Operation): DescribedOperation {
        const queryParameters = parameters
            .map((parameter) => ("$ref" in parameter ? resolve(parameter.$ref) : parameter))
            .filter((parameter) => parameter.in === "query");
        return {
            operationId,
            read(raw) {
                const request = {
                    path: raw.path,
                    query: Object.fromEntries(
                        queryParameters.flatMap((parameter) => {
                            const value = parseParameter(parameter, raw.query);
                            return value === undefined ? [] : [[parameter.name, value] as const];
                        }),
                    ),
                    body: requestBody && json(raw.body ?? ""),
                };
                const noJson = Object.entries(request.query)
                    .filter(([, value]) => value === unreadable)
                    .map(([name]) => ({ in: `query ${name}`, message: "must be JSON, with well-formed Unicode" }));
                if (request.body === unreadable)
                    noJson.push({ in: "body", message: "must be JSON, with well-formed Unicode" });
                if (noJson.length > 0) return { faults: noJson };
                const validate = validatorOf(firstFault, operationId);
                if (validate(request)) return { request };
                const size = [raw.body, ...Object.values(raw.path), ...Object.values(raw.query)].join("").length;
                if (size > explainedLength) return { faults: (validate.errors ?? []).map(faultOf) };
                const explain = validatorOf(everyFault, operationId);
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

/** Returns an operation's validator. `npm run api:types` writes the validators from app/api/openapi.yaml. */
function validatorOf(validators: object, operationId: string): Validate {
    const validate = (validators as Record<string, Validate>)[operationId];
    if (validate === undefined) throw new TypeError(`The API has no validator of ${operationId}`);
    return validate;
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
