import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { filesBeside } from "./files.ts";

/** Details in a shop's table of items, in addition to title and category. */
export interface ShopDetails {
    price?: number;
    /** Currency of the price, as in the table: `€` or `USD`; absent if the table does not say it. */
    currency?: string;
    brand?: string;
    /** Number of pieces. */
    stock?: number;
    /** Time from which the item is no longer offered, in epoch seconds. */
    availableUntil?: number;
    /** Web address of a picture. */
    image?: string;
}

/**
 * Returns the web origin of a picture's address; undefined if the text is no such address. The page's policy names this
 * origin, so its host has only letters, digits, `.` and `-`: a host such as `x;connect-src` would add a directive.
 */
export function imageOrigin(image: string): string | undefined {
    const origin = URL.parse(image)?.origin ?? "";
    return isWebOrigin(origin) ? origin : undefined;
}

/** Checks whether a text is the origin of a web address, such as `https://cdn.shop.example:8443`. */
export const isWebOrigin = (text: string): boolean => /^https?:\/\/[a-z0-9.-]+(:[0-9]+)?$/.test(text);

/** A film as the storefront, the runbooks and the demo show it. */
export interface CatalogueItem extends ShopDetails {
    itemId: string;
    /** Title without the year. MovieLens puts an article at the end ("Usual Suspects, The"). */
    title: string;
    /** Year of the film; null if MovieLens does not have it. */
    year: number | null;
    genres: string[];
}

const shopParts = ["price", "currency", "brand", "stock", "availableUntil", "image"] as const;

/** Returns only the shop's details of an item, such as its price; undefined if the item has none. */
export function toShopDetails(item: ShopDetails): ShopDetails | undefined {
    const details = shopParts.flatMap((part) => (item[part] === undefined ? [] : [[part, item[part]]]));
    return details.length === 0 ? undefined : Object.fromEntries(details);
}

/** Checks whether an item has a value of a part; its ID as its title is none. */
function has(item: CatalogueItem, part: "title" | "year" | "genres" | (typeof shopParts)[number]): boolean {
    if (part === "title") return item.title !== item.itemId;
    if (part === "genres") return item.genres.length > 0;
    return item[part] !== undefined && item[part] !== null;
}

/**
 * Returns the catalog with the given items, the new ones at its end. A part, such as the price, that no given item has
 * keeps its values.
 */
export function changeItems(
    before: readonly CatalogueItem[],
    given: readonly CatalogueItem[],
): { readonly catalogue: CatalogueItem[]; readonly changed: readonly string[] } {
    const parts = ["title", "year", "genres", ...shopParts] as const;
    const absent: readonly string[] = parts.filter((part) => !given.some((item) => has(item, part)));
    const byId = new Map(before.map((item) => [item.itemId, item]));
    const changed: string[] = [];
    for (const item of given) {
        const old = byId.get(item.itemId);
        const kept = Object.entries(old ?? {}).filter(([part]) => absent.includes(part));
        const now = { ...item, ...Object.fromEntries(kept) };
        if (isDeepStrictEqual(old, now)) continue;
        byId.set(item.itemId, now);
        changed.push(item.itemId);
    }
    return { catalogue: [...byId.values()], changed };
}

/** Names of the genre flags in u.item, in the order of u.genre. */
const GENRES = (
    "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|" +
    "Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western"
).split("|");
const FIELDS_BEFORE_GENRES = 5;

/** Reads the catalog beside an interactions CSV; empty if it does not exist. */
export async function catalogueBeside(csvPath: string): Promise<CatalogueItem[]> {
    const path = filesBeside(csvPath).catalogue;
    return existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : [];
}

/** Reads GroupLens' u.item: 24 fields separated by `|`, Latin-1. Throws an Error that names a line with another format. */
export function readCatalogue(bytes: Uint8Array): CatalogueItem[] {
    const lines = Buffer.from(bytes).toString("latin1").split(/\r?\n/);
    return lines.flatMap((line, index) => (line === "" ? [] : [readGroupLensItem(line, index + 1)]));
}

function readGroupLensItem(line: string, lineNumber: number): CatalogueItem {
    const fields = line.split("|");
    const [itemId, fullTitle = "", releaseDate = ""] = fields;
    const width = FIELDS_BEFORE_GENRES + GENRES.length;
    if (fields.length !== width || !itemId) {
        throw new Error(`line ${lineNumber} of the item file does not have ${width} "|"-separated fields`);
    }
    const { title, year } = splitTitle(fullTitle.trim());
    const released = /(\d{4})$/.exec(releaseDate)?.[1];
    return {
        itemId,
        title: title || itemId,
        year: year ?? (released ? Number(released) : null),
        genres: GENRES.filter((genre, index) => genre !== "unknown" && fields[FIELDS_BEFORE_GENRES + index] === "1"),
    };
}

/** Splits a title and its year. "Land Before Time III (1995) (V)" has a suffix for a video after the year. */
export function splitTitle(fullTitle: string): { title: string; year: number | undefined } {
    const dated = fullTitle.endsWith("(V)") ? fullTitle.slice(0, -3).trimEnd() : fullTitle;
    const match = /\((\d{4})(?:\/\w+)?\)$/.exec(dated);
    return match === null
        ? { title: fullTitle, year: undefined }
        : { title: dated.slice(0, match.index).trimEnd(), year: Number(match[1]) };
}
