import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { buildSync } from "esbuild";
import { load } from "js-yaml";

interface Parameter {
    readonly name: string;
    readonly in: "path" | "query";
    readonly required?: boolean;
    readonly content?: unknown;
}

interface Description {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

interface Operation {
    readonly operationId: string;
    readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
    readonly requestBody?: object;
}

/** Files of validators: the first one stops at a request's first fault, the other one finds every fault. */
export const validatorFiles = { "first-fault.mjs": false, "every-fault.mjs": true } as const;

/**
 * Returns the code of a module that exports a validator of requests for each operation of app/api/openapi.yaml, by its
 * operationId. A request is `{ path, query, body }`. The API's function imports the code, because compiling the schemas
 * when the function starts takes a sixth of its cold start.
 */
export function validatorsCode(allErrors: boolean): string {
    const description = load(readFileSync(join(import.meta.dirname, "openapi.yaml"), "utf8")) as Description;
    // The OpenAPI document as a whole is not a schema, and has keywords that JSON Schema does not define.
    const compiler = new Ajv2020({
        ...{ strict: false, meta: false, validateSchema: false, allErrors, addUsedSchema: false },
        code: { source: true, esm: true },
    }).addSchema(description, "api");
    const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => {
            const pointer = `api#/paths/${escaped(path)}/${method}`;
            compiler.addSchema(requestSchema(description, operation, pointer), operation.operationId);
            return operation.operationId;
        }),
    );
    const code = standalone.default(compiler, Object.fromEntries(operations.map((name) => [name, name])));
    const { outputFiles } = buildSync({
        stdin: { contents: code, resolveDir: import.meta.dirname },
        banner: { js: "// @ts-nocheck: `npm run api:types` writes this file." },
        ...{ bundle: true, minify: true, write: false, platform: "node", format: "esm", legalComments: "none" },
    });
    return outputFiles[0]?.text ?? "";
}

/** Returns the schema of a whole request. The schema of each part is a `$ref` to the API description. */
function requestSchema(
    { components }: Description,
    { parameters = [], requestBody }: Operation,
    pointer: string,
): object {
    const resolved = parameters.map((parameter, at) => {
        if (!("$ref" in parameter)) return { pointer: `${pointer}/parameters/${at}`, parameter };
        const name = parameter.$ref.split("/").at(-1) ?? "";
        return { pointer: `api${parameter.$ref}`, parameter: components.parameters[name] as Parameter };
    });
    const part = (place: Parameter["in"]) => {
        const here = resolved.filter(({ parameter }) => parameter.in === place);
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
    const body = requestBody && { $ref: `${pointer}/requestBody/content/application~1json/schema` };
    return { type: "object", properties: { path: part("path"), query: part("query"), ...(body && { body }) } };
}

const escaped = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");

if (import.meta.main) {
    for (const [file, allErrors] of Object.entries(validatorFiles))
        writeFileSync(join(import.meta.dirname, file), validatorsCode(allErrors));
}
