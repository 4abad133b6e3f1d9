import type { Choices } from "./layout.ts";
import type { Manifest } from "./manifest.ts";
import { type RowsChoice, type TablesChoice, tablesGiven } from "./refusals.ts";
import { toOptionWords } from "./suggestion.ts";

/** Options of `prepare`. */
export interface PrepareOptions extends Choices, TablesChoice, RowsChoice {
    /**
     * A file, zip or folder, or `-` for stdin. Without it, data-prep downloads MovieLens 100k, or reads it from the
     * cache.
     */
    input?: string;
    /** Several inputs. data-prep writes their interactions in the order of this list. */
    inputs?: readonly string[];
    /** Path of the CSV; the other files are written beside it. */
    output?: string;
    /** Path for the quality report as JSON; the page is beside it, with the ending .html. */
    report?: string;
    /** Path for a CSV of the unusable rows: FILE, LINE, COLUMN, REASON, TEXT. */
    quarantine?: string;
    /** Words of the command line that the user typed, for suggested commands in messages. */
    command?: readonly string[];
    /** The file that contained these options, to record it in the manifest. */
    optionsFile?: Manifest["optionsFile"];
    /** Folder of a fetched MovieLens 100k; by default data/ml-100k. */
    cacheFolder?: string;
    /** Progress messages, one line per call; by default to stderr. */
    log?: (line: string) => void;
    env?: NodeJS.ProcessEnv;
    signal?: AbortSignal;
}

/** Returns the options that the user gave, which a suggested command repeats. */
export function optionsGiven(options: PrepareOptions): string[] {
    const { columns, time, event, output, report, badRows, maxBad, quarantine } = options;
    return [
        ...tablesGiven(options),
        ...toOptionWords({ columns, time, event, output, report }),
        ...(badRows === undefined ? [] : ["--bad-rows", badRows, ...(quarantine === undefined ? [] : [quarantine])]),
        ...toOptionWords({ "max-bad": maxBad === undefined ? undefined : `${maxBad * 100}%` }),
    ];
}
