import { expectObject, type Findings, type Node, referred } from "./findings.ts";
import { type IntegrationPlan, readIntegration } from "./integrations.ts";

interface MethodResponsePlan {
    readonly statusCode: string;
    readonly responseParameters: Readonly<Record<string, boolean>>;
    readonly responseModels: Readonly<Record<string, string>>;
}

export interface MethodPlan {
    readonly path: string;
    readonly httpMethod: string;
    readonly operationName: string | undefined;
    readonly apiKeyRequired: boolean;
    /** Parameters such as `method.request.querystring.since`, and whether each parameter is required. */
    readonly requestParameters: Readonly<Record<string, boolean>>;
    readonly requestModels: Readonly<Record<string, string>>;
    /** Name of the method's request validator. */
    readonly validator: string | undefined;
    readonly responses: readonly MethodResponsePlan[];
    readonly integration: IntegrationPlan | undefined;
}

/** Settings that all methods of a document share. */
interface Context {
    readonly document: Node;
    readonly findings: Findings;
    readonly validators: ReadonlySet<string>;
    /** Names of the security schemes that require an API key. */
    readonly apiKeys: ReadonlySet<string>;
    modelsOf(content: unknown, where: string): Record<string, string>;
}

const verbs = ["get", "put", "post", "delete", "options", "head", "patch"];
const anyMethod = "x-amazon-apigateway-any-method";

/** Parses the methods of one path. */
export function readPath(context: Context, path: string, value: unknown): MethodPlan[] {
    const { document, findings } = context;
    checkSegments(path, findings);
    const item = referred(document, value, `paths.${path}`, findings);
    const methods = Object.entries(item).filter(([key]) => verbs.includes(key) || key === anyMethod);
    return methods.map(([verb, operation]) =>
        readOperation(context, path, verb, expectObject(operation, `paths.${path}.${verb}`, findings), item.parameters),
    );
}

function checkSegments(path: string, { errors }: Findings): void {
    const segments = path.split("/").slice(1);
    const isValid = (segment: string, index: number) =>
        /^(\{[\w.-]+\}|[\w.,:-]+)$/.test(segment) || (/^\{[\w.-]+\+\}$/.test(segment) && index === segments.length - 1);
    if (!path.startsWith("/") || (path !== "/" && !segments.every(isValid))) {
        errors.push(
            `Unable to create resource at path '${path}': Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.`,
        );
    }
}

function readOperation(context: Context, path: string, verb: string, operation: Node, shared: unknown): MethodPlan {
    const { document, findings, validators, apiKeys } = context;
    const where = `paths.${path}.${verb}`;
    const validator =
        operation["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"];
    if (validator !== undefined && !validators.has(String(validator))) {
        findings.errors.push(`Invalid request validator '${String(validator)}' specified at ${where}`);
    }
    const parameters = [...toList(shared), ...toList(operation.parameters)].map((parameter, index) =>
        referred(document, parameter, `${where}.parameters[${index}]`, findings),
    );
    const security = toList(operation.security ?? document.security).flatMap((requirement) =>
        Object.keys(Object(requirement)),
    );
    for (const name of security.filter((name) => !apiKeys.has(name))) {
        findings.errors.push(`Unknown security scheme '${name}' at ${where}`);
    }
    const body = operation.requestBody
        ? referred(document, operation.requestBody, `${where}.requestBody`, findings)
        : undefined;
    return {
        path,
        httpMethod: verb === anyMethod ? "ANY" : verb.toUpperCase(),
        operationName: operation.operationId as string | undefined,
        apiKeyRequired: security.length > 0,
        requestParameters: Object.fromEntries(
            parameters.flatMap((one) => requestParameter(one, path, where, findings)),
        ),
        requestModels: context.modelsOf(body?.content, `${where}.requestBody.content`),
        validator: validator as string | undefined,
        responses: readResponses(context, operation.responses, `${where}.responses`),
        integration: readIntegration(
            operation["x-amazon-apigateway-integration"],
            `${where}.x-amazon-apigateway-integration`,
            findings,
        ),
    };
}

const places: Readonly<Record<string, string>> = { query: "querystring", header: "header", path: "path" };

function requestParameter(parameter: Node, path: string, where: string, findings: Findings): [string, boolean][] {
    const name = String(parameter.name);
    const place = places[String(parameter.in)];
    if (place === undefined) {
        // API Gateway ignores cookie parameters.
        findings.warnings.push(`Parameter '${name}' in ${String(parameter.in)} is ignored at ${where}`);
        return [];
    }
    if (place === "path" && !new RegExp(`\\{${name.replace(/[^\w]/g, "\\$&")}\\+?\\}`).test(path)) {
        findings.errors.push(`Invalid mapping expression specified: path parameter '${name}' is not in path '${path}'`);
    }
    return [[`method.request.${place}.${name}`, place === "path" || parameter.required === true]];
}

function readResponses({ document, findings, modelsOf }: Context, value: unknown, where: string): MethodResponsePlan[] {
    return Object.entries(expectObject(value, where, findings)).flatMap(([statusCode, response]) => {
        const given = referred(document, response, `${where}.${statusCode}`, findings);
        if (!/^[1-5]\d\d$/.test(statusCode)) {
            findings.warnings.push(`Response '${statusCode}' is ignored at ${where}: a method response has one status`);
            return [];
        }
        const headers = Object.keys(expectObject(given.headers, `${where}.${statusCode}.headers`, findings));
        return [
            {
                statusCode,
                responseParameters: Object.fromEntries(
                    headers.map((name) => [`method.response.header.${name}`, false]),
                ),
                responseModels: modelsOf(given.content, `${where}.${statusCode}.content`),
            },
        ];
    });
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
