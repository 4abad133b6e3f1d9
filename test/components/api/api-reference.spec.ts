import assert from "node:assert/strict";
import { reference, referencePage } from "../../../components/api/api-reference.ts";
import { read } from "../../support/sources.ts";

describe("docs/api-reference.md", () => {
    it("docs/api-reference.md contains the lists that `npm run api:docs` writes", () => {
        const page = read(referencePage);
        assert.equal(page, reference(page));
    });

    it("docs/api-reference.md contains a known path, parameter and type of error response", () => {
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
