import { type Field, isTime } from "./fields.ts";

/** Changes that a repair makes to a value without changing its meaning. */
export const changes = {
    milliseconds: "milliseconds into epoch seconds",
    date: "dates into epoch seconds (UTC, if they name no zone)",
    fraction: "whole numbers without their fraction of zero",
    comma: "decimal commas into points",
    blanks: "numbers without blanks around them",
    nothing: "words for a missing value (NULL, NaN) into nothing",
    lineBreak: "line breaks within a value into a blank",
} as const;

export type Change = keyof typeof changes;

export type Checked =
    | { readonly is: "right" }
    | { readonly is: "repaired"; readonly value: string; readonly change: Change }
    | { readonly is: "wrong"; readonly problem: "absent" | "type" | "length" };

const right: Checked = { is: "right" };
const integer = /^[+-]?\d{1,19}$/;
const decimal = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const nothing = /^(null|nan|none|n\/a|na|\\n|-)$/i;
/**
 * Maximum number of digits of a time in epoch seconds (until the year 5138). A longer number is in milliseconds or
 * smaller units.
 */
const longestSeconds = 11;

/** Checks whether a row has only empty values. Spreadsheets write such rows at the end of a file. */
export const isBlank = (row: readonly string[]) => row.every((value) => value.trim() === "");

/**
 * Checks whether the schema allows a value in a column. If not, also returns the value that was meant, if it is
 * certain.
 */
export function checked(field: Field, value: string): Checked {
    const { type, nullable, longest } = field;
    if (value === "") {
        return nullable || type === "null" ? right : { is: "wrong", problem: "absent" };
    }
    if (type === "string") {
        if (value.length > longest) return { is: "wrong", problem: "length" };
        return /[\r\n]/.test(value) ? repaired(inOneLine(value), "lineBreak") : right;
    }
    if (type === "boolean") {
        return /^(true|false)$/i.test(value) ? right : wrongOr(value, nullable);
    }
    if (isTime(field)) return checkedTime(value, nullable);
    if (type === "long" || type === "int") {
        if (integer.test(value)) return right;
        const whole = /^([+-]?\d{1,19})[.,]0*$/.exec(value.trim())?.[1];
        if (whole !== undefined) return repaired(whole, "fraction");
        return integer.test(value.trim()) ? repaired(value.trim(), "blanks") : wrongOr(value, nullable);
    }
    if (decimal.test(value)) return right;
    if (/^[+-]?\d+,\d+$/.test(value.trim())) return repaired(value.trim().replace(",", "."), "comma");
    return decimal.test(value.trim()) ? repaired(value.trim(), "blanks") : wrongOr(value, nullable);
}

const repaired = (value: string, change: Change): Checked => ({ is: "repaired", value, change });

const wrongOr = (value: string, nullable: boolean): Checked =>
    nullable && nothing.test(value.trim()) ? repaired("", "nothing") : { is: "wrong", problem: "type" };

function checkedTime(value: string, nullable: boolean): Checked {
    const plain = value.trim();
    const [, digits, fraction] = /^(\d{1,19})(?:\.(\d*))?$/.exec(plain) ?? [];
    if (digits !== undefined) {
        if (digits.length > longestSeconds) return repaired(toEpochSeconds(digits), "milliseconds");
        if (fraction !== undefined) return repaired(digits, "fraction");
        return plain === value ? right : repaired(plain, "blanks");
    }
    if (/^-\d{1,11}$/.test(plain)) return right;
    const seconds = secondsOfDate(plain);
    return seconds === undefined ? wrongOr(value, nullable) : repaired(String(seconds), "date");
}

/** Converts digits of milli-, micro- or nanoseconds to epoch seconds. */
const toEpochSeconds = (digits: string) => digits.slice(0, digits.length <= 14 ? -3 : digits.length <= 17 ? -6 : -9);

const date =
    /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:[.,]\d+)?))?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Converts a date that begins with the year to epoch seconds. Other orders are ambiguous: 03/04/2021 can be two dates.
 */
function secondsOfDate(text: string): number | undefined {
    const [, year, month, day, time = "00:00", seconds = "00", zone = "Z"] = date.exec(text) ?? [];
    if (year === undefined) return undefined;
    const offset = /^[+-]/.test(zone) ? zone.replace(/^(...):?(..)$/, "$1:$2") : "Z";
    const milliseconds = Date.parse(`${year}-${month}-${day}T${time}:${seconds.slice(0, 2)}${offset}`);
    const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
    return Number.isNaN(milliseconds) || !isDay ? undefined : milliseconds / 1000;
}

const inOneLine = (value: string) =>
    value
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .filter((line, at, lines) => line !== "" || at === 0 || at === lines.length - 1)
        .join(" ");
