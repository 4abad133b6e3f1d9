import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { findTextType, listFiles } from "../../app/serving/page-files.ts";
import type { DataWords } from "./page-words.ts";

/** A file of the page, with its path relative to the page. */
export interface PageFile {
    readonly name: string;
    readonly contentType: string;
    /** Text of the file, or its local path. */
    readonly content: { readonly text: string } | { readonly path: string };
}

/**
 * Returns a file of the page as an asset that Pulumi uploads: the text of index.html with the placeholders replaced, or
 * a file of the build.
 */
export const toAsset = ({ content }: PageFile): pulumi.asset.Asset =>
    "text" in content ? new pulumi.asset.StringAsset(content.text) : new pulumi.asset.FileAsset(content.path);

/** The values that the program writes into the built page. */
export interface PageParts extends DataWords {
    /** Address of the API, relative to the page. */
    readonly api: string;
    /** How the API identifies the viewer: `jwt` requires a token. */
    readonly viewerAuth: "none" | "jwt";
}

/** Returns the text of index.html with the placeholders replaced by the stack's values. */
export function filledPage(
    html: string,
    { api, viewerAuth, noun, nouns, events, viewers, ...more }: PageParts,
): string {
    const parts: Readonly<Record<string, string>> = {
        API: api,
        VIEWER_AUTH: viewerAuth,
        NOUN: noun,
        NOUNS: nouns,
        EVENTS: JSON.stringify(events),
        VIEWERS: String(viewers),
        PUBLIC_HISTORIES: String(more.publicHistories),
        CREDITS: more.credits,
    };
    return html.replaceAll(/%([A-Z_]+)%/g, (written, name: string) => attributeText(parts[name] ?? written));
}

/** Escapes a text for an HTML attribute in double quotes. */
const attributeText = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * Returns the files of the built page. In index.html, the placeholders are replaced by the stack's values.
 *
 * @throws Error for an unknown file type
 */
export function pageFiles(directory: string, parts: PageParts): PageFile[] {
    return listFiles(directory)
        .sort()
        .map((name) => {
            const path = join(directory, name);
            const contentType = findTextType(name);
            if (contentType === undefined) throw new Error(`${path} has no known content type`);
            const isPage = extname(name) === ".html";
            const content = isPage ? { text: filledPage(readFileSync(path, "utf8"), parts) } : { path };
            return { name, contentType, content };
        });
}
