import { existsSync } from "node:fs";
import { parse, resolve } from "node:path";
import { dateOf, isCertain, knownCodes, readTimes, type TimeFormat, timeReader } from "access-doctor/times";
import { interactionFields, maxTypesAndColumns } from "./avro.ts";
import { describeBadRows } from "./bad-rows.ts";
import { findMissingColumns } from "./columns.ts";
import type { ConvertResult } from "./convert.ts";
import { filesBeside } from "./files.ts";
import { conditionText, ruleOfTypes } from "./reading/event-rule.ts";
import { type Table, valuesOf } from "./reading/table.ts";
import type { Plan } from "./row-writer.ts";
import { type Changes, defaultFolder, type Suggest, toOptionWords, withColumns } from "./suggestion.ts";
import { type Conversion, typesByRows, whatIsTooLittle } from "./summary.ts";
import { abbreviate } from "./values.ts";

/**
 * The error if Personalize would reject the data. The message contains the reason and the fix. data-prep has written
 * nothing.
 */
export class UnfitDataError extends Error {
    override readonly name = "UnfitDataError";
}

export interface RowsChoice {
    /**
     * What to do with unusable rows: reject the whole file (default), skip them, or write them to a file of their own.
     */
    badRows?: "fail" | "skip" | "quarantine";
    /** Maximum share of unusable rows to skip, 0 to 1; by default any share. */
    maxBad?: number | undefined;
    /** What to do with a case of `--event` that matches no row: reject the data (default), or only warn. */
    unmatchedCases?: "fail" | "warn";
}

export interface TablesChoice {
    /** Path of a table of items; by default MovieLens' own beside its ratings. */
    items?: string | undefined;
    /** Path of a table of users. */
    users?: string | undefined;
    /** Texts of `--item-columns` and `--user-columns`: `id=…,title=…` and `id=…`. */
    itemColumns?: string | undefined;
    userColumns?: string | undefined;
    /** Path of the file with the key that hashes users' ids. */
    hashUsers?: string | undefined;
}

/** Maximum number of a column's values that a message lists. */
const listedValues = 8;

/** Returns a sentence for each case of `--event` that matches no row, with values of its column in the first rows. */
export function unmatchedCases(plans: readonly Plan[], matched: ConvertResult["matched"]): string[] {
    const [plan] = plans;
    const event = plan?.event;
    if (plan === undefined || event === undefined || typeof event === "string") return [];
    return event.cases.flatMap((each, index) => {
        if (matched[index]) return [];
        const at = event.columns[index] as number;
        const values = [...new Set(valuesOf(plan.table, at))];
        const listed = values.slice(0, listedValues).map((value) => abbreviate(value, 40));
        const more = values.length > listed.length ? ", …" : "";
        return [
            `The case "${conditionText(each)}" of --event matches no row. ` +
                (listed.length > 0 ? `The column has ${listed.join(", ")}${more}.` : "The column is empty."),
        ];
    });
}

/**
 * Rejects a time format that the user chose if most of the first rows contradict it: then the command is wrong, not the
 * rows.
 */
export function refuseWrongTimes({ table, roles, time }: Plan, now: number, suggest: Suggest): void {
    const values = valuesOf(table, roles.time);
    const read = timeReader(time);
    const wrong = values.filter((value) => {
        const seconds = read(value.trim());
        return seconds === undefined || seconds > now + 86_400;
    });
    if (values.length < 20 || wrong.length < values.length / 2) return;
    throw new Error(
        `${table.name}: ${wrong.length} of the first ${values.length} times do not fit --time ${time}: ` +
            describeReadings(table, roles.time, now, suggest),
    );
}

/**
 * Returns the only certain reading of a column of times, with `isAccepted` the first of several. Throws an Error with
 * the readings if there is none.
 */
export function chooseTime(table: Table, at: number, now: number, suggest: Suggest, isAccepted = false): TimeFormat {
    const [reading, ...others] = readTimes(valuesOf(table, at), now);
    if (reading && (isAccepted || others.length === 0) && isCertain(reading)) return reading.format;
    throw new Error(`${table.name}, ${describeReadings(table, at, now, suggest)}`);
}

/** Returns the place and the value of a time, and for each reading of its column the date, the share and the command. */
function describeReadings(table: Table, column: number, now: number, suggest: Suggest): string {
    const readings = readTimes(valuesOf(table, column), now);
    const example = readings[0]?.example ?? valuesOf(table, column)[0] ?? "";
    const row = table.sample.findIndex((each) => each[column]?.trim() === example.trim()) + 1;
    const place = `row ${row}, column ${table.names[column]}: "${abbreviate(example, 40)}"`;
    if (readings.length === 0) {
        return `${place} has no known format of times. Write the times in epoch seconds or ISO 8601, or name a format of ${knownCodes()} by --time.`;
    }
    const listed = readings.map((reading) => {
        const { format, share, seconds } = reading;
        const rows = share < 1 ? ` (${(share * 100).toPrecision(3)} % of the rows from 1995 until tomorrow)` : "";
        const own = reading.example === example ? "" : `"${abbreviate(reading.example, 40)}" is `;
        return `  ${own}${dateOf(seconds)}${rows}:  ${suggest({ time: format })}`;
    });
    const certain = readings.filter(isCertain).length;
    const count = certain === 0 ? "no certain reading" : certain === 1 ? "another reading" : "several readings";
    return `${place} has ${count}. Run the right command:\n${listed.join("\n")}`;
}

type BadRows = ConvertResult["badRows"];

