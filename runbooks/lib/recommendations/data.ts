import { readFile } from "node:fs/promises";
import { type CatalogueItem, titleLookup } from "../../../data-prep/catalogue.ts";
import { cataloguePathBeside } from "../../../data-prep/places.ts";

/** Titles with their year from the catalogue that data-prep wrote beside the interactions; ids where there is none. */
export async function titlesBeside(interactionsFile: string): Promise<(itemId: string) => string> {
    const text = await readFile(cataloguePathBeside(interactionsFile), "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") {
            throw error;
        }
        return "[]";
    });
    const catalogue = JSON.parse(text) as CatalogueItem[];
    return titleLookup(
        catalogue.map((item) => (item.year === null ? item : { ...item, title: `${item.title} (${item.year})` })),
    );
}
