import { basename, dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { messageOf, visible } from "terminal-text";
import type { BadRow } from "../bad-rows.ts";
import { type CatalogueItem, imageOrigin, readCatalogue, splitTitle } from "../catalogue.ts";
import type { DecimalChoice } from "../numbers.ts";
import { chosenColumns, knownNames, namedColumns, words } from "../reading/roles.ts";
import { type Source, sourcesAt } from "../reading/sources.ts";
import { type AttributeColumn, attributeColumns, isWebAddress, toEpochSeconds } from "./columns.ts";
import { isEmpty } from "./content.ts";
import { type Records, readRecords, withIds } from "./read.ts";
import { readShopColumns } from "./shop-values.ts";
import { lastOfEach } from "./users.ts";

/** The items of a data set. */
export interface ItemTable {
    /** ID, title, year and genres, which the page shows and the fallback tables contain. */
    readonly catalogue: CatalogueItem[];
    /** Further columns of the Items dataset, in the catalog's order. */
    readonly columns: readonly AttributeColumn[];
    readonly leftOut: readonly string[];
    /** Texts for the log: columns with values that were not understood or that differ, with their number. */
    readonly notUnderstood?: readonly string[];
    /** Number of rows whose ID occurs again in a later row. */
    readonly repeated: number;
    /** Names of the table's columns; empty for MovieLens' own formats. */
    readonly names: readonly string[];
    readonly bad: readonly BadRow[];
    /**
     * A sentence for the log: which columns of the table are the ID, the title and so on. Undefined for MovieLens' own
     * formats.
     */
    readonly understood?: string;
}

const noItems: ItemTable = { catalogue: [], columns: [], leftOut: [], repeated: 0, names: [], bad: [] };

/** Names of MovieLens' item files, by the names of its files of interactions. */
const pairs: readonly (readonly [ratings: string, items: readonly string[]])[] = [
    ["u.data", ["u.item", "ml-100k.item"]],
    ["ratings.csv", ["movies.csv"]],
    ["ratings.dat", ["movies.dat"]],
    ["ml-100k.inter", ["ml-100k.item"]],
];

/**
 * Usual names of the columns of an item table in English, German, French, Spanish and Italian, in the form that `plain`
 * returns.
 */
export const itemNames = {
    id: [...knownNames.item, "id", "variantsku", "codice", "codicearticolo", "codiceprodotto"],
    title: words(
        "title name productname itemname lineitemname movietitle booktitle prodname trackname songname artistname gametitle",
        "bezeichnung artikelbezeichnung artikelname produktname produktbezeichnung titel titre nom designation libelle nombre titulo nome titolo descrizione",
    ),
    category: words(
        "genres genre category categories itemcategory class maincategory categoryl1 categorycode producttypename productgroupname department",
        "kategorie kategorien warengruppe produktgruppe rubrik categorie rayon categoria",
    ),
    year: words("year releaseyear originalpublicationyear publicationyear yearofpublication", "jahr annee ano anno"),
    created: words(
        "creationtimestamp createdat creationdate releasedate dateadded publishedat publicationdate",
        "erstelltam anlagedatum datecreation fechacreacion",
    ),
    price: words(
        "price unitprice lineitemprice listprice retailprice variantprice regularprice saleprice",
        "preis verkaufspreis einzelpreis prix precio prezzo prijs",
    ),
    brand: words("brand brandname manufacturer", "marke hersteller marque fabricant marca"),
    currency: words("currency currencycode pricecurrency", "wahrung devise moneda divisa valuta waluta"),
    stock: words(
        "stock inventory stockquantity stocklevel stockqty variantinventoryqty qty quantity onhand",
        "bestand lagerbestand lager enstock existencias giacenza voorraad",
        "isinstock instock availability stockstatus verfugbarkeit disponibilite disponibilidad disponibilita",
    ),
    until: words(
        "availableuntil availabletill availableto availabilityenddate unavailableafter expirationdate expirydate expiresat expireson enddate",
        "verfugbarbis lieferbarbis disponiblejusqua datefin disponiblehasta fechafin disponibilefino datafine",
    ),
    image: words(
        "image imageurl imagelink imageurll imageurlm imageurls picture pictureurl img imgurl thumbnail thumbnailurl photo",
        "bild bildurl bildlink foto imagen immagine",
    ),
} as const;
type ItemPart = keyof typeof itemNames;
/** The parts of an item for which the option `--item-columns` can name a column. */
export const itemParts = Object.keys(itemNames) as readonly ItemPart[];

/**
 * Returns the items that belong to the interactions of `sourceName`, from `path` or its folder; an empty table if they
 * are missing. Accepts an item file only for the MovieLens interactions to which it belongs, because the titles would
 * be wrong for other interactions.
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

/**
 * Returns the items of the file at `path`. `choices` is the text of `--item-columns`. Throws an Error for a file that
 * is not a usable table of items.
 */
export async function itemsAt(path: string, choices?: string, numbers: DecimalChoice = {}): Promise<ItemTable> {
    const [source] = await sourcesAt(path);
    if (!source) throw new Error(`There is no file in ${path}.`);
    return itemsFrom(source, path, choices, numbers);
}

async function itemsFrom(
    source: Source,
    path: string,
    choices?: string,
    numbers: DecimalChoice = {},
): Promise<ItemTable> {
    try {
        return basename(source.name) === "u.item"
            ? { ...noItems, catalogue: readCatalogue(await buffer(await source.open())) }
            : tableItems(await readRecords(source), choices, numbers);
    } catch (error) {
        const message = messageOf(error);
        // A message of several lines ends with a command, which a period would change.
        throw new Error(`The items of ${path} cannot be read: ${message}${message.includes("\n") ? "" : "."}`);
    }
}

/** Checks whether a row of Shopify's export of products has only a further image of a product, which is no item. */
const isPicture = (row: readonly string[], header: readonly string[]): boolean =>
    header.includes("Image Position") &&
    row.every((cell, at) => isEmpty(cell) || /^(Handle|Image (Src|Position|Alt Text))$/.test(header[at] ?? ""));

/**
 * Reads the parts of an item (such as ID and title) from any table. Finds the types of the table's other columns by
 * their content.
 */
export function tableItems(read: Records, choices: string | undefined, numbers: DecimalChoice): ItemTable {
    const { name: source, columns: header } = read;
    const chosen = choices === undefined ? undefined : chosenColumns(choices, itemParts, header);
    const parts = namedColumns(itemNames, header, chosen?.roles ?? {});
    const { id } = parts;
    if (id === undefined) {
        const listed = header.map(visible).join(", ");
        throw new Error(`${source} has no column of item ids among ${listed}: name it by --item-columns id=NAME`);
    }
    const records = withIds(read, id, (row) => isPicture(row, header));
    const { rows } = records;
    const readColumn = (column: number) => rows.map((row) => row[column] ?? "");
    const valuesOf = (part: ItemPart) => {
        const column = parts[part];
        return column === undefined ? undefined : readColumn(column);
    };
    const times = toEpochSeconds(valuesOf("created") ?? [], undefined, true);
    if (times === undefined || times.length === 0) delete parts.created;
    const untilTexts = valuesOf("until") ?? [];
    const ends = toEpochSeconds(untilTexts, undefined, true) ?? [];
    const images = valuesOf("image");
    if (!images?.every((text) => isEmpty(text) || isWebAddress(text))) delete parts.image;
    const invalid = images?.filter((text) => !isEmpty(text) && imageOrigin(text) === undefined).length ?? 0;
    const used = (["id", "title", "category", "year", "created", "currency", "image"] as const).flatMap(
        (part) => parts[part] ?? [],
    );
    const named = (["price", "brand", "stock"] as const).flatMap((part) => {
        const column = parts[part];
        return column === undefined ? [] : [{ name: part.toUpperCase(), column }];
    });
    const further = (name: string) => chosen?.extras.find((extra) => extra.name === name)?.column;
    const shop = readShopColumns(
        records,
        { ...parts, price: parts.price ?? further("PRICE"), stock: parts.stock ?? further("STOCK") },
        numbers,
    );
    const { columns, leftOut } = attributeColumns(
        { ...records, rows: shop.rows },
        used,
        "Items",
        [...named, ...(chosen?.extras ?? [])],
        numbers,
    );
    const order = [...lastOfEach(readColumn(id), source, header[id] as string).values()];
    const byWords = parts.category !== undefined && /:token_seq$/.test(header[parts.category] ?? "");
    const brand = columns.find(({ field }) => field.name === "BRAND")?.values;
    const catalogue = order.map((at) => {
        const text = (part: ItemPart) => (parts[part] === undefined ? "" : (rows[at]?.[parts[part]] ?? ""));
        const title = splitTitle(text("title").trim());
        const [, own] = /^(\d{4})(?:\.0+)?$/.exec(text("year").trim()) ?? [];
        return {
            itemId: text("id").trim(),
            title: title.title || text("id").trim(),
            year: own ? Number(own) : (title.year ?? null),
            genres: parseGenres(text("category"), byWords),
            ...shop.details[at],
            ...(ends[at] && { availableUntil: Number(ends[at]) + (isDate(untilTexts[at] ?? "") ? lastSecond : 0) }),
            ...(isEmpty(brand?.[at] ?? "") ? {} : { brand: brand?.[at] as string }),
            ...(imageOrigin(text("image")) === undefined ? {} : { image: text("image") }),
        };
    });
    const all = [...(parts.created !== undefined && times ? [createdColumn(times)] : []), ...columns];
    return {
        catalogue,
        columns: all.map(({ field, values }) => ({ field, values: order.map((at) => values[at] ?? "") })),
        leftOut: parts.image === undefined || invalid === 0 ? leftOut : [...leftOut, invalidImages(invalid)],
        notUnderstood: shop.notes,
        repeated: rows.length - order.length,
        names: header,
        bad: records.bad,
        understood: `${basename(source)}: ${inWords(parts, header)}`,
    };
}

const invalidImages = (count: number) =>
    `image (${count} ${count === 1 ? "address" : "addresses"} with an invalid host)`;

/**
 * Describes the columns as a sentence: "id = product_id, category = category; no title: ids are shown (--item-columns
 * title=NAME names its column)"
 */
function inWords(parts: Readonly<Partial<Record<ItemPart, number>>>, header: readonly string[]): string {
    const columnTexts = itemParts.flatMap((part) =>
        parts[part] === undefined ? [] : [`${part} = ${visible(header[parts[part]] as string)}`],
    );
    const missing =
        parts.title === undefined ? "; no title: ids are shown (--item-columns title=NAME names its column)" : "";
    return `${columnTexts.join(", ")}${missing}`;
}

/** Returns Personalize's reserved column CREATION_TIMESTAMP, which contains the creation time of each item. */
const createdColumn = (values: readonly string[]): AttributeColumn => ({
    field: { name: "CREATION_TIMESTAMP", type: values.includes("") ? ["null", "long"] : "long" },
    values,
});

/** Seconds from the first to the last second of a day: an item that is available until a date is available on that day. */
const lastSecond = 86_399;
const isDate = (text: string) => /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$/.test(text.trim());

/** MovieLens' texts for a film without genres. "unknown" is one only in RecBole's files; a shop may use this category. */
const isNoGenre = (text: string, isRecBole: boolean) =>
    text === "(no genres listed)" || (isRecBole && text === "unknown");

function parseGenres(text: string, byWords: boolean): string[] {
    const isList = /^\[.*\]$/s.test(text);
    const listed = isList ? parseList(text) : text.split(byWords ? " " : "|");
    const genres = new Set(listed.map((genre) => genre.trim()));
    return [...genres].filter((genre) => !isEmpty(genre) && !isNoGenre(genre, byWords));
}

function parseList(text: string): string[] {
    try {
        return (JSON.parse(text) as unknown[]).filter((each) => typeof each === "string");
    } catch {
        return [text];
    }
}
