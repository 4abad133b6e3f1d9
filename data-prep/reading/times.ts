/** The form of a time: epoch seconds, milli- or microseconds, ISO 8601, or `%` codes as in strptime. */
export type TimeFormat = "s" | "ms" | "us" | "iso" | `${string}%${string}`;

/** The earliest time that detection accepts: 1990-01-01, in epoch seconds. */
const earliest = 631_152_000;
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
    if (text === "s" || text === "ms" || text === "us" || text === "iso") return text;
    if (text.includes("%")) {
        const unknown = [...text.matchAll(/%(.)/g)].find(([, code = ""]) => code !== "%" && !codes[code]);
        if (unknown) throw new Error(`${unknown[0]} is not a known time code. Known codes: ${knownCodes()}.`);
        return text as TimeFormat;
    }
    throw new Error(
        `"${text}" is not a format of times: use s, ms, us, iso, or a format such as '%d/%m/%Y %H:%M' (${knownCodes()}).`,
    );
}

/** Units of epoch times: the most digits that a time has, and the number of units in a second. */
const units: Readonly<Record<string, { readonly digits: number; readonly inSecond: number }>> = {
    s: { digits: 10, inSecond: 1 },
    ms: { digits: 13, inSecond: 1000 },
    us: { digits: 16, inSecond: 1_000_000 },
};

/**
 * Returns the regular expression that a whole time matches, and either the number of time units in a second, or the
 * part of a time that each group of the expression contains.
 */
export function compileTimeFormat(format: TimeFormat) {
    const unit = units[format];
    if (unit) return { pattern: `\\d{1,${unit.digits}}(\\.0+)?`, inSecond: unit.inSecond };
    return format === "iso" ? iso : compileCodes(format);
}

/**
 * Returns a reader of times, which returns epoch seconds, or undefined for a text in another format. Times without a
 * zone are UTC.
 */
export function timeReader(format: TimeFormat): (text: string) => number | undefined {
    const compiled = compileTimeFormat(format);
    const pattern = new RegExp(`^${compiled.pattern}$`);
    if ("inSecond" in compiled) {
        return (text) => (pattern.test(text) ? Math.floor(Number(text) / compiled.inSecond) : undefined);
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
    const pattern = format.replace(/%(.)|[^%]/gs, (char, code?: string) => {
        if (code === undefined) return /\s/.test(char) ? "\\s+" : char.replace(/[^\w]/, "\\$&");
        if (code === "%") return "%";
        const directive = codes[code] as { pattern: string; part?: string };
        if (directive.part) parts.push(directive.part);
        return directive.pattern;
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

/** The format of nearly all values of a column, or an explanation if the values could have several formats. */
export type FoundTime = { readonly format: TimeFormat } | { readonly ambiguous: readonly TimeFormat[] } | undefined;

/** Formats with slashes, dots or hyphens, in which the day or the month may come first. */
const slashed = ["/", ".", "-"].flatMap((separator) =>
    ["", " %H:%M", " %H:%M:%S"].flatMap((clock): [TimeFormat, TimeFormat][] => [
        [`%d${separator}%m${separator}%Y${clock}`, `%m${separator}%d${separator}%Y${clock}`],
    ]),
);
const spelled: readonly TimeFormat[] = [
    "%a %b %d %H:%M:%S %z %Y",
    "%m %d, %Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d",
    "%d %b %Y",
    "%b %d, %Y",
];

/**
 * Detects the format of a sample's times; empty values do not count. `now` is in epoch seconds. Times before 1990 count
 * only in a column that is known to hold times.
 */
export function detectTime(sample: readonly string[], now: number, isKnown = false): FoundTime {
    const values = sample.filter((value) => value !== "");
    if (values.length === 0) return undefined;
    const isFit = (format: TimeFormat) => fits(format, values, now);
    for (const format of ["s", "ms", "us", "iso"] as const) if (isFit(format)) return { format };
    for (const pair of slashed) {
        const possible = pair.filter(isFit);
        if (possible.length === 2) return { ambiguous: possible };
        if (possible[0]) return { format: possible[0] };
    }
    const format = spelled.find(isFit);
    if (format) return { format };
    return isKnown && values.every((value) => /^\d{1,10}$/.test(value)) ? { format: "s" } : undefined;
}

/**
 * Returns formats for times that match no known format, derived from the first time: `24.12.2025, 18:30 Uhr` gives
 * `%d.%m.%Y, %H:%M Uhr`. Each format reads nearly all of the sample. There are two formats if day and month may be in
 * either order.
 */
export function likelyFormats(sample: readonly string[], now: number): readonly TimeFormat[] {
    const values = sample.map((value) => value.trim()).filter((value) => value !== "");
    const hour = values.some((value) => /\d\s?[AP]M\b/i.test(value)) ? "%I" : "%H";
    const form = (values[0] ?? "")
        .replaceAll("%", "%%")
        .replace(/\b\d{1,2}:\d{2}(:\d{2})?([.,]\d{1,9})?/, (_, seconds = "", fraction = "") => {
            const digits = fraction === "" ? "" : `${fraction[0]}%f`;
            return `${hour}:%M${seconds && ":%S"}${digits}`;
        })
        .replace(/(?<=%[MSf]\s?)(?:Z|[+-]\d{2}:?\d{2})/, "%z")
        .replace(/(?<=%[MSf]\s?)[AP]M\b/i, "%p")
        .replace(/\b\d{4}\b/, "%Y")
        .replace(/(?<![%A-Za-z])[A-Za-z]{3}(?![A-Za-z])/g, (word) => {
            if (monthNames.includes(word.toLowerCase())) return "%b";
            return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].includes(word.toLowerCase()) ? "%a" : word;
        });
    const missing = [...(form.includes("%b") ? [] : ["m"]), ...(form.includes("%Y") ? [] : ["y"])];
    const orders =
        missing.length === 0
            ? ["d"]
            : missing.length === 1
              ? [`d${missing[0]}`, `${missing[0]}d`]
              : ["dmy", "mdy", "ymd"];
    const numbers = form.match(/(?<!\d)\d{1,2}(?!\d)/g)?.length ?? 0;
    return orders
        .filter((order) => order.length === numbers)
        .map((order) => {
            let next = 0;
            return form.replaceAll(/(?<!\d)\d{1,2}(?!\d)/g, () => `%${order[next++]}`) as TimeFormat;
        })
        .filter((format) => fits(format, values, now));
}

/**
 * Checks whether a format can read nearly all values, and whether the times are from 1990 until tomorrow. `now` is in
 * epoch seconds.
 */
function fits(format: TimeFormat, values: readonly string[], now: number): boolean {
    const read = timeReader(format);
    const good = values.filter((value) => {
        const time = read(value);
        return time !== undefined && time >= earliest && time <= now + 86_400;
    });
    return values.length > 0 && good.length >= 0.95 * values.length;
}

export const knownCodes = () =>
    Object.keys(codes)
        .map((code) => `%${code}`)
        .join(" ");
