import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { textTypeOf } from "../../app/serving/page-types.ts";

/** A file of the page, by the name that it has below the page's address. */
export interface PageFile {
    readonly name: string;
    readonly contentType: string;
    /** Its text, or where it lies. */
    readonly content: { readonly text: string } | { readonly path: string };
}

export const assetOf = ({ content }: PageFile): pulumi.asset.Asset =>
    "text" in content ? new pulumi.asset.StringAsset(content.text) : new pulumi.asset.FileAsset(content.path);

/** Where the built page says that its API is, until it is known. */
const placeholder = "%API%";

/**
 * The files of the built page, told where their API is: `api` is an address relative to the page.
 *
 * @throws Error for a file of a kind that is not known here.
 */
export function pageFiles(directory: string, api: string): PageFile[] {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((path) => {
            const contentType = textTypeOf(path);
            if (contentType === undefined) {
                throw new Error(`${path} of the page is of a kind without a content type here`);
            }
            const isPage = extname(path) === ".html";
            return {
                name: path.slice(directory.length + 1).replaceAll("\\", "/"),
                contentType,
                content: isPage ? { text: readFileSync(path, "utf8").replaceAll(placeholder, api) } : { path },
            };
        });
}
