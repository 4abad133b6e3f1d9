import assert from "node:assert/strict";
import { reference, referencePage } from "../../../components/api/api-reference.ts";
import { read } from "../../support/sources.ts";

describe("docs/api-reference.md", () => {
    it("the page has the lists that npm run api:docs writes", () => {
        const page = read(referencePage);
        assert.equal(page, reference(page));
    });

    it("the page has each path, parameter and problem of the API", () => {
        const page = read(referencePage);
        for (const text of [
            "`GET /items/{itemId}`",
            "`numResults` | integer, 1 to 100 | 25",
            "`/problems/bad-request`",
        ]) {
            assert.ok(page.includes(text), text);
        }
    });
});
