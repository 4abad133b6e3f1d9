import { isEmpty } from "./attributes/content.ts";
import { createSuggest, type Suggest } from "./suggestion.ts";
import { abbreviate } from "./values.ts";

/** The decimal sign of numbers. The other sign groups thousands: `comma` in `1.299,50`, `point` in `1,299.50`. */
export type Decimal = (typeof decimals)[number];
export const decimals = ["comma", "point"] as const;
const patterns: Readonly<Record<Decimal, RegExp>> = {
    comma: /^[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?$/,
    point: /^[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?$/,
};

/**
 * Returns the decimal signs with which all values of a column are numbers: both for values such as `1,299`. Returns none
 * for a column without commas, whose numbers can stay as they are.
 */
export const possibleDecimals = (values: readonly string[]): readonly Decimal[] =>
    values.some((value) => value.includes(",")) ? fittingDecimals(values) : [];

/** Returns the decimal signs with which all values of a column are numbers. */
const fittingDecimals = (values: readonly string[]) =>
    decimals.filter((decimal) => values.every((value) => isEmpty(value) || patterns[decimal].test(value)));

/** The decimal signs of a table's columns with commas in their numbers, by the columns' numbers. */
export type Decimals = ReadonlyMap<number, Decimal | undefined>;

/** The user's `--decimal`, and how to make a command that has it. */
export interface DecimalChoice {
    readonly decimal?: Decimal | undefined;
    readonly suggest?: Suggest;
}

/**
 * Returns the decimal sign of a column of numbers; undefined if no sign fits all of them. `choice` decides if a number,
 * such as `1.299`, has two readings.
 *
 * @throws Error with both readings and their commands if `choice` is missing
 */
export function readingOf(
    file: string,
    column: string,
    values: readonly string[],
    { decimal, suggest = createSuggest([]) }: DecimalChoice,
): Decimal | undefined {
    const [first, second] = fittingDecimals(values);
    const row = values.findIndex((value) => withPoint(value, "comma") !== withPoint(value, "point"));
    if (second === undefined || row < 0) return first;
    if (decimal !== undefined) return decimal;
    const value = values[row] as string;
    const readings = decimals.map((each) => `  ${withPoint(value, each)}:  ${suggest({ decimal: each })}`);
    throw new Error(
        `${file}, row ${row + 1}, column ${column}: "${abbreviate(value, 40)}" has several readings. Run the right command:\n${readings.join("\n")}`,
    );
}

/**
 * Returns the decimal sign of a column with commas; undefined if its values need no change. `choice` decides if both
 * signs are possible.
 *
 * @throws Error with both readings and their commands if `choice` is missing
 */
export const chooseDecimal: typeof readingOf = (file, column, values, choice) =>
    values.some((value) => value.includes(",")) ? readingOf(file, column, values, choice) : undefined;

/** Returns a number with a decimal point and without groups; returns any other text unchanged. */
export function withPoint(text: string, decimal: Decimal | undefined): string {
    if (decimal === undefined || !patterns[decimal].test(text)) return text;
    return decimal === "comma" ? text.replaceAll(".", "").replace(",", ".") : text.replaceAll(",", "");
}
