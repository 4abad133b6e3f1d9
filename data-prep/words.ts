import { basename } from "node:path";
import { visible } from "terminal-text";
import { withoutAccents } from "./avro.ts";
import { plain } from "./reading/roles.ts";

/** Returns a number with groups of thousands: `1,682`. */
export const count = (value: number): string => value.toLocaleString("en-US");

/** Returns a number and a noun in the singular or the plural: `1 file`, `1,682 items`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
    `${count(number)} ${number === 1 ? one : many}`;

/** The word for an item, in the singular and the plural. */
export interface Noun {
    readonly one: string;
    readonly many: string;
}

/** Names of columns with item IDs, without punctuation, and the word for the items that each name suggests. */
const nouns: readonly (readonly [columns: RegExp, one: string, many?: string])[] = [
    [/^(movie|film)(id)?$/, "film"],
    [/^((parent)?asin|product(id)?|sku|itemsku|stockcode|article(id)?)$/, "product"],
    [/^((artikel|produkt)(id|nummer|nr)?|(id)?(article|produit|producto|prodotto)|articulo)$/, "product"],
    [/^(isbn\d*|book(id)?)$/, "book"],
    [/^(track|song)(id)?$/, "song"],
    [/^artist(id)?$/, "artist"],
    [/^game(id)?$/, "game"],
    [/^video(id)?$/, "video"],
    [/^recipe(id)?$/, "recipe"],
    [/^business(id)?$/, "business", "businesses"],
    [/^content(id)?$/, "title"],
];

/** Names of MovieLens files in which the item column has no name, or a general one. */
const movieLensFile = /^(u\.data|ratings\.dat|ml-\w+\.inter)$/;
/** Checks whether a file has a name of MovieLens. For a file in an archive, checks the file's own name. */
export const isMovieLens = (file: string): boolean => movieLensFile.test(basename(file.split(":").at(-1) ?? file));

/** Returns the word for the items, from the names of file and item column; "item" if neither is known. */
export function chooseNoun(file: string, itemColumn: string): Noun {
    const column = plain(itemColumn);
    const [, one = "item", many] = nouns.find(([columns]) => columns.test(isMovieLens(file) ? "movie" : column)) ?? [];
    return { one, many: many ?? `${one}s` };
}

/**
 * Beginnings of event types after which an item is not recommended again, without accents: English, German, French,
 * Spanish, Italian.
 */
const consuming = new RegExp(
    `^(${[
        "watch|view_?complete|complete|purchase|buy|bought|order|transaction|checkout|play|listen|stream|read|like|love",
        "favou?rite|rate|rating|review|rent|download|install|subscribe|book",
        "kauf|gekauft|bestell|gesehen|gehort|gelesen|abgespielt|bewert|geliehen|ausgeliehen|favorit",
        "achat|achete|command|ecout|lecture|compr|pedido|visto|leido|escuch|acquist|ordin|ascolt|letto",
    ].join("|")})`,
    "i",
);
const isConsuming = (type: string) => consuming.test(withoutAccents(type));

/**
 * Returns the types of events that end a user's interest in an item, for the default filter. A purchase ends it, a view
 * does not. If the data has no such type, returns the most frequent type.
 *
 * @param types the most frequent first.
 */
export function consumedTypes(types: readonly string[]): readonly string[] {
    const consumed = types.filter(isConsuming);
    return consumed.length > 0 ? consumed : types.slice(0, 1);
}

/**
 * Returns a text that says which items the default filter removes. If no event type is known to end a user's interest,
 * the filter removes the items with events of the most frequent type, and the text says why.
 */
export function filterText(types: readonly string[]): string {
    const consumed = consumedTypes(types).map(visible);
    const removes = `removes the items of a user's ${consumed.join(" and ")} events from lists`;
    return types.some(isConsuming)
        ? removes
        : `${removes}, because no event type is known as a purchase or the like; to rename types, use --event`;
}
