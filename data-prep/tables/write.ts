import type { CatalogueItem } from "../catalogue.ts";
import { readColumns } from "../columns.ts";
import { writeWholeFile } from "../whole-file.ts";
import { makeTables } from "./make.ts";

/** What the fallback tables hold, for the summary. */
export interface TablesSummary {
    bytes: number;
    films: number;
    filmsWithSimilar: number;
    /** Watched, but by too few to say what is like them. */
    filmsWithoutSimilar: number;
    filmsTrending: number;
    windowSeconds: number;
}

/**
 * Makes the fallback tables of the interactions CSV at `csvPath`, which has that hash, and writes them at `path`, whole
 * or not at all. Throws what `signal` was aborted with before it began or after it read.
 */
export async function writeTables(
    path: string,
    from: { csvPath: string; sha256: string; catalogue: readonly CatalogueItem[]; signal?: AbortSignal },
): Promise<TablesSummary> {
    from.signal?.throwIfAborted();
    const columns = await readColumns(from.csvPath);
    from.signal?.throwIfAborted();
    const document = makeTables(columns, from.catalogue, from.sha256);
    const bytes = Buffer.from(`${JSON.stringify(document)}\n`);
    await writeWholeFile(path, (write) => write(bytes));
    const filmsWithSimilar = document.similar.filter((row) => row.length > 0).length;
    return {
        bytes: bytes.length,
        films: document.films.ids.length,
        filmsWithSimilar,
        filmsWithoutSimilar: document.similar.length - filmsWithSimilar,
        filmsTrending: document.trending.films.length,
        windowSeconds: document.trending.windowSeconds,
    };
}
