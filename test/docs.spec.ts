import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../packages/local-aws/instance.ts";
import { pages, read, sources, tracked } from "./support/sources.ts";

/** Returns the anchors of a page's headings, in GitHub's format. */
const anchorsOf = (page: string) =>
    new Set(
        [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
            heading
                .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
                .toLowerCase()
                .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
                .replaceAll(" ", "-"),
        ),
    );

describe("Pages in docs/", () => {
    it("each link in the documents leads to an existing file and heading", () => {
        const broken: string[] = [];
        const readmes = tracked.filter((file) => /^packages\/.*(README|REFERENCE)\.md$/.test(file));
        for (const page of [...pages, ...readmes]) {
            for (const [, target = ""] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
                if (/^[a-z]+:/.test(target)) continue;
                const [path = "", anchor] = target.split("#");
                const file = path === "" ? page : relative(root, join(root, dirname(page), path));
                const isThere = existsSync(join(root, file));
                const hasAnchor = anchor === undefined || (file.endsWith(".md") && anchorsOf(file).has(anchor));
                if (!isThere || !hasAnchor) broken.push(`${page}: ${target}`);
            }
        }
        assert.deepEqual(broken, []);
    });

    it("docs/README.md links to each page", () => {
        const index = read("docs/README.md");
        const names = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md") && name !== "README.md");
        assert.deepEqual(
            names.filter((name) => !index.includes(`](${name}`)),
            [],
        );
    });

    it("docs/troubleshooting.md lists at least 30 messages, and the program contains each of them", () => {
        const program = sources.map(read).join("\n").replaceAll("\\`", "`");
        const rows = [...read("docs/troubleshooting.md").matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \|$/gm)];
        assert.ok(rows.length >= 30, `${rows.length} messages`);
        const absent = rows.map(([, message = ""]) => message).filter((message) => !program.includes(message));
        assert.deepEqual(absent, []);
    });
});
