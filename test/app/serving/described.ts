import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openApi } from "./api-harness.ts";

/** Asserts that a response body matches the schema that the API description has for the operation and the status. */
export const described = (() => {
    const document = JSON.parse(openApi);
    const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false });
    ajv.addSchema(document, "api");
    return (schema: string, body: unknown) => {
        const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
        assert.ok(validate(body), `${schema}: ${ajv.errorsText(validate.errors)}`);
    };
})();
