import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { contentSecurityPolicy, entryFile, hashedFile, pageHeaders } from "./headers.ts";
import { computeEtag, type Reply } from "./reply.ts";

const binaryTypes: Readonly<Record<string, string>> = {
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".woff2": "font/woff2",
};

/**
 * Reads all files of a built page once, and returns the replies by relative path. Throws if the folder is not readable.
 *
 * @param imageOrigins web origins of the catalog's images
 */
export function pageFiles(folder: string, imageOrigins: readonly string[] = []): ReadonlyMap<string, Reply> {
    const headers = {
        ...pageHeaders,
        "Access-Control-Allow-Origin": "*",
        "Content-Security-Policy": contentSecurityPolicy(imageOrigins),
    };
    const paths = listFiles(folder);
    return new Map(paths.map((path) => [path, fileReply(path, readFileSync(join(folder, path)), headers)]));
}

/** Returns the paths of all files in a folder, relative to it, with `/` between their parts. */
export const listFiles = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll("\\", "/"));

function fileReply(path: string, bytes: Buffer, headers: Readonly<Record<string, string>>): Reply {
    const text = findTextType(path);
    const type = text ?? binaryTypes[extname(path)] ?? "application/octet-stream";
    return {
        status: 200,
        type,
        headers,
        etag: computeEtag(bytes),
        binary: text === undefined,
        body: bytes.toString(text === undefined ? "base64" : "utf8"),
        cacheControl: chooseCacheControl(path),
    };
}

/** Content types of text files, which a REST API passes unchanged. */
const textTypes: Readonly<Record<string, string>> = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
};

/** Returns the content type of a text file; undefined for other files. */
export const findTextType = (path: string): string | undefined => textTypes[extname(path)];

/** Pattern of Vite's file names with a hash: `assets/index-BsT3n_0q.js`. */
const hashedName = /-[\w-]{8}\.\w+$/;

/** Returns the Cache-Control of a file of the page, wherever the page is hosted. */
export const chooseCacheControl = (path: string): string => (hashedName.test(path) ? hashedFile : entryFile);
