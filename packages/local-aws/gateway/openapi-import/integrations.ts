import { expectObject, type Findings, type Node } from "./findings.ts";

interface IntegrationResponsePlan {
    readonly statusCode: string;
    readonly selectionPattern: string;
    readonly responseParameters: Readonly<Record<string, string>>;
    readonly responseTemplates: Readonly<Record<string, string>>;
    readonly contentHandling: string | undefined;
}

/** A method's integration, with the members of PutIntegration. */
export interface IntegrationPlan {
    readonly settings: Node;
    readonly responses: readonly IntegrationResponsePlan[];
}

const kinds = ["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"];
/** Members of x-amazon-apigateway-integration that have the same name in PutIntegration. */
const same = [
    ...["uri", "credentials", "requestParameters", "requestTemplates", "timeoutInMillis"],
    ...["cacheNamespace", "cacheKeyParameters"],
];
/** Members whose values the document can write in lower case; PutIntegration requires upper case. */
const words = ["type", "httpMethod", "passthroughBehavior", "contentHandling", "connectionType"];

/** Parses a method's x-amazon-apigateway-integration (Developer Guide, "x-amazon-apigateway-integration object"). */
export function readIntegration(value: unknown, where: string, findings: Findings): IntegrationPlan | undefined {
    if (value === undefined) {
        return undefined;
    }
    const given = expectObject(value, where, findings);
    const type = String(given.type ?? "").toUpperCase();
    if (!kinds.includes(type)) {
        findings.errors.push(`Invalid integration type '${String(given.type)}' at ${where}`);
    }
    if (type !== "MOCK" && typeof given.uri !== "string") {
        findings.errors.push(`Invalid integration at ${where}: uri is missing`);
    }
    if (type.startsWith("AWS") && typeof given.httpMethod !== "string") {
        findings.errors.push(`Enumeration value for HttpMethod must be non-empty at ${where}`);
    }
    for (const key of Object.keys(given)) {
        // REST APIs support payload version 1.0 only. Other members are for HTTP APIs or private integrations.
        const isKnown =
            [...same, ...words, "responses"].includes(key) || (key === "payloadFormatVersion" && given[key] === "1.0");
        if (!isKnown) {
            findings.errors.push(`${key} of ${where} is not supported by the local AWS`);
        }
    }
    const settings = [
        ...same.filter((key) => key in given).map((key) => [key, given[key]]),
        ...words.filter((key) => key in given).map((key) => [key, String(given[key]).toUpperCase()]),
    ];
    const responses = Object.entries(expectObject(given.responses, `${where}.responses`, findings));
    return {
        settings: Object.fromEntries(settings),
        responses: responses.map(([pattern, response]) => readResponse(pattern, response, where, findings)),
    };
}

function readResponse(pattern: string, value: unknown, where: string, findings: Findings): IntegrationResponsePlan {
    const given = expectObject(value, `${where}.responses.${pattern}`, findings);
    if (!/^[1-5]\d\d$/.test(String(given.statusCode))) {
        findings.errors.push(`Invalid status code '${String(given.statusCode)}' at ${where}.responses.${pattern}`);
    }
    const { contentHandling } = given;
    return {
        statusCode: String(given.statusCode),
        selectionPattern: pattern === "default" ? "" : pattern,
        responseParameters: (given.responseParameters ?? {}) as Record<string, string>,
        responseTemplates: (given.responseTemplates ?? {}) as Record<string, string>,
        contentHandling: contentHandling === undefined ? undefined : String(contentHandling),
    };
}
