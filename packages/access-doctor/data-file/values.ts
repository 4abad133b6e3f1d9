import type { FaultId } from "../faults.ts";
import { type Field, isTime } from "./fields.ts";

const integer = /^[+-]?\d{1,19}$/;
const decimal = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** At most 11 digits: a longer number of seconds is after the year 5138, so it is in milliseconds or smaller units. */
const epochSeconds = /^-?\d{1,11}$/;
const smallerUnits = /^(\d{12,19})(?:\.\d*)?$/;

/**
 * Checks a value against the schema. Returns the fault, and a clause that completes the finding's sentence; undefined if
 * the schema allows the value.
 */
export function valueFault(field: Field, value: string): { fault: FaultId; why: string } | undefined {
    const { type, nullable, longest } = field;
    const wrongType = { fault: "value-type", why: `, which is of type ${type} in the schema` } as const;
    if (value === "") {
        const isAllowed = nullable || type === "null";
        return isAllowed ? undefined : { fault: "value-absent", why: ", which may not be null in the schema" };
    }
    if (isTime(field)) return timeFault(value);
    if (type === "string") {
        const why = `, which is longer than ${longest} characters`;
        return value.length > longest ? { fault: "value-too-long", why } : undefined;
    }
    if (type === "boolean") return /^(true|false)$/i.test(value) ? undefined : wrongType;
    return (type === "long" || type === "int" ? integer : decimal).test(value) ? undefined : wrongType;
}

function timeFault(value: string): ReturnType<typeof valueFault> {
    if (epochSeconds.test(value)) return undefined;
    const [, digits] = smallerUnits.exec(value.trim()) ?? [];
    if (digits === undefined) {
        return { fault: "timestamp-not-epoch", why: ", and Personalize reads whole epoch seconds only" };
    }
    const unit = digits.length <= 14 ? "in milliseconds" : "not in seconds";
    return { fault: "timestamp-milliseconds", why: `, which is ${unit}: Personalize reads epoch seconds` };
}

/** Values of data-prep's option `--time`, each with the pattern of the times that have only this reading. */
const timeFormats: readonly (readonly [format: string, pattern: RegExp])[] = [
    ["s", /^\s*\d{1,10}(\.0+)?\s*$/],
    ["ms", /^\s*\d{12,13}(\.0+)?\s*$/],
    ["us", /^\s*\d{15,16}(\.0+)?\s*$/],
    ["iso", /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?\s?(Z|UTC|[+-]\d{2}(:?\d{2})?)?$/],
    ["%Y/%m/%d", /^\d{4}\/\d{1,2}\/\d{1,2}$/],
    ["%Y/%m/%d %H:%M:%S", /^\d{4}\/\d{1,2}\/\d{1,2} \d{1,2}:\d{2}:\d{2}$/],
];

/** A way to read all times of a column. `example` is a time of the column and its date, if there are other ways. */
export interface TimeReading {
    /** A value of data-prep's option `--time`. */
    readonly format: string;
    readonly example?: string;
}

/**
 * Returns the ways in which data-prep can read all of these times: two if day and month may be in either order; none if
 * no format fits all times.
 */
export function timeReadings(times: readonly string[]): TimeReading[] {
    const present = times.filter((time) => time !== "");
    const [first = ""] = present;
    const certain = timeFormats.find(([, pattern]) => pattern.test(first));
    const [, separator = "", clock = "", seconds = ""] =
        /^\d{1,2}([/.-])\d{1,2}\1\d{4}( \d{1,2}:\d{2}(:\d{2})?)?$/.exec(first) ?? [];
    if (certain) return present.every((time) => certain[1].test(time)) ? [{ format: certain[0] }] : [];
    if (separator === "") return [];
    const [day, month] = ["(0?[1-9]|[12]\\d|3[01])", "(0?[1-9]|1[0-2])"];
    const time = `${clock && " %H:%M"}${seconds && ":%S"}`;
    const rest = `\\${separator}(\\d{4})${time.replaceAll(/%./g, "\\d{1,2}")}$`;
    const ways = [
        {
            format: `%d${separator}%m${separator}%Y${time}`,
            pattern: `^${day}\\${separator}${month}${rest}`,
            at: [2, 1],
        },
        {
            format: `%m${separator}%d${separator}%Y${time}`,
            pattern: `^${month}\\${separator}${day}${rest}`,
            at: [1, 2],
        },
    ].filter(({ pattern }) => present.every((each) => new RegExp(pattern).test(each)));
    // A date such as 04.04.2021 is the same in both orders.
    const shown = present.find((each) => each.split(separator)[0] !== each.split(separator)[1]) ?? first;
    return ways.map(({ format, pattern, at }) => {
        const parts = new RegExp(pattern).exec(shown) ?? [];
        const date = [parts[3], ...at.map((part) => parts[part]?.padStart(2, "0"))].join("-");
        return { format, ...(ways.length > 1 && { example: `“${shown}” is ${date}` }) };
    });
}
