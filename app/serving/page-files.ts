import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pageHeaders } from "./page-headers.ts";
import { cacheControlOf, textTypeOf } from "./page-types.ts";
import { etagOf, type Reply } from "./reply.ts";

const binaryTypes: Readonly<Record<string, string>> = {
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".woff2": "font/woff2",
};

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
    const text = textTypeOf(path);
    const type = text ?? binaryTypes[extname(path)] ?? "application/octet-stream";
    return {
        ...{ status: 200, type, headers: pageHeaders, etag: etagOf(bytes), binary: text === undefined },
        body: bytes.toString(text === undefined ? "base64" : "utf8"),
        cacheControl: cacheControlOf(path),
    };
}
