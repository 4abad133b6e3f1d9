import { basename, dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type CatalogueItem, readCatalogue, splitTitle } from "./catalogue.ts";
import { columnOf } from "./reading/roles.ts";
import { recordsOf } from "./reading/scan.ts";
import { type Source, sourcesAt } from "./reading/sources.ts";
import { openTable } from "./reading/table.ts";

/** The item file that belongs to a file of interactions, by their names. */
const pairs: readonly (readonly [ratings: string, items: readonly string[]])[] = [
    ["u.data", ["u.item", "ml-100k.item"]],
    ["ratings.csv", ["movies.csv"]],
    ["ratings.dat", ["movies.dat"]],
    ["ml-100k.inter", ["ml-100k.item"]],
];

/**
 * The catalogue that belongs to the interactions of `sourceName`, found at `path` or beside it; empty without one. Only
 * MovieLens' own pairs count: titles of other data would be wrong.
 */
export async function catalogueBeside(path: string, sourceName: string): Promise<CatalogueItem[]> {
    const wanted = pairs.find(([ratings]) => ratings === basename(sourceName))?.[1] ?? [];
    const inside = sourceName === path ? [] : await sourcesAt(path);
    for (const name of wanted) {
        const beside = sourceName === path ? await sourcesAt(join(dirname(path), name)).catch(() => []) : inside;
        const source = beside.find((each) => basename(each.name) === name);
        if (source) return catalogueFrom(source, path);
    }
    return [];
}

/** The catalogue of the item file at `path`. */
export async function catalogueAt(path: string): Promise<CatalogueItem[]> {
    const [source] = await sourcesAt(path);
    if (!source) throw new Error(`There is no file in ${path}.`);
    return catalogueFrom(source, path);
}

async function catalogueFrom(source: Source, path: string): Promise<CatalogueItem[]> {
    try {
        const name = basename(source.name);
        if (name === "u.item" || name === "ml-100k.item") return readCatalogue(await buffer(await source.open()));
        return await tableCatalogue(source);
    } catch (error) {
        throw new Error(`The titles for ${path} cannot be read: ${(error as Error).message}.`);
    }
}

/** Reads the id, title, year and genres of any table; `::` without a header is MovieLens' movies.dat. */
async function tableCatalogue(source: Source): Promise<CatalogueItem[]> {
    const table = await openTable(source, 2);
    if (!table) throw new Error(`${source.name} is not a table`);
    const isMoviesDat = table.dialect.delimiter === "::";
    // A header above texts only looks like a row.
    const header = table.hasHeader ? table.names : (table.sample[0] ?? []);
    const names = isMoviesDat ? ["item", "title", "genres"] : header;
    const find = (...choices: string[]) =>
        choices
            .map((choice) => {
                try {
                    return columnOf(choice, names);
                } catch {
                    return undefined;
                }
            })
            .find((index) => index !== undefined);
    const item = find("item_id", "movieId", "item", "product_id", "productId", "sku", "asin", "parent_asin", "id");
    if (item === undefined) throw new Error(`${source.name} has no column of item ids among ${names.join(", ")}`);
    const title = find("title", "name", "product_name", "item_name", "movie_title");
    const genres = find("genres", "genre", "category", "categories", "class");
    const year = find("year", "release_year");
    const records = recordsOf(await buffer(table.bytes), table.dialect).slice(isMoviesDat ? 0 : 1);
    return records.map((record, index) => {
        const itemId = record[item] ?? "";
        if (itemId === "" || record.length !== table.names.length) {
            throw new Error(`row ${index + 1} of ${source.name} has no id, or not ${table.names.length} fields`);
        }
        const parts = splitTitle((title === undefined ? "" : (record[title] ?? "")).trim());
        const own = year === undefined ? "" : (record[year] ?? "");
        const listed = (genres === undefined ? "" : (record[genres] ?? "")).split("|").map((genre) => genre.trim());
        return {
            itemId,
            title: parts.title || itemId,
            year: /^\d{4}$/.test(own) ? Number(own) : (parts.year ?? null),
            genres: [...new Set(listed)].filter((genre) => genre !== "" && genre !== "(no genres listed)"),
        };
    });
}
