import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CatalogueItem } from "../../data-prep/catalogue.ts";

export const defaultInteractionsFile = "data/personalize_interactions_fixed.csv";

/** Titles with their year from the catalogue that data-prep wrote beside the interactions; ids where there is none. */
export async function titlesBeside(interactionsFile: string): Promise<(itemId: string) => string> {
    const path = join(dirname(interactionsFile), "catalogue.json");
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") {
            throw error;
        }
        return "[]";
    });
    const titles = new Map(
        (JSON.parse(text) as CatalogueItem[]).map(({ itemId, title, year }) => [
            itemId,
            year === null ? title : `${title} (${year})`,
        ]),
    );
    return (itemId) => titles.get(itemId) ?? itemId;
}
