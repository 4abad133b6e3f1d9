import { basename, dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type CatalogueItem, readCatalogue, splitTitle } from "../catalogue.ts";
import { type Source, sourcesAt } from "../reading/sources.ts";
import { type AttributeColumn, attributeColumns, secondsOf } from "./columns.ts";
import { isEmpty } from "./content.ts";
import { columnNamed, readRecords } from "./read.ts";
import { lastOfEach } from "./users.ts";

/** The items of a data set. */
export interface ItemTable {
    /** Id, title, year and genres, for people and for the fallback tables. */
    readonly catalogue: CatalogueItem[];
    /** Further columns of the Items dataset, in the catalogue's order. */
    readonly columns: readonly AttributeColumn[];
    readonly leftOut: readonly string[];
    /** Rows with an id that a later row has again. */
    readonly repeated: number;
    /** The columns that catalogue and page use, in words; undefined for MovieLens' own formats. */
    readonly understood?: string;
}

export const noItems: ItemTable = { catalogue: [], columns: [], leftOut: [], repeated: 0 };

/** The item file that belongs to a file of interactions, by their names. */
const pairs: readonly (readonly [ratings: string, items: readonly string[]])[] = [
    ["u.data", ["u.item", "ml-100k.item"]],
    ["ratings.csv", ["movies.csv"]],
    ["ratings.dat", ["movies.dat"]],
    ["ml-100k.inter", ["ml-100k.item"]],
];

const names = {
    item: "itemid item movieid productid parentasin asin articleid bookid isbn trackid songid artistid gameid videoid filmid recipeid businessid contentid sku stockcode product id",
    title: "title name productname itemname movietitle booktitle prodname trackname songname artistname gametitle",
    genres: "genres genre category categories class maincategory categoryl1 categorycode producttypename productgroupname department",
    year: "year releaseyear originalpublicationyear publicationyear yearofpublication",
    created: "creationtimestamp createdat creationdate releasedate dateadded publishedat publicationdate",
} as const;
const namesOf = (part: keyof typeof names) => names[part].split(" ");

/**
 * The items that belong to the interactions of `sourceName`, found at `path` or beside it; none without them. Only
 * MovieLens' own pairs count: titles of other data would be wrong.
 */
export async function itemsBeside(path: string, sourceName: string): Promise<ItemTable> {
    const wanted = pairs.find(([ratings]) => ratings === basename(sourceName))?.[1] ?? [];
    const inside = sourceName === path ? [] : await sourcesAt(path);
    for (const name of wanted) {
        const beside = sourceName === path ? await sourcesAt(join(dirname(path), name)).catch(() => []) : inside;
        const source = beside.find((each) => basename(each.name) === name);
        if (source) return itemsFrom(source, path);
    }
    return noItems;
}

/** The items of the file at `path`. */
export async function itemsAt(path: string): Promise<ItemTable> {
    const [source] = await sourcesAt(path);
    if (!source) throw new Error(`There is no file in ${path}.`);
    return itemsFrom(source, path);
}

async function itemsFrom(source: Source, path: string): Promise<ItemTable> {
    try {
        const name = basename(source.name);
        const isOwn = name === "u.item" || name === "ml-100k.item";
        return isOwn
            ? { ...noItems, catalogue: readCatalogue(await buffer(await source.open())) }
            : await tableItems(source);
    } catch (error) {
        throw new Error(`The items of ${path} cannot be read: ${(error as Error).message}.`);
    }
}

/** Reads id, title, year and genres of any table, and its other columns by content. */
async function tableItems(source: Source): Promise<ItemTable> {
    const records = await readRecords(source);
    const { columns: header, rows } = records;
    const find = (part: keyof typeof names) => columnNamed(header, namesOf(part));
    const item = find("item");
    if (item === undefined) throw new Error(`${source.name} has no column of item ids among ${header.join(", ")}`);
    const [title, genres, year, created] = [find("title"), find("genres"), find("year"), find("created")];
    const times =
        created === undefined
            ? undefined
            : secondsOf(
                  rows.map((row) => row[created] ?? ""),
                  undefined,
                  true,
              );
    const columnOf = { item, title, genres, year };
    const used = [item, title, genres, year, times === undefined ? undefined : created];
    const { columns, leftOut } = attributeColumns(
        records,
        used.filter((index) => index !== undefined),
        "Items",
    );
    const kept = lastOfEach(
        rows.map((row) => row[item] ?? ""),
        source.name,
    );
    const order = [...kept.values()];
    const byWords = genres !== undefined && /:token_seq$/.test(header[genres] ?? "");
    const catalogue = order.map((at) => {
        const text = (index: number | undefined) => (index === undefined ? "" : (rows[at]?.[index] ?? ""));
        const parts = splitTitle(text(title).trim());
        const [, own] = /^(\d{4})(?:\.0+)?$/.exec(text(year).trim()) ?? [];
        return {
            itemId: text(item),
            title: parts.title || text(item),
            year: own ? Number(own) : (parts.year ?? null),
            genres: genresIn(text(genres), byWords),
        };
    });
    const all = [...(times ? [createdColumn(times)] : []), ...columns];
    return {
        catalogue,
        columns: all.map(({ field, values }) => ({ field, values: order.map((at) => values[at] ?? "") })),
        leftOut,
        repeated: rows.length - order.length,
        understood: `${basename(source.name)}: ${inWords(columnOf, header)}`,
    };
}

/** "item = product_id, genres = category; no title, no year (columns with these names would be shown)" */
function inWords(columnOf: Readonly<Record<string, number | undefined>>, header: readonly string[]): string {
    const parts = Object.entries(columnOf);
    const found = parts.flatMap(([part, at]) => (at === undefined ? [] : [`${part} = ${header[at]}`])).join(", ");
    const missing = parts.flatMap(([part, at]) => (at === undefined ? [`no ${part}`] : [])).join(", ");
    return missing === "" ? found : `${found}; ${missing} (columns with these names would be shown)`;
}

/** The service's own column for the time from which an item exists. */
const createdColumn = (values: readonly string[]): AttributeColumn => ({
    field: { name: "CREATION_TIMESTAMP", type: values.includes("") ? ["null", "long"] : "long" },
    values,
});

function genresIn(text: string, byWords: boolean): string[] {
    const isList = /^\[.*\]$/s.test(text);
    const listed = isList ? listIn(text) : text.split(byWords ? " " : "|");
    const genres = new Set(listed.map((genre) => genre.trim()));
    return [...genres].filter((genre) => !isEmpty(genre) && genre !== "(no genres listed)");
}

function listIn(text: string): string[] {
    try {
        return (JSON.parse(text) as unknown[]).filter((each) => typeof each === "string");
    } catch {
        return [text];
    }
}
