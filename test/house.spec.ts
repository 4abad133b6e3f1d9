import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { tracked } from "./support/sources.ts";

const root = join(import.meta.dirname, "..");

/** Folders that a folder may import; docs/architecture.md has the reasons. */
const allowed: Readonly<Record<string, readonly string[]>> = {
    "index.ts": ["components", "config", "data-prep", "iam"],
    runbooks: ["app", "config", "cost", "data-prep", "iam", "personalize"],
    components: ["app", "config", "cost", "data-prep", "iam", "personalize"],
    operator: ["components", "config", "iam"],
    app: ["config", "cost", "data-prep", "personalize"],
    personalize: ["config", "cost"],
    iam: ["config", "runbooks"],
    cost: ["config"],
    "data-prep": [],
    config: [],
    "packages/policy-evaluator": [],
    "packages/filter-grammar": [],
    "packages/terminal-text": [],
    "packages/access-doctor": [],
    "packages/local-personalize": [],
    "packages/pulumi-personalize": [],
    "packages/local-aws": ["packages/local-personalize", "packages/policy-evaluator", "packages/terminal-text"],
};

/** npm packages that a folder may import. */
const packages: Readonly<Record<string, readonly string[]>> = {
    "policy-evaluator": [
        ...["app", "iam", "components", "runbooks"],
        ...["packages/access-doctor", "packages/local-aws", "packages/pulumi-personalize"],
    ],
    // The diagnosis and data-prep read times by the same rules, from `access-doctor/times`.
    "access-doctor": ["runbooks", "data-prep"],
    "local-personalize": ["packages/local-aws"],
    // The classes of this package import `@pulumi/pulumi`, which is restricted below; its module
    // `pulumi-personalize/core` does not.
    "pulumi-personalize": ["components"],
    // Loading the Pulumi SDK was half of a runbook's start time, and runbooks do not use it.
    "@pulumi/pulumi": ["index.ts", "components", "operator", "packages/local-aws", "packages/pulumi-personalize"],
};

const folderOf = (file: string) => {
    const [first = "", second = ""] = file.split("/");
    return first === "packages" ? `${first}/${second}` : first;
};

const code = tracked.filter((file) => /\.(tsx?|mjs)$/.test(file));
const files = code.filter((file) => folderOf(file) in allowed && !file.includes("/test/"));

function* importsOf(file: string): Generator<string> {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, specifier = ""] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)) yield specifier;
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
