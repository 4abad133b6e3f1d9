import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayResult } from "../../../app/serving/gateway-event.ts";
import { pageFiles } from "../../../app/serving/page-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type ApiHarness, startApi } from "./api-harness.ts";

const images = "https://cdn.shop.example";

describe("Storefront files served by the API", () => {
    const folder = temporaryFolder();
    let harness: ApiHarness;
    before(async () => {
        await mkdir(join(folder, "assets"));
        await writeFile(join(folder, "index.html"), "<html>é</html>");
        await writeFile(join(folder, "assets", "index-BsT3n_0q.js"), "1");
        await writeFile(join(folder, "icon.png"), Uint8Array.of(255, 0, 1));
        harness = startApi({ pages: pageFiles(folder, [images]) });
    });
    const file = (proxy: string, headers = {}): Promise<GatewayResult> =>
        harness.ask("GET /storefront/{proxy+}", { path: { proxy }, headers });

    it("files have a content type, a cache lifetime and a Content-Security-Policy", async () => {
        const page = await file("index.html");
        assert.deepEqual([page.body, page.headers["Content-Type"]], ["<html>é</html>", "text/html; charset=utf-8"]);
        assert.equal(
            page.headers["Content-Security-Policy"],
            `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: ${images}; connect-src 'self'; ` +
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        );
        assert.match(page.headers["Cache-Control"] ?? "", /no-cache/);
        assert.equal((await file("index.html", { "If-None-Match": page.headers.ETag ?? "" })).statusCode, 304);
        assert.match((await file("assets/index-BsT3n_0q.js")).headers["Cache-Control"] ?? "", /immutable/);
        const icon = await file("icon.png");
        assert.deepEqual([icon.isBase64Encoded, [...Buffer.from(icon.body, "base64")]], [true, [255, 0, 1]]);
    });

    it("`pageFiles` rejects an image origin that adds a directive to the Content-Security-Policy", () => {
        for (const origin of [
            "https://x;connect-src *",
            "https://x; frame-ancestors *",
            "https://x y",
            "https:",
            "*",
        ]) {
            assert.throws(() => pageFiles(folder, [images, origin]), /is no web origin/, origin);
        }
    });

    it("the API returns 404 for unknown files, and for every file if CloudFront serves the storefront", async () => {
        for (const path of ["../index.html", "%2e%2e/index.html", "", "assets"]) {
            assert.equal((await file(path)).statusCode, 404, path);
        }
        assert.equal(
            (await startApi().ask("GET /storefront/{proxy+}", { path: { proxy: "index.html" } })).statusCode,
            404,
        );
    });
});
