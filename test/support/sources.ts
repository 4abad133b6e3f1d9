import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../packages/local-aws/instance.ts";

/** Reads a file of the repository. */
export const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The npm scripts of the repository, by name. */
export const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** Paths of the repository's files, including new files that git does not ignore. */
export const tracked: readonly string[] = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard"],
    { cwd: root },
)
    .toString()
    .split("\n")
    .filter((file) => existsSync(join(root, file)));

/** Paths of the documents for users and developers. */
export const pages: readonly string[] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ...tracked.filter((file) => /^docs\/.*\.md$/.test(file)),
];

/** Paths of the product's modules, without tests. */
export const sources: readonly string[] = tracked.filter(
    (file) =>
        /^(app|components|core|data-prep|index|packages|runbooks)\b/.test(file) &&
        /\.(ts|mjs)$/.test(file) &&
        !file.includes("/test/"),
);
