import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { tracked } from "./support/sources.ts";

const root = join(import.meta.dirname, "..");

/** Folders that a folder may import; docs/architecture.md has the reasons. */
const allowed: Readonly<Record<string, readonly string[]>> = {
    "index.ts": ["components", "core/config", "core/iam", "data-prep"],
    runbooks: ["app", "core/config", "core/cost", "core/iam", "core/operations", "data-prep"],
    components: ["app", "core/config", "core/cost", "core/iam", "core/operations", "data-prep"],
    app: ["core/config", "core/cost", "core/operations", "data-prep"],
    "core/operations": ["core/config", "core/cost"],
    "core/iam": ["core/config"],
    "core/cost": ["core/config"],
    "core/config": [],
    "data-prep": [],
    "packages/policy-evaluator": [],
    "packages/filter-grammar": [],
    "packages/terminal-text": [],
    "packages/access-doctor": [],
    "packages/local-personalize": [],
    "packages/pulumi-personalize": [],
    // The local AWS starts runbooks as programs, and lists their names and purposes.
    "packages/local-aws": [
        "packages/local-personalize",
        "packages/policy-evaluator",
        "packages/terminal-text",
        "runbooks",
    ],
};

/** npm packages that a folder may import. */
const packages: Readonly<Record<string, readonly string[]>> = {
    "policy-evaluator": [
        ...["app", "core/iam", "components", "runbooks"],
        ...["packages/access-doctor", "packages/local-aws", "packages/pulumi-personalize"],
    ],
    // The diagnosis and data-prep read times by the same rules, from `access-doctor/times`.
    "access-doctor": ["runbooks", "data-prep"],
    "local-personalize": ["packages/local-aws"],
    // The classes of this package import `@pulumi/pulumi`, which is restricted below; its module
    // `pulumi-personalize/core` does not.
    "pulumi-personalize": ["components"],
    // Loading the Pulumi SDK was half of a runbook's start time, and runbooks do not use it.
    "@pulumi/pulumi": ["index.ts", "components", "packages/local-aws", "packages/pulumi-personalize"],
};

const folderOf = (file: string) => {
    const [first = "", second = ""] = file.split("/");
    return ["core", "packages"].includes(first) ? `${first}/${second}` : first;
};

const code = tracked.filter((file) => /\.(tsx?|mjs)$/.test(file));
const files = code.filter((file) => folderOf(file) in allowed && !file.includes("/test/"));

/**
 * Yields what a file imports: specifiers, and code and folders by their address, such as `new URL("../x.ts",
 * import.meta.url)` or `join(root, "runbooks")`.
 */
function* importsOf(file: string): Generator<string> {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, specifier = ""] of text.matchAll(/(?:\bfrom|\bimport|\bURL)\s*\(?\s*"([^"]+)"/g)) yield specifier;
    for (const [, from, rest = ""] of text.matchAll(/\((import\.meta\.dirname|root),((?: "[^"]+",?)+)/g)) {
        const parts = [...rest.matchAll(/"([^"]+)"/g)].map(([, part = ""]) => part);
        const to = join(from === "root" ? "." : dirname(file), ...parts);
        if (tracked.includes(to) ? code.includes(to) : folderOf(`${to}/`) in allowed)
            yield `./${relative(dirname(file), to)}`;
    }
}

describe("Imports and folders of the repository", () => {
    it("files import only from folders and packages that their folder may use", () => {
        assert.ok(files.length > 300, `${files.length} files`);
        const wrong: string[] = [];
        for (const file of files) {
            const from = folderOf(file);
            for (const specifier of importsOf(file)) {
                const to = folderOf(normalize(join(dirname(file), specifier)));
                const isWrong = specifier.startsWith(".")
                    ? to !== from && !allowed[from]?.includes(to)
                    : packages[specifier]?.includes(from) === false;
                if (isWrong) wrong.push(`${file} imports ${specifier}`);
            }
        }
        assert.deepEqual(wrong, []);
    });

    it("no files import each other in a cycle", () => {
        const allFiles = new Set(files);
        const imports = new Map(
            files.map((file) => [
                file,
                [...importsOf(file)].map((to) => normalize(join(dirname(file), to))).filter((to) => allFiles.has(to)),
            ]),
        );
        const done = new Set<string>();
        const circles: string[] = [];
        const walk = (file: string, path: readonly string[]): void => {
            if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
            if (done.has(file) || path.includes(file)) return;
            for (const to of imports.get(file) ?? []) walk(to, [...path, file]);
            done.add(file);
        };
        for (const file of files) walk(file, []);
        assert.deepEqual(circles, []);
    });

    it("docs/architecture.md has one line for each folder", () => {
        const page = readFileSync(join(root, "docs", "architecture.md"), "utf8");
        for (const folder of Object.keys(allowed)) assert.match(page, new RegExp(`^\\| .*\`${folder}(/|\`)`, "m"));
        const rows = [...page.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = ""]) => cell.replace(/<\w+>\//, ""));
        const named = rows.flatMap((cell) => cell.match(/[\w./-]+/g) ?? []);
        assert.deepEqual(
            named.filter((folder) => !existsSync(join(root, folder))),
            [],
        );
        const tops = new Set(named.map((folder) => folder.split("/")[0]));
        const withCode = new Set(code.filter((file) => /^[a-z].*\//.test(file)).map((file) => file.split("/")[0]));
        assert.deepEqual(
            [...withCode].filter((folder) => !tops.has(folder)),
            [],
        );
    });
});
