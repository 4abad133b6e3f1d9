import { extname } from "node:path";
import { entryFile, hashedFile } from "./cache-control.ts";

/** Content types of a page's files that are text; a REST API hands these on as they are. */
const textTypes: Readonly<Record<string, string>> = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
};

/** The content type of a text; undefined for a file that is none. */
export const textTypeOf = (path: string): string | undefined => textTypes[extname(path)];

/** As Vite names what it hashes: `assets/index-BsT3n_0q.js`. */
const hashedName = /-[\w-]{8}\.\w+$/;

/** How long a file of the page is kept, by whichever server it comes. */
export const cacheControlOf = (path: string): string => (hashedName.test(path) ? hashedFile : entryFile);
