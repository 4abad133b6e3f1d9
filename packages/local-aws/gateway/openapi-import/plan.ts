import { isRecord, toRecord } from "local-personalize";
import { refuseOtherExtensions } from "./extensions.ts";
import { expectObject, type Findings, ImportRefusedError, type Node } from "./findings.ts";
import { type MethodPlan, readPath } from "./methods.ts";
import { type ModelPlan, readModels } from "./models.ts";

interface ValidatorPlan {
    readonly name: string;
    readonly validateRequestBody: boolean;
    readonly validateRequestParameters: boolean;
}

interface GatewayResponsePlan {
    readonly responseType: string;
    readonly statusCode: string | undefined;
    readonly responseParameters: Readonly<Record<string, string>>;
    readonly responseTemplates: Readonly<Record<string, string>>;
}

/** The REST API that a document describes, as input of the calls that create its parts. */
export interface ApiPlan {
    readonly name: string;
    readonly description: string;
    readonly version: string;
    readonly apiKeySource: "HEADER" | "AUTHORIZER";
    readonly binaryMediaTypes: readonly string[];
    readonly minimumCompressionSize: number | undefined;
    readonly policy: string | undefined;
    readonly validators: readonly ValidatorPlan[];
    readonly models: readonly ModelPlan[];
    readonly gatewayResponses: readonly GatewayResponsePlan[];
    readonly methods: readonly MethodPlan[];
    /** Messages about parts that API Gateway ignores. */
    readonly warnings: readonly string[];
}

/**
 * Parses an OpenAPI 3.0 document as API Gateway does.
 * @throws ImportRefusedError with all errors
 */
export function parseOpenApi(text: string): ApiPlan {
    const findings: Findings = { errors: [], warnings: [] };
    const document = parsed(text);
    if (!/^3\.0\.\d+$/.test(String(document.openapi)) || typeof document.paths !== "object") {
        throw new ImportRefusedError("Invalid OpenAPI input.");
    }
    refuseOtherExtensions(document, findings);
    const info = expectObject(document.info, "info", findings);
    const { models, modelsOf } = readModels(document, findings);
    const validators = readValidators(document, findings);
    const context = {
        document,
        findings,
        modelsOf,
        apiKeys: readApiKeys(document, findings),
        validators: new Set(validators.map(({ name }) => name)),
    };
    const methods = Object.entries(toRecord(document.paths))
        .filter(([path]) => !path.startsWith("x-"))
        .flatMap(([path, item]) => readPath(context, path, item));
    refuseSiblings(methods, findings);
    const keySource = String(document["x-amazon-apigateway-api-key-source"] ?? "HEADER").toUpperCase();
    if (keySource !== "HEADER" && keySource !== "AUTHORIZER") {
        findings.errors.push(`Invalid API key source '${keySource}'`);
    }
    const policy = document["x-amazon-apigateway-policy"];
    const gatewayResponses = readGatewayResponses(document, findings);
    if (findings.errors.length > 0) {
        throw new ImportRefusedError(`Errors found during import:\n\t${[...new Set(findings.errors)].join("\n\t")}`);
    }
    return {
        name: String(info.title ?? "Untitled"),
        description: String(info.description ?? ""),
        version: String(info.version ?? ""),
        apiKeySource: keySource as ApiPlan["apiKeySource"],
        binaryMediaTypes: (document["x-amazon-apigateway-binary-media-types"] ?? []) as string[],
        minimumCompressionSize: document["x-amazon-apigateway-minimum-compression-size"] as number | undefined,
        policy: policy === undefined ? undefined : JSON.stringify(policy),
        validators,
        models: [...models.values()],
        gatewayResponses,
        methods,
        warnings: [...new Set(findings.warnings)],
    };
}

function parsed(text: string): Node {
    try {
        const document: unknown = JSON.parse(text);
        if (isRecord(document)) return document;
    } catch {
        // The statement below rejects the text. AWS also accepts YAML, but the gateway cannot check iam:PassRole for
        // roles in YAML.
    }
    throw new ImportRefusedError("Invalid OpenAPI input. The local AWS accepts only JSON documents.");
}

function readValidators(document: Node, findings: Findings): ValidatorPlan[] {
    const place = "x-amazon-apigateway-request-validators";
    return Object.entries(expectObject(document[place], place, findings)).map(([name, value]) => {
        const { validateRequestBody, validateRequestParameters } = expectObject(value, `${place}.${name}`, findings);
        return {
            name,
            validateRequestBody: validateRequestBody === true,
            validateRequestParameters: validateRequestParameters === true,
        };
    });
}

/**
 * Returns the names of the security schemes that require an API key. Any other scheme is an error, because methods with
 * it would be public.
 */
function readApiKeys(document: Node, findings: Findings): Set<string> {
    const { securitySchemes } = expectObject(document.components, "components", findings);
    const schemes = Object.entries(expectObject(securitySchemes, "components.securitySchemes", findings));
    for (const [name, value] of schemes) {
        const { type, in: place, name: header } = expectObject(value, `components.securitySchemes.${name}`, findings);
        if (type !== "apiKey" || place !== "header" || String(header).toLowerCase() !== "x-api-key") {
            findings.errors.push(
                `Security scheme '${name}' is not supported by the local AWS: only an apiKey in header x-api-key is`,
            );
        }
    }
    return new Set(schemes.map(([name]) => name));
}

function readGatewayResponses(document: Node, findings: Findings): GatewayResponsePlan[] {
    const place = "x-amazon-apigateway-gateway-responses";
    return Object.entries(expectObject(document[place], place, findings)).map(([responseType, value]) => {
        const given = expectObject(value, `${place}.${responseType}`, findings);
        return {
            responseType,
            statusCode: given.statusCode === undefined ? undefined : String(given.statusCode),
            responseParameters: (given.responseParameters ?? {}) as Record<string, string>,
            responseTemplates: (given.responseTemplates ?? {}) as Record<string, string>,
        };
    });
}

/** Rejects different names of path variables at the same position, such as `/{a}` and `/{b}`. */
function refuseSiblings(methods: readonly MethodPlan[], { errors }: Findings): void {
    const variables = new Map<string, string>();
    for (const { path } of methods) {
        const segments = path.split("/").slice(1);
        segments.forEach((segment, index) => {
            const parent = segments.slice(0, index).join("/");
            const sibling = variables.get(parent);
            if (segment.startsWith("{") && sibling !== undefined && sibling !== segment) {
                errors.push(
                    `Unable to create resource at path '${path}': A sibling (${sibling}) of this resource already has a variable path part -- only one is allowed`,
                );
            }
            if (segment.startsWith("{")) variables.set(parent, segment);
        });
    }
}
