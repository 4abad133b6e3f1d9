import { resolve } from "node:path";
import { mostTypesAndColumns } from "./avro.ts";
import { describeBadRows } from "./bad-rows.ts";
import {
    cataloguePathBeside,
    itemsPathsBeside,
    manifestPathBeside,
    tablesPathBeside,
    usersPathsBeside,
} from "./places.ts";
import type { ConvertResult } from "./row-writer.ts";
import { type Summary, whatIsTooLittle } from "./summary.ts";

/** The data is unsuitable for Personalize; the message contains the reason and the fix. Nothing was written. */
export class UnfitDataError extends Error {
    override readonly name = "UnfitDataError";
}

export interface BadRowsChoice {
    /** Unusable rows: refuse the whole file (default), skip them, or write them to a file for them. */
    badRows?: "fail" | "skip" | "quarantine";
    /** The largest share of unusable rows that may be skipped, 0 to 1; by default any. */
    maxBad?: number;
}

export interface TablesChoice {
    /** A table of items; by default MovieLens' own beside its ratings. */
    items?: string;
    /** A table of users. */
    users?: string;
}

/** Throws UnfitDataError for bad rows, and for data that the service would refuse. */
export function refuseUnfit(
    { badRows, fields, eventTypes }: ConvertResult,
    summary: Omit<Summary, "tables">,
    name: string,
    paths: readonly string[],
    options: BadRowsChoice,
): void {
    const { count } = badRows;
    const share = count / Math.max(1, count + summary.interactions);
    if (count > 0 && (options.badRows ?? "fail") === "fail") {
        throw new UnfitDataError(describeBadRows(name, paths, badRows));
    }
    if (count > 0 && share > (options.maxBad ?? 1)) {
        const more = `${(share * 100).toPrecision(3)} % of the rows, more than --max-bad ${(options.maxBad ?? 1) * 100}%. `;
        throw new UnfitDataError(more + describeBadRows(name, paths, badRows));
    }
    const tooLittle = whatIsTooLittle(summary);
    if (tooLittle) throw new UnfitDataError(`${name}: ${tooLittle}`);
    const types = Object.keys(eventTypes);
    const optional = fields.filter(
        ({ name: field }) => !["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"].includes(field),
    );
    if (types.length + optional.length > mostTypesAndColumns) {
        throw new UnfitDataError(
            `${name} has ${types.length} event types (${types.slice(0, 12).join(", ")}) and ${optional.length} optional columns. ` +
                `The service allows ${mostTypesAndColumns} together. Give fewer types by a rule:  ` +
                `npm run data-prep -- ${paths.join(" ")} --event 'COLUMN = VALUE -> TYPE, else OTHER'`,
        );
    }
}

/** An output that is also an input, or another output, would be lost. */
export function refuseOneFileTwice(paths: readonly string[], outputPath: string, { items, users }: TablesChoice): void {
    const [beside, ofUsers] = [itemsPathsBeside(outputPath), usersPathsBeside(outputPath)];
    const outputs = {
        "items go": beside.csv,
        "users go": ofUsers.csv,
        "manifest goes": manifestPathBeside(outputPath),
        "catalogue goes": cataloguePathBeside(outputPath),
        "fallback tables go": tablesPathBeside(outputPath),
    };
    for (const [content, path] of Object.entries(outputs)) {
        if (resolve(outputPath) === resolve(path)) {
            throw new UnfitDataError(`${outputPath} is where the ${content}: name another file with --output.`);
        }
    }
    const written = [outputPath, beside.schema, ofUsers.schema, ...Object.values(outputs)].map((path) => resolve(path));
    const given = [...paths, ...tablesGiven({ ...(items && { items }), ...(users && { users }) })];
    const twice = given.find((path) => written.includes(resolve(path)));
    if (twice) throw new UnfitDataError(`${twice} is the input and the output: name another file with --output.`);
}

/** The options of the tables of items and users. */
export const tablesGiven = ({ items, users }: TablesChoice): string[] => [
    ...(items === undefined ? [] : ["--items", items]),
    ...(users === undefined ? [] : ["--users", users]),
];
