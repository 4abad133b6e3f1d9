/**
 * fallback-tables.json: what answers without a campaign. One document, because its parts name films by their number in
 * it: two halves of different data would name the wrong ones.
 */
export interface TablesDocument {
    readonly schemaVersion: typeof tablesSchemaVersion;
    /** The CSV that they were made from. Timestamps are epoch seconds. */
    readonly interactions: {
        readonly sha256: string;
        readonly rows: number;
        readonly firstTimestamp: number;
        readonly lastTimestamp: number;
    };
    /**
     * A film's number is its place in these columns. The most popular is 0: the order is the table of popular films.
     * Those that nobody watched come last.
     */
    readonly films: {
        readonly ids: readonly string[];
        /** null where there is none in the catalogue: films are then shown by their ids. */
        readonly titles: readonly (string | null)[];
        readonly years: readonly (number | null)[];
        /** Each film's genres, by their place in `genreSets`. */
        readonly genres: readonly number[];
        /** How many users watched it. */
        readonly viewers: readonly number[];
    };
    readonly genreSets: readonly (readonly string[])[];
    readonly trending: { readonly windowSeconds: number; readonly films: readonly number[] };
    /** For each film that was watched the films most like it, most alike first; none where too few watched it. */
    readonly similar: readonly (readonly number[])[];
}

export const tablesSchemaVersion = 1;

/** The document is not one that this program reads. */
export class TablesFormatError extends Error {
    override readonly name = "TablesFormatError";
}

/** Reads a document. Throws TablesFormatError when it is none, or one of another version. */
export function parseTables(text: string): TablesDocument {
    const again = "Create them again:  npm run data-prep";
    let document: Partial<TablesDocument> | null;
    try {
        document = JSON.parse(text);
    } catch (error) {
        throw new TablesFormatError(`The fallback tables are not JSON (${(error as Error).message}). ${again}`);
    }
    if (document?.schemaVersion !== tablesSchemaVersion) {
        const found = document?.schemaVersion === undefined ? "no schemaVersion" : `version ${document.schemaVersion}`;
        throw new TablesFormatError(
            `The fallback tables have ${found}, where ${tablesSchemaVersion} is read. ${again}`,
        );
    }
    return document as TablesDocument;
}
