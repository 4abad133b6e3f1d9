import { basename } from "node:path/posix";
import { visible, withSpaces } from "terminal-text";
import { isTime, type Shape } from "../data-file/fields.ts";
import type { Header } from "../data-file/header.ts";
import type { Row, Sample, Table } from "../data-file/sample.ts";
import { dateOf, describeTimeFormat, isCertain, readTimes } from "../data-file/times.ts";
import { valueFault } from "../data-file/values.ts";
import type { FaultId } from "../faults.ts";
import type { Finding } from "../link.ts";
import type { ObjectFacts } from "../snapshot.ts";

/** A file's first bytes, compared with the schema. */
export interface Read {
    readonly facts: ObjectFacts;
    readonly sample: Sample;
    readonly shape: Shape;
    readonly header: Header | undefined;
    /** Time of the read, in epoch seconds. */
    readonly now: number;
    /** Whether this is a file in an imported folder that is not a data file. */
    readonly isStray: boolean;
}

/** Returns the position of the column of a schema's field; -1 if the file has none. */
export const placeOf = ({ header }: Read, field: number): number =>
    header?.isData ? field : (header?.places[field] ?? -1);

export type Make = (fault: FaultId, sentence: string, ...evidence: string[]) => Finding;

/** Returns the faults of one file: its format, text, header and values. */
export function fileFindings(file: Read, make: Make): Finding[] {
    const { facts, sample, shape, header, isStray } = file;
    const { key } = facts;
    const { form, table } = sample;
    if (isStray) {
        const sentence = `${basename(key)} is in the folder and is not a table with the schema's columns; an import reads every file of a folder.`;
        return [make("folder-stray-file", sentence, ...(table ? [`first line: ${shown(table.firstLine)}`] : []))];
    }
    if (form.is === "other") {
        return [make("file-not-csv", `${key} is ${form.name}, and Personalize imports CSV only.`)];
    }
    const packed = `${key} is compressed (${form.is}); Personalize reads plain CSV only.`;
    const ofForm = form.is === "text" ? [] : [make("file-compressed", packed)];
    if (!table || !header) return ofForm;
    const ofText = textFindings(key, table, make);
    return [
        ...ofForm,
        ...ofText,
        ...headerFindings(key, table, header, shape, make),
        ...valueFindings(file, table, header, make),
    ];
}

const encodings: Readonly<Record<string, string>> = {
    "utf-16le": "UTF-16",
    "utf-16be": "UTF-16",
    "windows-1252": "another encoding",
};
const delimiters: Readonly<Record<string, string>> = {
    ";": "semicolons",
    "\t": "tabs",
    "|": "vertical bars",
    "::": "double colons",
};

/** Checks whether a first line is an instruction for Excel or a comment instead of the header. */
export const isNoHeader = (firstLine: string) => /^(sep=|#)/i.test(firstLine);
export const isInSingleQuotes = (firstLine: string) => /^'[^']*'(.'[^']*')+$/.test(firstLine);
export const hasSpaceBeforeQuote = (firstLine: string) => /,\s+"/.test(firstLine);

/** Returns a function that creates a finding only if `isFaulty` is true. */
const findingIf =
    (make: Make) =>
    (isFaulty: boolean, ...finding: Parameters<Make>): Finding[] =>
        isFaulty ? [make(...finding)] : [];

function textFindings(
    key: string,
    { encoding, mark, delimiter, firstLine, header, malformed, lineEnds }: Table,
    make: Make,
): Finding[] {
    const line = `first line: ${shown(firstLine)}`;
    const when = findingIf(make);
    const bom = `${key} begins with a BOM, which Personalize reads as part of the first column's name.`;
    const separated = `The columns of ${key} are separated by ${delimiters[delimiter]}, and Personalize reads commas only.`;
    const oneLine = `The lines of ${key} end in carriage returns alone: it is one line for Personalize.`;
    const spaced = hasSpaceBeforeQuote(firstLine) ? ": a space stands between a comma and a quote" : "";
    const notCsv = `Line ${malformed?.line} of ${key} is not valid CSV${spaced}.`;
    return [
        ...when(encoding !== "utf-8", "file-encoding", `${key} is not UTF-8 but ${encodings[encoding]}.`, line),
        ...when(mark && encoding === "utf-8", "file-bom", bom, "first bytes: EF BB BF"),
        ...when(delimiter !== "," && header.length > 1, "file-delimiter", separated, line),
        ...when(lineEnds === "\r", "file-line-ends", oneLine, line),
        ...when(malformed !== undefined, "csv-malformed", notCsv, malformed?.reason ?? ""),
    ];
}

