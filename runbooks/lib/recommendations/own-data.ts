import { readFile } from "node:fs/promises";
import { messageOf } from "terminal-text";
import { type Columns, readColumns } from "../../../data-prep/columns.ts";
import { filesBeside, hashFile } from "../../../data-prep/files.ts";
import { parseTables } from "../../../data-prep/tables/document.ts";

/** The local interactions file, compared with the file that the stack imported. */
export type OwnData =
    | { readonly kind: "own"; readonly interactions: Columns; titleOf(itemId: string): string }
    /**
     * The file differs from the imported one, as `why` states. Its titles and histories could belong to other items.
     */
    | { readonly kind: "other"; readonly why: string };

/**
 * Reads the local interactions of a stack.
 * @param importedHash first eight digits of the imported file's SHA-256; undefined if the stack does not record it
 */
export async function ownData(file: string, importedHash: string | undefined): Promise<OwnData> {
    try {
        const sha256 = await hashFile(file);
        if (importedHash !== undefined && !sha256.startsWith(importedHash)) {
            return { kind: "other", why: `${file} is not the file that the stack imported` };
        }
        return { kind: "own", interactions: await readColumns(file), titleOf: await readTitles(file, sha256) };
    } catch (error) {
        return { kind: "other", why: `${file} cannot be read (${messageOf(error)})` };
    }
}

/**
 * Returns a function that returns an item's title with year. If the fallback tables were not made from the
 * interactions in `file`, the function returns the item's id.
 */
async function readTitles(file: string, sha256: string): Promise<(itemId: string) => string> {
    const text = await readFile(filesBeside(file).tables, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        return undefined;
    });
    const document = text === undefined ? undefined : parseTables(text);
    if (document?.interactions.sha256 !== sha256) return (itemId) => itemId;
    const { ids, titles, years } = document.films;
    const shown = titles.map((title, at) => title && (years[at] ? `${title} (${years[at]})` : title));
    const byId = new Map(ids.map((id, at) => [id, shown[at]]));
    return (itemId) => byId.get(itemId) || itemId;
}

/** Returns those of the users who have no interactions in the data. */
export function unknownUsers(users: readonly string[], { userIds }: Columns): string[] {
    const imported = new Set(userIds);
    return users.filter((user) => !imported.has(user));
}