/** Throws UnfitDataError for bad rows of a file, unless they are to be skipped and not too many. `good` is the number of other rows. */
export function refuseBadRows(bad: BadRows, good: number, name: string, suggest: Suggest, options: RowsChoice): void {
    const { count } = bad;
    const share = count / Math.max(1, count + good);
    if (count > 0 && (options.badRows ?? "fail") === "fail") {
        throw new UnfitDataError(describeBadRows(name, bad, suggest({ "bad-rows": "skip" })));
    }
    if (count > 0 && share > (options.maxBad ?? 1)) {
        const more = `${(share * 100).toPrecision(3)} % of the rows, more than --max-bad ${(options.maxBad ?? 1) * 100}%. `;
        const next = suggest({ "max-bad": `${Math.ceil(share * 1000) / 10}%` });
        throw new UnfitDataError(more + describeBadRows(name, bad, next));
    }
}

/** Throws UnfitDataError for bad rows, and for data that the service would reject. */
export function refuseUnfit(
    { badRows, fields, eventTypes, matched }: ConvertResult,
    plans: readonly Plan[],
    summary: Conversion,
    suggest: Suggest,
    options: RowsChoice,
): void {
    const { input: name } = summary;
    refuseBadRows(badRows, summary.interactions, name, suggest, options);
    const unmatched = unmatchedCases(plans, matched);
    if (unmatched.length > 0 && options.unmatchedCases !== "warn") {
        throw new UnfitDataError(`${name}: ${unmatched.join("\n")}\nCorrect the case, or leave it out.`);
    }
    const tooLittle = whatIsTooLittle(summary);
    if (tooLittle) throw new UnfitDataError(`${name}: ${tooLittle}`);
    const types = Object.keys(eventTypes);
    const optional = fields.length - interactionFields.length;
    if (types.length + optional > maxTypesAndColumns) {
        throw new UnfitDataError(
            `${name} has ${types.length} event types (${types.slice(0, 12).join(", ")}) and ${optional} optional columns. ` +
                `The service allows ${maxTypesAndColumns} together. ${fewerTypes(plans, eventTypes, optional, suggest)}`,
        );
    }
}

/** Returns a suggested command whose event rule keeps only the most frequent types of the data's event column. */
function fewerTypes(
    [plan]: readonly Plan[],
    types: Readonly<Record<string, number>>,
    columns: number,
    suggest: Suggest,
): string {
    const column = plan?.roles.event;
    if (plan === undefined || column === undefined || plan.event !== undefined)
        return "Give fewer by --event or --columns.";
    const kept = typesByRows(types).slice(0, Math.max(1, maxTypesAndColumns - columns - 1));
    const event = ruleOfTypes(
        plan.table.names[column] as string,
        kept.map((type) => type.name),
        "Other",
    );
    return `Keep the most frequent types:  ${suggest({ event })}`;
}

/**
 * Refuses a table of items or users in which no ID occurs in the interactions.
 *
 * @param table its ids and columns.
 * @param eventIds ids of the interactions.
 * @throws UnfitDataError
 */
export function refuseUnrelated(
    kind: "item" | "user",
    options: TablesChoice,
    table: { readonly ids: readonly string[]; readonly names: readonly string[] },
    eventIds: readonly string[],
    suggest: Suggest,
): void {
    const events = new Set(eventIds);
    if (table.ids.some((id) => events.has(id))) return;
    const example = (ids: readonly string[]) => abbreviate(ids[0] ?? "", 40);
    throw new UnfitDataError(
        `${options[`${kind}s`]}: none of its ids, such as "${example(table.ids)}", ` +
            `is ${kind === "item" ? "an item" : "a user"} of the events, such as "${example(eventIds)}". ` +
            `Its columns are ${table.names.map((name) => abbreviate(name)).join(", ")}. ` +
            `Name the one with the ids:  ${suggest({ [`${kind}-columns`]: withColumns(options[`${kind}Columns`], { id: "NAME" }) })}`,
    );
}

/** Rejects an output that is also an input or another output, because a file would be lost. */
export function refuseOneFileTwice(paths: readonly string[], outputPath: string, { items, users }: TablesChoice): void {
    const outputs = Object.values(filesBeside(outputPath));
    const same = outputs.find((path) => resolve(path) === resolve(outputPath));
    if (same) {
        throw new UnfitDataError(
            `${outputPath} would also be the output file of the ${parse(same).name.replace("-", " ")}: choose another file with --output.`,
        );
    }
    const written = [outputPath, ...outputs].map((path) => resolve(path));
    const given = [...paths, items, users].filter((path) => path !== undefined);
    const twice = given.find((path) => written.includes(resolve(path)));
    if (twice) throw new UnfitDataError(`${twice} would be both input and output: choose another file with --output.`);
}

/**
 * Rejects an output that would replace data which the user did not name: data that was prepared from other files in the
 * default folder, or a file that is not in the format of Personalize, such as the export of a shop.
 *
 * @param other the changed `--output` if the default folder has other data
 */
export function refuseReplacement(outputPath: string, other: Changes, suggest: Suggest): void {
    if (other.output !== undefined) {
        throw new UnfitDataError(
            `${defaultFolder} contains data that was prepared from other files, so nothing was written.\n` +
                `Keep that data:     ${suggest()}\n` +
                `Replace that data:  ${suggest({ output: defaultFolder })}`,
        );
    }
    if (existsSync(outputPath) && findMissingColumns(outputPath).length > 0) {
        throw new UnfitDataError(
            `${outputPath} exists, and data-prep did not write it, so nothing was written. Choose another file with --output.`,
        );
    }
}

/** Returns the command-line options that name the tables of items and users, their columns, and the key of the ids. */
export const tablesGiven = ({ items, itemColumns, users, userColumns, hashUsers }: TablesChoice): string[] =>
    toOptionWords({ items, "item-columns": itemColumns, users, "user-columns": userColumns, "hash-users": hashUsers });
