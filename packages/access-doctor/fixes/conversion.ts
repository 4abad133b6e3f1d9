import { shell } from "terminal-text";
import { isTime } from "../data-file/fields.ts";
import { dataSuffix, importedKeys, isDataName, isFolder, preparedKey } from "../data-file/names.ts";
import { dateOf, isCertain, nearlyAll, readTimes, timeReader } from "../data-file/times.ts";
import type { Finding, Scene } from "../link.ts";
import { readFiles } from "../links/file.ts";
import {
    hasSpaceBeforeQuote,
    isInSingleQuotes,
    isNoHeader,
    placeOf,
    type Read,
    rowsInOrder,
    shown,
} from "../links/file-content.ts";
import { fetchedValue, separate } from "../snapshot.ts";
import { importedFrom, type Repair } from "./steps.ts";

/** Names of schema columns in data-prep's option `--columns`; other columns keep their own name there. */
const roles: Readonly<Record<string, string>> = {
    USER_ID: "user",
    ITEM_ID: "item",
    TIMESTAMP: "time",
    EVENT_TYPE: "event",
    EVENT_VALUE: "value",
};
/** Faults of single rows, which data-prep can only leave out. */
const ofRows: readonly Finding["fault"][] = ["row-width", "value-absent", "value-too-long", "value-type"];

/** A way to read a file: options of data-prep, and what they assume if there are other ways. */
interface Reading {
    readonly options: readonly string[];
    /** Reads a time; returns undefined for a time in another format. */
    readonly read?: (time: string) => number | undefined;
    readonly assumes?: string;
}

/**
 * Returns the fix for files that data-prep can convert: the command that downloads, converts and uploads them under a
 * new key. If the columns can be in two orders, the times have several readings, or rows would be left out, the fix is a
 * question with the commands. If data-prep cannot convert the files, returns what the owner of the data must change.
 */
export function conversion(scene: Scene, group: readonly Finding[], about: string): Repair | string {
    const { snapshot, of } = scene;
    const files = readFiles(snapshot, separate(snapshot.objects).read).filter(({ isStray }) => !isStray);
    const keys = importedKeys(about, fetchedValue(snapshot.keys) ?? []).filter(isDataName);
    if (isFolder(about) && keys.length === 0) return "put the data into CSV files directly in one folder";
    const times = timesOf(files);
    const ways = readings(files[0], times);
    const datasetType = fetchedValue(snapshot.schema)?.datasetType ?? files[0]?.shape.datasetType ?? "INTERACTIONS";
    const problem =
        datasetType === "INTERACTIONS"
            ? problemOf(files, group, ways)
            : "correct it, or convert it together with its interactions by data-prep (--items, --users)";
    if (problem !== undefined) return problem;
    const isMixed = ways.length === 1 && times.some((time) => ways[0]?.read?.(time) === undefined);
    const rows = group.find(({ fault }) => ofRows.includes(fault) || (isMixed && fault.startsWith("timestamp")));
    const lacksEvent = files.some(({ header }) => header?.missing.includes("EVENT_TYPE") && !header.isData);
    const more = [...(lacksEvent ? ["--event", "Watch"] : []), ...(rows ? ["--bad-rows", "skip"] : [])];
    const commands = ways.map(({ options }) => formatChain(of.bucket, about, keys, [...options, ...more]));
    const key = preparedKey(about);
    const moved = { location: `s3://${of.bucket}/${key}`, moved: importedFrom(key) };
    const isSure = ways.every(({ assumes }) => assumes === undefined);
    if (commands.length === 1 && more.length === 0 && isSure) return { ...moved, program: commands[0] };
    const questions = [
        ...(rows ? [`correct the file, or leave such rows out (--bad-rows skip)? ${rows.sentence}`] : []),
        ...(lacksEvent ? ["of which type are the events (--event)?"] : []),
        ...(isSure ? [] : [`how is ${about} to be read?`]),
    ];
    // A semicolon after a command does not change the command if somebody copies it too.
    const answers = ways
        .map(({ assumes }, at) => `${assumes ? `if ${assumes}, run` : "run"} ${commands[at]}`)
        .join("; ");
    return { ...moved, ask: `the owner of the data: ${questions.join(" ")} To convert it: ${answers}` };
}

const isConvertible = ({ sample: { form } }: Read) => form.is !== "other" || /^(Parquet|Zstandard)$/.test(form.name);

