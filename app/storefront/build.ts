import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";

const source = import.meta.dirname;
const parts = ["index.html", "build.ts", "public", "src", "styles", "../api/genres.ts"];
const packages = ["preact", "vite"];

/**
 * Builds the page into `app/storefront/dist` in about a second, or keeps an existing build of the same sources. The
 * folder is replaced in one step, so a killed build leaves the previous folder unchanged. `index.html` contains
 * `%API%`; the hosting program replaces it by the API's address, relative to the page.
 *
 * @throws Error of Vite for invalid code.
 */
export async function buildStorefront(): Promise<{ readonly directory: string }> {
    const directory = join(source, "dist");
    const mark = `<html data-build="${await hashOfSources()}"`;
    if (await isBuilt(directory, mark)) return { directory };

    const beside = join(source, `.dist.${randomBytes(6).toString("hex")}`);
    const before = `${beside}.before`;
    try {
        // Import Vite only when the page is built: loading Vite takes a tenth of a second, and every preview would wait
        // for it.
        const { build } = await import("vite");
        const common = { root: source, configFile: false, base: "./", logLevel: "error" } as const;
        await build({
            ...common,
            oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
            plugins: [{ name: "mark", transformIndexHtml: (html) => html.replace("<html", mark) }],
            build: {
                outDir: beside,
                emptyOutDir: true,
                target: "es2023",
                modulePreload: { polyfill: false },
                // Do not inline scripts and styles as data URLs, because the page's Content-Security-Policy does not
                // allow data URLs.
                assetsInlineLimit: 0,
            },
        });
        await build({
            ...common,
            publicDir: false,
            build: {
                outDir: beside,
                emptyOutDir: false,
                target: "es2023",
                lib: { entry: "src/widget.ts", formats: ["es"], fileName: () => "widget.js" },
            },
        });
        // If another process has built the page in the meantime, keep that build, because somebody may already read it.
        if (await isBuilt(directory, mark)) return { directory };
        if (existsSync(directory)) await rename(directory, before);
        await rename(beside, directory);
    } catch (error) {
        if (!(await isBuilt(directory, mark))) throw error;
    } finally {
        await rm(beside, { recursive: true, force: true });
        await rm(before, { recursive: true, force: true });
    }
    return { directory };
}

async function isBuilt(directory: string, mark: string): Promise<boolean> {
    const page = await readFile(join(directory, "index.html"), "utf8").catch(() => "");
    return page.includes(mark);
}

async function hashOfSources(): Promise<string> {
    const hash = createHash("sha256");
    for (const part of parts) {
        for (const file of await listFiles(join(source, part))) {
            hash.update(`${relative(source, file)}\0`).update(await readFile(file));
        }
    }
    for (const name of packages) {
        hash.update(await readFile(join(source, "..", "..", "node_modules", name, "package.json")));
    }
    return hash.digest("hex").slice(0, 16);
}

async function listFiles(path: string): Promise<string[]> {
    const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
    if (entries === undefined) return [path];
    return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort();
}
