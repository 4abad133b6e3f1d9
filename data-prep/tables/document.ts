import { messageOf } from "terminal-text";
import type { AvroField } from "../avro.ts";
import type { ShopDetails } from "../catalogue.ts";

/** A viewer's newest items by number, the newest first, and the times of their newest events in epoch seconds. */
export interface ListedHistory {
    readonly films: readonly number[];
    readonly timestamps: readonly number[];
}

/** A column of the Items dataset: its different values, and for each film the index of its value, -1 without one. */
export interface FilmAttribute {
    readonly field: AvroField;
    readonly values: readonly string[];
    readonly films: readonly number[];
}

/**
 * The content of fallback-tables.json, from which the API answers without a campaign. It is one document, because all
 * parts refer to films by number, and parts from different data would refer to wrong films.
 */
export interface TablesDocument {
    readonly schemaVersion: typeof tablesSchemaVersion;
    /** Whether a catalog exists. If so, the API shows only films of the catalog. */
    readonly hasCatalogue: boolean;
    /** The CSV from which the tables were made. Timestamps are epoch seconds. */
    readonly interactions: {
        readonly sha256: string;
        readonly rows: number;
        readonly firstTimestamp: number;
        readonly lastTimestamp: number;
    };
    /**
     * Columns of film data. A film's number is its index in these columns, which are ordered by popularity: 0 is the
     * most popular film. Unwatched films come last. With a catalog, exactly the catalog's films are in the columns.
     */
    readonly films: {
        readonly ids: readonly string[];
        /** Title of each film; null if the catalog has none, and the ID replaces it. */
        readonly titles: readonly (string | null)[];
        readonly years: readonly (number | null)[];
        /** Genres of each film, as an index into `genreSets`. */
        readonly genres: readonly number[];
        /** Number of users who watched each film. */
        readonly viewers: readonly number[];
        /** Details in a shop's table of items, in addition to title and category; absent if no film has any. */
        readonly details?: readonly (Readonly<ShopDetails> | null)[];
        /** Columns of the Items dataset, by which the API filters lists; absent without items, or if too large. */
        readonly attributes?: readonly FilmAttribute[];
    };
    readonly genreSets: readonly (readonly string[])[];
    readonly trending: { readonly windowSeconds: number; readonly films: readonly number[] };
    /** The films that `update-items` added, the newest first; absent if it added none. */
    readonly added?: readonly number[];
    /** For each watched film, the most similar films, best first; empty if too few users watched it. */
    readonly similar: readonly (readonly number[])[];
    /** The list of viewers in the format of `parseViewerList`; absent if there are too many. */
    readonly viewers?: string;
    /** Histories of the viewers that the page and the demo offer, by ID. */
    readonly histories?: Readonly<Record<string, ListedHistory>>;
}

export const tablesSchemaVersion = 1;

/**
 * Maximum size of the document in bytes. The API's function has 512 MB and still holds the former tables when it reads
 * new ones: two documents of 27 MB take 355 MB.
 */
export const maxTablesBytes = 24 * 2 ** 20;

/** The error if the document has another format than this program reads. */
export class TablesFormatError extends Error {
    override readonly name = "TablesFormatError";
}

/** Reads a document. Throws TablesFormatError for other text, or another version. */
export function parseTables(text: string): TablesDocument {
    const again = "Create them again:  npm run data-prep";
    let document: Partial<TablesDocument> | null;
    try {
        document = JSON.parse(text);
    } catch (error) {
        throw new TablesFormatError(`The fallback tables are not JSON (${messageOf(error)}). ${again}`);
    }
    if (document?.schemaVersion !== tablesSchemaVersion) {
        const given = document?.schemaVersion === undefined ? "no schemaVersion" : `version ${document.schemaVersion}`;
        throw new TablesFormatError(
            `The fallback tables have ${given}, but this program reads version ${tablesSchemaVersion}. ${again}`,
        );
    }
    return document as TablesDocument;
}