function headerFindings(
    key: string,
    { firstLine }: Table,
    { renamed, missing, doubled, isData }: Header,
    shape: Shape,
    make: Make,
): Finding[] {
    const line = `header: ${shown(firstLine)}`;
    const when = findingIf(make);
    if (isNoHeader(firstLine)) {
        const sentence = `Line 1 of ${key} is “${shown(firstLine)}”, and an import reads this line as the header.`;
        return [make("header-missing", sentence, line)];
    }
    if (isInSingleQuotes(firstLine)) {
        const sentence = `The header of ${key} is in single quotes, which are no quotes of CSV: Personalize reads them as part of names and values.`;
        return [make("header-quoted", sentence, line)];
    }
    if (isData) {
        const sentence = `${key} has no header: its first line is data.`;
        return [make("header-missing", sentence, `first line: ${shown(firstLine)}`)];
    }
    const cased = renamed.filter(({ from, to }) => from.toUpperCase() === to);
    const meant = renamed.filter((one) => !cased.includes(one));
    const lacking = [...meant.map(({ to }) => to), ...missing];
    const hint = meant.map(({ from, to }) => `${shown(from)} is probably ${to}`).join(", ");
    const schema = `schema: ${shape.fields.map(({ name }) => name).join(",")}`;
    const [noUser, noItem] = ["USER_ID", "ITEM_ID"].map((name) => missing.includes(name));
    const isOther = shape.datasetType === "INTERACTIONS" && missing.includes("TIMESTAMP") && noUser !== noItem;
    const kind = isOther ? `. It looks like a file of ${noUser ? "items" : "users"}` : "";
    const quoted = `The header of ${key} is in quotes, which Personalize reads as part of the names.`;
    const spelled = `The header of ${key} has ${cased[0]?.from} in place of ${cased[0]?.to}: names must equal the schema's, with capital letters.`;
    const lacks = `${key} lacks ${lacking.join(", ")}, which the dataset's schema has${hint && `; ${hint}`}${kind}.`;
    return [
        ...when(firstLine.includes('"'), "header-quoted", quoted, line),
        ...when(cased.length > 0, "header-case", spelled, line, schema),
        ...when(lacking.length > 0, "column-missing", lacks, line, schema),
        ...when(doubled.length > 0, "column-twice", `${key} has several columns ${doubled[0]}.`, line),
    ];
}

/** Returns one finding for each column and kind of wrong value, with the first wrong line. */
function valueFindings({ facts: { key }, shape, now }: Read, table: Table, header: Header, make: Make): Finding[] {
    const findings = new Map<string, { finding: Finding; count: number }>();
    const width = table.header.length;
    const { rows, places } = header.isData ? rowsInOrder(table, shape) : { rows: table.rows, places: header.places };
    const add = (id: string, finding: () => Finding) => {
        const before = findings.get(id);
        findings.set(id, before ? { ...before, count: before.count + 1 } : { finding: finding(), count: 1 });
    };
    for (const { line, values } of rows) {
        if (values.length !== width) {
            const isComma = values.length > width && values.slice(width).every((each) => each === "");
            const hint = isComma ? " (a comma at its end)" : "";
            const sentence = `Line ${line} of ${key} has ${values.length} values, where the header has ${width} columns${hint}.`;
            add("width", () => make("row-width", sentence));
            continue;
        }
        for (const [at, field] of shape.fields.entries()) {
            const value = values[places[at] ?? -1];
            const wrong = value === undefined ? undefined : valueFault(field, value, now);
            if (value === undefined || !wrong) continue;
            const { fault, why } = wrong;
            const sentence = `Line ${line} of ${key} has ${value === "" ? "no value" : JSON.stringify(shown(value))} for ${field.name}${why}.`;
            add(`${fault} ${field.name}`, () => make(fault, sentence));
        }
    }
    const wrong = [...findings.values()].map(({ finding, count }) => ({
        ...finding,
        evidence: [`${count} of ${rows.length} rows that were read`, ...finding.evidence],
    }));
    return [...wrong, ...implausibleTimes(key, rows, places[shape.fields.findIndex(isTime)] ?? -1, now, make)];
}

/** Warns of times that Personalize reads as dates long ago, and that have one plausible reading in another format. */
function implausibleTimes(key: string, rows: readonly Row[], place: number, now: number, make: Make): Finding[] {
    const times = rows.flatMap(({ values }) => values[place] ?? []);
    if (times.length === 0 || !times.every((time) => /^\d{1,11}$/.test(time))) return [];
    const certain = readTimes(times, now).filter(isCertain);
    const [meant] = certain;
    if (!meant || certain.some(({ format }) => format === "s")) return [];
    const { example, format, seconds } = meant;
    const sentence = `${key} has “${example}” for a time, which Personalize reads as ${dateOf(Number(example))}. The time is probably in ${describeTimeFormat(format)} (${dateOf(seconds)}).`;
    return [{ ...make("timestamp-not-epoch", sentence), verdict: "warning", place: "none" }];
}

/**
 * Returns all lines of a file without a header, read with the columns in the schema's order. Returns no lines if the
 * values do not fit these columns.
 */
export function rowsInOrder(table: Table, { fields, isSchema }: Shape) {
    const rows = [{ line: 1, values: table.header }, ...table.rows];
    const fits = ({ values }: Row) =>
        values.length === fields.length &&
        fields.every((field, at) => {
            const value = values[at] ?? "";
            return (isTime(field) && /\d/.test(value)) || !valueFault(field, value, Number.POSITIVE_INFINITY);
        });
    return { rows: isSchema && rows.every(fits) ? rows : [], places: fields.map((_field, at) => at) };
}

/** Shortens a text from a file, and shows its invisible characters and the spaces at its ends. */
export const shown = (text: string) => {
    const plain = visible(withSpaces(text));
    return plain.length > 200 ? `${plain.slice(0, 199)}…` : plain;
};
