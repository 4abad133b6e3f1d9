import { execFileSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { imageSize } from "image-size";
import { defineConfig } from "vitepress";

const root = join(import.meta.dirname, "../../..");
const page = (/** @type {string} */ name) => `docs/${name}.md`;
const pagesOf = (/** @type {string} */ names) => names.split(" ").map(page);

/** Pages by heading of the sidebar: Markdown files of the repository. */
const sections = {
    Start: ["README.md", ...pagesOf("how-it-works alternatives your-own-data deploy")],
    Guides: pagesOf("call-it viewer-auth storefront serving-modes setups stacks spark"),
    Operate: pagesOf(
        "life runbooks alarms observability cost access troubleshooting interrupted access-operator audit ci",
    ),
    Reference: [
        ...pagesOf("README configuration site/api outputs data serving security unproven glossary"),
        ...["CHANGELOG.md", "packages/pulumi-personalize/README.md", "packages/pulumi-personalize/REFERENCE.md"],
        ...["packages/local-personalize/README.md", "packages/local-personalize/REFERENCE.md"],
        "packages/access-doctor/README.md",
    ],
    Develop: [
        ...[
            "CONTRIBUTING.md",
            "SECURITY.md",
            ...pagesOf("architecture storefront-design emulator models tables proofs"),
        ],
        ...["packages/local-aws/README.md", "packages/policy-evaluator/README.md"],
    ],
};
const pages = Object.values(sections).flat();
const unlisted = globSync("docs/*.md", { cwd: root }).filter((file) => !pages.includes(file));
if (unlisted.length > 0) throw new Error(`docs/site/.vitepress/config.mjs lists no section for ${unlisted.join(", ")}`);

/** Folders without pages, which can be large. */
const unused = ["**/node_modules/**", ".tools/**", ".local/**"];

/** Address of a page on the site. A README is the index of its folder. */
const addressOf = (/** @type {string} */ file) =>
    `/${file.replace("site/api", "api")}`.replace(/README\.md$/, "").replace(/\.md$/, "");

/** Returns the text of a page's first heading. */
function titleOf(/** @type {string} */ file) {
    if (file === "README.md") return "Overview";
    const [, title = file] = /^# (.*)$/m.exec(readFileSync(join(root, file), "utf8")) ?? [];
    return title.replace(/^(The \w+): .*/, "$1");
}

/** Returns the address of the repository on GitHub, or "" if neither the workflow nor git knows it. */
function repositoryUrl() {
    const { GITHUB_REPOSITORY } = process.env;
    if (GITHUB_REPOSITORY) return `https://github.com/${GITHUB_REPOSITORY}`;
    try {
        const origin = execFileSync("git", ["remote", "get-url", "origin"], { cwd: root, stdio: "pipe" }).toString();
        return /github\.com[:/](.+?)(\.git)?\n/.exec(origin)?.[1]?.replace(/^/, "https://github.com/") ?? "";
    } catch {
        return "";
    }
}
const repository = repositoryUrl();

/** Returns a link of a Markdown file as a link of the site: to a page, or to the file on GitHub. */
function linkOnSite(/** @type {string} */ href, /** @type {string} */ from) {
    const [path = "", anchor] = href.split("#");
    const file = normalize(join(from, "..", path)).replace(/\/$/, "");
    const target = file === "app/api/openapi.yaml" ? page("site/api") : file;
    if (pages.includes(target)) return addressOf(target) + (anchor === undefined ? "" : `#${anchor}`);
    const kind = statSync(join(root, file)).isDirectory() ? "tree" : "blob";
    return repository === "" ? undefined : `${repository}/${kind}/main/${file}`;
}

/** States an image's size, so that the text below does not move when the image arrives. Only a page's first image loads at once. */
function sizeImage(/** @type {import("markdown-it").Token} */ token, /** @type {string} */ from, isFirst = false) {
    const { width, height } = imageSize(readFileSync(join(root, dirname(from), token.attrGet("src") ?? "")));
    token.attrSet("width", `${width}`);
    token.attrSet("height", `${height}`);
    if (!isFirst) token.attrSet("loading", "lazy");
}

/** Makes the links between files of the repository work on the site, too. */
function linkFiles(/** @type {import("markdown-it").default} */ md) {
    md.core.ruler.push("files", ({ tokens, env }) => {
        const from = env.path.slice(root.length + 1);
        const inline = tokens.flatMap(({ children }) => children ?? []);
        const first = inline.find(({ type }) => type === "image");
        for (const token of inline) {
            if (token.type === "image") sizeImage(token, from, token === first);
            const href = token.attrGet("href") ?? "";
            if (token.type !== "link_open" || /^(#|[a-z]+:|$)/.test(href)) continue;
            const link = linkOnSite(href, from);
            if (link === undefined) token.attrs = [["title", `${href} is in the repository only`]];
            else token.attrSet("href", link);
        }
    });
}

/** Returns a heading's anchor in GitHub's format, so that links work there and on the site. */
const anchorOf = (/** @type {string} */ heading) =>
    heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");

/** Vite searches the dependencies of VitePress in the repository's folder, where they are not installed, and warns. */
const withoutOptimizer = (/** @type {import("vite").UserConfig} */ config) => {
    Object.assign(config.optimizeDeps ?? {}, { include: [] });
};

export default defineConfig({
    title: "movie-recommender",
    description: "A least-privilege, budget-guarded Amazon Personalize recommender as one Pulumi program",
    lang: "en-US",
    base: process.env.DOCS_BASE ?? "/",
    srcDir: "../..",
    outDir: "dist",
    srcExclude: [
        ...unused,
        ...globSync("**/*.md", { cwd: root, exclude: unused }).filter((file) => !pages.includes(file)),
    ],
    rewrites: Object.fromEntries(
        pages.map((file) => [file, `${addressOf(file).replace(/\/$/, "/index").slice(1)}.md`]),
    ),
    // Without the plugin of attributes, braces in a text are text.
    markdown: {
        anchor: { slugify: anchorOf },
        attrs: { disable: true },
        // The colors of the default theme have too little contrast.
        theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
        config: linkFiles,
    },
    vite: {
        server: { host: "127.0.0.1", watch: { ignored: ["**/.tools/**", "**/.local/**", "**/data/**"] } },
        plugins: [{ name: "no-optimizer", enforce: "post", config: withoutOptimizer }],
    },
    themeConfig: {
        search: { provider: "local" },
        sidebar: Object.entries(sections).map(([text, files]) => ({
            text,
            collapsed: false,
            items: files.map((file) => ({ text: titleOf(file), link: addressOf(file) })),
        })),
        outline: [2, 3],
        ...(repository !== "" && {
            editLink: { pattern: `${repository}/edit/main/:path`, text: "Edit this page on GitHub" },
            socialLinks: [{ icon: "github", link: repository }],
        }),
    },
});