/** Returns what the owner of the data must change, because data-prep cannot; undefined if data-prep can convert all. */
function problemOf(files: readonly Read[], group: readonly Finding[], ways: readonly Reading[]): string | undefined {
    const has = (...faults: readonly Finding["fault"][]) => group.some(({ fault }) => faults.includes(fault));
    const missing = new Set(files.flatMap(({ header }) => (header?.isData ? [] : (header?.missing ?? []))));
    missing.delete("EVENT_TYPE");
    const isUnmarked = files.some(({ sample: { table } }) => table?.encoding.startsWith("utf-16") && !table.mark);
    if (!files.every(isConvertible)) return "export the data as CSV";
    if (isUnmarked) return "save the file as UTF-8";
    const firstLines = files.flatMap(({ sample: { table } }) => table?.firstLine ?? []);
    if (firstLines.some(isNoHeader)) return "delete line 1, so that the header comes first";
    if (firstLines.some(isInSingleQuotes)) return "write double quotes instead of single quotes, or none";
    if (has("csv-malformed") && firstLines.some(hasSpaceBeforeQuote)) return "remove the spaces after the commas";
    if (has("csv-malformed")) return "close or double the quotes in that line";
    if (has("column-twice")) return "delete one of the columns";
    if (missing.size > 0) return `add ${[...missing].join(", ")} to the data, or use a schema without that`;
    const tables = files.flatMap(({ sample: { table } }) => table ?? []);
    const rows = tables.flatMap((table) => table.rows.map(({ values }) => values.length === table.header.length));
    if (has("row-width") && rows.filter((isRight) => !isRight).length > rows.length / 2) {
        return "give each row as many values as the header has columns";
    }
    if (ways.length > 0) return undefined;
    return has("header-missing")
        ? "add a first line with the names of the columns"
        : "write all times in epoch seconds (881250949), or all in ISO 8601 (1997-12-04T15:55:49Z)";
}

/** Returns the times in the files' complete rows, without spaces around them. */
const timesOf = (files: readonly Read[]): string[] =>
    files.flatMap((file) => {
        const { rows = [], header = [] } = file.sample.table ?? {};
        const place = placeOf(file, file.shape.fields.findIndex(isTime));
        return rows.flatMap(({ values }) => (values.length === header.length ? values[place]?.trim() || [] : []));
    });

/**
 * Returns the ways to read a file; empty if no order of its columns is known, or no format reads nearly all times. Each
 * way with another date than from 1995 until tomorrow is only an assumption.
 */
function readings(file: Read | undefined, times: readonly string[]): Reading[] {
    if (!file?.header || !file.sample.table) return [{ options: [] }];
    const orders = file.header.isData ? headerless(file) : [{ options: columnsOf(file) }];
    if (times.length === 0) return orders;
    const formats = readTimes(times, file.now).filter(({ format }) => {
        const read = timeReader(format);
        return times.filter((time) => read(time) !== undefined).length >= nearlyAll * times.length;
    });
    const isSure = formats.length === 1 && formats.every(isCertain);
    return orders.flatMap((order: Reading) =>
        formats.map(({ format, example, seconds }) => {
            const own = isSure ? [] : [`“${example}” is ${dateOf(seconds)}`];
            const assumes = [...(order.assumes === undefined ? [] : [order.assumes]), ...own].join(" and ");
            return {
                options: [...order.options, "--time", format],
                read: timeReader(format),
                ...(assumes !== "" && { assumes }),
            };
        }),
    );
}

function columnsOf({ header, sample, shape }: Read): string[] {
    const parts = shape.fields.flatMap(({ name }, at) => {
        const place = header?.places[at] ?? -1;
        const column = sample.table?.header[place];
        // data-prep also takes numbers, for names that its list of columns cannot contain.
        return column === undefined ? [] : [`${roles[name] ?? name}=${/^[\w.-]+$/.test(column) ? column : place + 1}`];
    });
    return ["--columns", parts.join(",")];
}

/** Returns two ways to read a file without a header: in the schema's order, and with user and item exchanged. */
function headerless({ sample, shape }: Read): Reading[] {
    const names = shape.fields.map(({ name }) => name);
    const [user, item] = [names.indexOf("USER_ID"), names.indexOf("ITEM_ID")];
    const { rows } = sample.table ? rowsInOrder(sample.table, shape) : { rows: [] };
    const row = rows.find(({ values }) => values[user] !== values[item]);
    if (!row) return [];
    return [names, names.with(user, "ITEM_ID").with(item, "USER_ID")].map((order) => {
        const valueIn = (name: string) => shown(row.values[order.indexOf(name)] ?? "");
        return {
            options: ["--columns", order.map((name, at) => `${roles[name] ?? name}=${at + 1}`).join(",")],
            assumes: `line ${row.line} is about user “${valueIn("USER_ID")}” and item “${valueIn("ITEM_ID")}”`,
        };
    });
}

/** Formats the shell command that downloads the file or the folder with these keys, converts it and uploads the result. */
function formatChain(bucket: string, about: string, keys: readonly string[], options: readonly string[]): string {
    const local = `${bucket}/${about}`;
    const prepared = `${bucket}/prepared/`;
    // A pattern for each kind of name, because a folder can have more files than a command line takes.
    const patterns = [...new Set(keys.map(dataSuffix))].map((suffix) => `${shell(local)}*${suffix}`);
    const copy = (...args: string[]) => shell("aws", "s3", "cp", ...args);
    const firstLevel = isFolder(about) ? ["--recursive", "--exclude", "*/*"] : [];
    return [
        copy(`s3://${local}`, local, ...firstLevel),
        `npm run data-prep -- ${isFolder(about) ? patterns.join(" ") : shell(local)} ${shell(...options, "--output", prepared)}`,
        copy(`${prepared}personalize_interactions_fixed.csv`, `s3://${bucket}/${preparedKey(about)}`),
    ].join(" && ");
}
