import { basename } from "node:path";
import { plain } from "./reading/roles.ts";

/** A number and its noun: `1 file`, `1,682 items`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
    `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;

/** An item in words, in the singular and the plural. */
export interface Noun {
    readonly one: string;
    readonly many: string;
}

/** The name of the item column, without signs, and the item's noun. */
const nouns: readonly (readonly [columns: RegExp, one: string, many?: string])[] = [
    [/^(movie|film)(id)?$/, "film"],
    [/^((parent)?asin|product(id)?|sku|itemsku|stockcode|article(id)?)$/, "product"],
    [/^(isbn\d*|book(id)?)$/, "book"],
    [/^(track|song)(id)?$/, "song"],
    [/^artist(id)?$/, "artist"],
    [/^game(id)?$/, "game"],
    [/^video(id)?$/, "video"],
    [/^recipe(id)?$/, "recipe"],
    [/^business(id)?$/, "business", "businesses"],
    [/^content(id)?$/, "title"],
];

/** Files of MovieLens in which the item column has no name, or a general one. */
const movieLensFile = /^(u\.data|ratings\.dat|ml-\w+\.inter)$/;
/** Whether a file has a name of MovieLens; of an archive's member, by the member's name. */
export const isMovieLens = (file: string): boolean => movieLensFile.test(basename(file.split(":").at(-1) ?? file));

/** The noun of the items, from the names of file and item column; "item" if neither is known. */
export function nounOf(file: string, itemColumn: string): Noun {
    const column = plain(itemColumn);
    const [, one = "item", many] = nouns.find(([columns]) => columns.test(isMovieLens(file) ? "movie" : column)) ?? [];
    return { one, many: many ?? `${one}s` };
}

/** Types of events after which an item is not recommended again, by the beginnings of usual names. */
const consuming =
    /^(watch|view_?complete|complete|purchase|buy|bought|order|transaction|checkout|play|listen|stream|read|like|love|favou?rite|rate|rating|review|rent|download|install|subscribe|book)/i;

/**
 * The types of events that end a user's interest in an item, for the default filter. A purchase does, a view does not.
 * Without such a type it is the most frequent one.
 *
 * @param types the most frequent first.
 */
export function consumedTypes(types: readonly string[]): readonly string[] {
    const consumed = types.filter((type) => consuming.test(type));
    return consumed.length > 0 ? consumed : types.slice(0, 1);
}
