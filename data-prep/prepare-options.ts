import type { Choices } from "./layout.ts";
import type { Manifest } from "./manifest.ts";
import { DEFAULT_OUTPUT } from "./places.ts";
import { type RowsChoice, type TablesChoice, tablesGiven } from "./refusals.ts";
import { toOptionWords } from "./suggestion.ts";

/** Options of `prepare`. */
export interface PrepareOptions extends Choices, TablesChoice, RowsChoice {
    /**
     * Files, zips or folders, or `-` for stdin, whose interactions data-prep writes in this order. Without one, data-prep
     * downloads MovieLens 100k, or reads it from the cache.
     */
    input?: string | readonly string[];
    /** Path of the CSV; the other files are written beside it. */
    output?: string;
    /** Path for the quality report as JSON; the page is beside it, with the ending .html. */
    report?: string | undefined;
    /** Path for a CSV of the unusable rows: FILE, LINE, COLUMN, REASON, TEXT. */
    quarantine?: string | undefined;
    /** Words of the command line that the user typed, for suggested commands in messages. */
    command?: readonly string[] | undefined;
    /** The file that contained these options, to record it in the manifest. */
    optionsFile?: Manifest["optionsFile"] | undefined;
    /** Progress messages, one line per call; by default to stderr. */
    log?: (line: string) => void;
    signal?: AbortSignal;
}

/** Returns the options that the user gave, which a suggested command repeats. */
export function optionsGiven(options: PrepareOptions): string[] {
    const { columns, time, event, output, report, badRows, maxBad, quarantine } = options;
    return [
        ...tablesGiven(options),
        ...toOptionWords({ columns, time, event, output: output === DEFAULT_OUTPUT ? undefined : output, report }),
        ...(badRows === undefined ? [] : ["--bad-rows", badRows, ...(quarantine === undefined ? [] : [quarantine])]),
        ...toOptionWords({ "max-bad": maxBad === undefined ? undefined : `${maxBad * 100}%` }),
    ];
}
