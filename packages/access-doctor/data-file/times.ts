/**
 * The form of a time: epoch seconds, milli-, micro- or nanoseconds, ISO 8601, a serial number of Excel (days since
 * 1899-12-30), or `%` codes as in strptime.
 */
export type TimeFormat = (typeof named)[number] | `${string}%${string}`;
const named = ["s", "ms", "us", "ns", "iso", "excel"] as const;

/** The earliest time that data-prep accepts without `--time`: 1995-01-01, in epoch seconds. */
export const earliest = 788_918_400;
/** The least share of the times that a format must read, because a file can have a few wrong rows. */
export const nearlyAll = 0.95;
const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const codes: Readonly<Record<string, { readonly pattern: string; readonly part?: string }>> = {
    Y: { pattern: "(\\d{4})", part: "year" },
    y: { pattern: "(\\d{2})", part: "shortYear" },
    m: { pattern: "(\\d{1,2})", part: "month" },
    b: { pattern: "([A-Za-z]{3})", part: "monthName" },
    d: { pattern: "(\\d{1,2})", part: "day" },
    H: { pattern: "(\\d{1,2})", part: "hour" },
    I: { pattern: "(\\d{1,2})", part: "hour" },
    p: { pattern: "([AaPp][Mm])", part: "half" },
    M: { pattern: "(\\d{1,2})", part: "minute" },
    S: { pattern: "(\\d{1,2})", part: "second" },
    f: { pattern: "(\\d{1,9})", part: "fraction" },
    z: { pattern: "(Z|[+-]\\d{2}:?\\d{2})", part: "zone" },
    a: { pattern: "[A-Za-z]{3}" },
};

