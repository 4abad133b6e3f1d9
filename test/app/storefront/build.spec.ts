import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { buildStorefront } from "../../../app/storefront/build.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("Storefront build", () => {
    const source = join(import.meta.dirname, "../../../app/storefront");
    let directory: string;
    before(async () => {
        ({ directory } = await buildStorefront());
    });
    const filesOf = (ending: string) =>
        readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(ending));
    const page = () => readFileSync(join(directory, "index.html"), "utf8");

    it("the build has less than 60 kB of JavaScript and 15 kB of CSS", () => {
        const kilobytes = (ending: string) =>
            filesOf(ending).reduce((sum, name) => sum + gzipSync(readFileSync(join(directory, name))).length, 0) / 1000;
        assert.ok(kilobytes(".js") > 5 && kilobytes(".js") < 60, `${kilobytes(".js")} kB`);
        assert.ok(kilobytes(".css") > 1 && kilobytes(".css") < 15, `${kilobytes(".css")} kB`);
    });

    it("file names contain a content hash, and URLs are relative to the page", () => {
        assert.match(page(), /<html [^>]*data-api="%API%" data-viewer-auth="%VIEWER_AUTH%"/);
        const named = [...page().matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
        assert.equal(named.length, 3);
        for (const path of named) assert.ok(statSync(join(directory, path)).isFile());
        assert.equal(named.filter((path) => /^\.\/assets\/index-[\w-]{8}\.(js|css)$/.test(path)).length, 2);
    });

    it("the page has no inline script or style, and loads nothing from other hosts", () => {
        assert.doesNotMatch(page(), /<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=/);
        for (const name of [...filesOf(".css"), "index.html"]) {
            assert.doesNotMatch(readFileSync(join(directory, name), "utf8"), /https?:\/\/|@import|url\(/, name);
        }
    });

    it("the build runs only if the sources changed", async () => {
        // Change a copy of the page, because other tests read the page at the same time.
        const root = temporaryFolder();
        const copy = join(root, "app", "storefront");
        const besideBuilt = (path: string) => !/[\\/]\.?dist/.test(path.slice(source.length));
        cpSync(source, copy, { recursive: true, filter: besideBuilt });
        cpSync(join(source, "../api"), join(root, "app/api"), { recursive: true });
        cpSync(join(source, "../../tsconfig.json"), join(root, "tsconfig.json"));
        cpSync(join(source, "../../package.json"), join(root, "package.json"));
        symlinkSync(join(source, "../../node_modules"), join(root, "node_modules"));
        const built: typeof import("../../../app/storefront/build.ts") = await import(
            pathToFileURL(join(copy, "build.ts")).href
        );
        const page = () => readFileSync(join(copy, "dist/index.html"), "utf8");
        const changed = () => statSync(join(copy, "dist/index.html")).mtimeMs;

        assert.equal((await built.buildStorefront()).directory, join(copy, "dist"));
        const [first, at] = [page(), changed()];
        await built.buildStorefront();
        assert.equal(changed(), at);

        const sheet = join(copy, "styles/status.css");
        const text = readFileSync(sheet, "utf8");
        writeFileSync(sheet, `${text}\n.only-of-this-test { color: red }\n`);
        await built.buildStorefront();
        assert.notEqual(page(), first);
        writeFileSync(sheet, text);
        await Promise.all([built.buildStorefront(), built.buildStorefront()]);
        assert.equal(page(), first, "the same sources make the same page");
        assert.deepEqual(
            readdirSync(copy).filter((name) => name.startsWith(".dist")),
            [],
        );
    });
});
