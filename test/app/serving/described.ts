import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openApi } from "./api-harness.ts";

/** Asserts that a body matches the schema in the API description for this operation and status. */
export const described = (() => {
    const document = JSON.parse(openApi);
    const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false });
    ajv.addSchema(document, "api");
    return (schema: string, body: unknown) => {
        const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
        assert.ok(validate(body), `${schema}: ${ajv.errorsText(validate.errors)}`);
    };
})();