const iso = {
    pattern: /(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?/
        .source,
    parts: ["year", "month", "day", "hour", "minute", "second", "zone"],
};

/**
 * Checks the text of `--time`. Throws an Error that lists the choices.
 */
export function parseTimeFormat(text: string): TimeFormat {
    const name = named.find((each) => each === text);
    if (name) return name;
    if (text.includes("%")) {
        const unknown = [...text.matchAll(/%(.)/g)].find(([, code = ""]) => code !== "%" && !codes[code]);
        if (unknown) throw new Error(`${unknown[0]} is not a known time code. Known codes: ${knownCodes()}.`);
        return text as TimeFormat;
    }
    throw new Error(
        `"${text}" is not a format of times: use ${named.join(", ")}, or a format such as '%d/%m/%Y %H:%M' (${knownCodes()}).`,
    );
}

/** Units of epoch times: the times of one unit, and the number of units in a second. No time fits two units. */
const units: Readonly<Record<string, { readonly pattern: string; readonly inSecond: number }>> = {
    // Grouped digits have one reading: a decimal comma would occur once.
    s: { pattern: "(?:\\d{1,10}|\\d{1,3}(?:,\\d{3}){2,3})(\\.\\d+)?", inSecond: 1 },
    ms: { pattern: "\\d{11,13}(\\.\\d+)?", inSecond: 1000 },
    us: { pattern: "\\d{14,16}(\\.\\d+)?", inSecond: 1_000_000 },
    ns: { pattern: "\\d{17,19}", inSecond: 1_000_000_000 },
};

/**
 * Returns the regular expression that a whole time matches, and one of these: the number of time units in a second, the
 * serial number of 1970-01-01 in days, or the part of a time that each group of the expression contains.
 */
export function compileTimeFormat(format: TimeFormat) {
    if (format === "excel") return { pattern: "\\d{5}([.,]\\d+)?", dayOf1970: 25_569 };
    const unit = units[format];
    return unit ?? (format === "iso" ? iso : compileCodes(format));
}

/**
 * Returns a reader of times, which returns epoch seconds, or undefined for a text in another format. Times without a
 * zone are UTC.
 */
export function timeReader(format: TimeFormat): (text: string) => number | undefined {
    const compiled = compileTimeFormat(format);
    const pattern = new RegExp(`^${compiled.pattern}$`);
    if ("dayOf1970" in compiled) {
        const { dayOf1970 } = compiled;
        return (text) =>
            pattern.test(text) ? Math.round((Number(text.replace(",", ".")) - dayOf1970) * 86_400) : undefined;
    }
    if ("inSecond" in compiled) {
        const { inSecond } = compiled;
        return (text) => (pattern.test(text) ? Math.floor(Number(text.replaceAll(",", "")) / inSecond) : undefined);
    }
    const { parts } = compiled;
    const places: Readonly<Partial<Record<string, number>>> = Object.fromEntries(
        parts.map((part, index) => [part, index + 1]),
    );
    return (text) => {
        const match = pattern.exec(text);
        const textOf = (part: string) => {
            const place = places[part];
            return place === undefined ? undefined : match?.[place];
        };
        return match ? epochSeconds(textOf) : undefined;
    };
}

function compileCodes(format: string): { readonly pattern: string; readonly parts: readonly string[] } {
    const parts: string[] = [];
    // Without separators, only numbers of two digits show where each part ends.
    const isCompact = /%[YymdHMS]%[mdHMS]/.test(format);
    const pattern = format.replace(/%(.)|[^%]/gs, (char, code?: string) => {
        if (code === undefined) return /\s/.test(char) ? "\\s+" : char.replace(/[^\w]/, "\\$&");
        if (code === "%") return "%";
        const directive = codes[code] as { pattern: string; part?: string };
        if (directive.part) parts.push(directive.part);
        return isCompact ? directive.pattern.replace("{1,2}", "{2}") : directive.pattern;
    });
    return { pattern, parts };
}

/** Converts a time to epoch seconds; undefined if it does not exist. `textOf` returns the text of a part of the time. */
function epochSeconds(textOf: (part: string) => string | undefined): number | undefined {
    const number = (part: string, otherwise: number) => Number(textOf(part) ?? otherwise);
    const name = textOf("monthName")?.toLowerCase();
    const month = name === undefined ? number("month", 1) : monthNames.indexOf(name) + 1;
    const short = textOf("shortYear");
    const year = short === undefined ? number("year", 1970) : Number(short) + (Number(short) < 70 ? 2000 : 1900);
    const half = textOf("half")?.toLowerCase();
    const clock = number("hour", 0);
    const hour = half === undefined ? clock : (clock % 12) + (half === "pm" ? 12 : 0);
    const [day, minute, second] = [number("day", 1), number("minute", 0), number("second", 0)];
    const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
    const date = new Date(milliseconds);
    // Check the year too, because Date.UTC reads 70 as 1970.
    const isDate = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    const exists = isDate && hour < 24 && minute < 60 && second < 61;
    if (!exists || milliseconds < 0) return undefined;
    const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(textOf("zone") ?? "") ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * 60;
    return milliseconds / 1000 - (sign === "-" ? -offset : offset);
}

/** A way to read the times of a column. */
export interface TimeReading {
    readonly format: TimeFormat;
    /** Share of the times that the format reads as a time from 1995 until tomorrow, 0 to 1. */
    readonly share: number;
    /** A time of the column, and the same time in epoch seconds. */
    readonly example: string;
    readonly seconds: number;
}

/** Formats without separators, which `derivedFormats` cannot derive. */
const compact: readonly TimeFormat[] = ["%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S"];
/** Number of times from which formats are derived, because the first time can be a wrong one. */
const comparedTimes = 20;

/**
 * Returns the ways to read the times of a sample; empty values do not count. `now` is in epoch seconds. A reading is
 * certain if it gives nearly all times a date from 1995 until tomorrow. If there are certain readings, returns only
 * those: data-prep converts a column with one certain reading, and otherwise asks. If there is none, returns all
 * readings that nearly all times match, or that are right for some times.
 */
export function readTimes(sample: readonly string[], now: number): readonly TimeReading[] {
    const values = sample.map((value) => value.trim()).filter((value) => value !== "");
    const isIso = timeReader("iso");
    const others = values.slice(0, comparedTimes).filter((value) => isIso(value) === undefined);
    const formats = new Set<TimeFormat>([...named, ...compact, ...others.flatMap(derivedFormats)]);
    const readers = [...formats].map((format) => ({ format, times: values.map(timeReader(format)) }));
    const possible = readers.filter(({ times }) => times.some((time) => time !== undefined));
    const differing = values.findIndex((_, at) => new Set(possible.map(({ times }) => times[at])).size > 1);
    const readings = possible.flatMap(({ format, times }) => {
        const known = times.filter((time) => time !== undefined);
        const inSpan = known.filter((time) => time >= earliest && time <= now + 86_400).length / values.length;
        if (inSpan === 0 && known.length < nearlyAll * values.length) return [];
        const at = times[differing] === undefined ? times.findIndex((time) => time !== undefined) : differing;
        return [{ format, share: inSpan, example: values[at] as string, seconds: times[at] as number }];
    });
    const certain = readings.filter(isCertain);
    return certain.length > 0 ? certain : readings.toSorted((a, b) => b.share - a.share);
}

/** Checks whether a reading gives nearly all times a date from 1995 until tomorrow. */
export const isCertain = ({ share }: TimeReading): boolean => share >= nearlyAll;

/**
 * Returns the formats of `%` codes that a time can have: `24.12.2025, 18:30 Uhr` gives `%d.%m.%Y, %H:%M Uhr`. There are
 * several if day, month and year may be in different orders.
 */
function derivedFormats(time: string): TimeFormat[] {
    const form = time
        .replaceAll("%", "%%")
        .replace(/\b\d{1,2}:\d{2}(:\d{2})?([.,]\d{1,9})?/, (_, seconds = "", fraction = "") => {
            const digits = fraction === "" ? "" : `${fraction[0]}%f`;
            return `${/\d\s?[AP]M\b/i.test(time) ? "%I" : "%H"}:%M${seconds && ":%S"}${digits}`;
        })
        .replace(/(?<=%[MSf]\s?(?:GMT|UTC)?)(?:Z|[+-]\d{2}:?\d{2})/, "%z")
        .replace(/(?<=%[MSf]\s?)[AP]M\b/i, "%p")
        .replace(/\b\d{4}\b/, "%Y")
        .replace(/(?<![%A-Za-z])[A-Za-z]{3}(?![A-Za-z])/g, (word) => {
            if (monthNames.includes(word.toLowerCase())) return "%b";
            return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].includes(word.toLowerCase()) ? "%a" : word;
        });
    // A zone's abbreviation, such as CET, is no text to skip: its offset would be lost.
    const [, zone] = /%[MSfp]\s*([A-Z]{2,5})\b/.exec(form) ?? [];
    if (zone !== undefined && !["UTC", "GMT"].includes(zone)) return [];
    const numbers = form.match(/(?<!\d)\d{1,2}(?!\d)/g)?.length ?? 0;
    return ordersOf(form)
        .filter((order) => order.length === numbers)
        .map((order) => {
            let next = 0;
            return form.replaceAll(/(?<!\d)\d{1,2}(?!\d)/g, () => `%${order[next++]}`) as TimeFormat;
        });
}

/** Returns the orders of the numbers in a form whose month name and year of four digits are codes already. */
function ordersOf(form: string): readonly string[] {
    const hasYear = form.includes("%Y");
    if (form.includes("%b")) return hasYear ? ["d"] : ["dy", "yd"];
    if (!hasYear) return ["dmy", "mdy", "ymd"];
    return form.startsWith("%Y") ? ["md"] : ["dm", "md"];
}

export const knownCodes = () =>
    Object.keys(codes)
        .map((code) => `%${code}`)
        .join(" ");

/** Returns the UTC date of a time in epoch seconds, such as `2020-01-31`. */
export const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** Returns a format in words, such as `milliseconds`. */
export const describeTimeFormat = (format: TimeFormat): string =>
    ({
        s: "epoch seconds",
        ms: "milliseconds",
        us: "microseconds",
        ns: "nanoseconds",
        iso: "ISO 8601",
        excel: "Excel's serial numbers",
    })[format as string] ?? format;
