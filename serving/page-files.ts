import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { entryFile, hashedFile } from "./cache-control.ts";
import { pageHeaders } from "./page-headers.ts";
import { etagOf, type Reply } from "./reply.ts";

const types: Readonly<Record<string, string>> = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
};

const isText = (type: string) => !/^(image\/(?!svg)|font\/)/.test(type);

/** As Vite names what it hashes: `assets/index-BsT3n_0q.js`. */
const hashedName = /-[\w-]{8}\.\w+$/;

/** The replies of a built page's files, by path under its folder; read once. Throws where the folder cannot be read. */
export function pageFiles(folder: string): ReadonlyMap<string, Reply> {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
            join(entry.parentPath, entry.name)
                .slice(folder.length + 1)
                .replaceAll("\\", "/"),
        );
    return new Map(paths.map((path) => [path, fileReply(path, readFileSync(join(folder, path)))]));
}

function fileReply(path: string, bytes: Buffer): Reply {
    const type = types[extname(path)] ?? "application/octet-stream";
    const text = isText(type) && type !== "application/octet-stream";
    return {
        ...{ status: 200, type, headers: pageHeaders, etag: etagOf(bytes), binary: !text },
        body: bytes.toString(text ? "utf8" : "base64"),
        cacheControl: hashedName.test(path) ? hashedFile : entryFile,
    };
}
