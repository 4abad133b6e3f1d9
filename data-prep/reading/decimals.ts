import { isEmpty } from "../attributes/content.ts";

/** Pattern of numbers such as `4,50` and `1.299,00`, also without decimals. */
const withComma = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/;
/** Pattern of numbers in which the comma must be the decimal sign. In `1,299` it may also group thousands. */
const isPlain = /^[+-]?(?:0,\d+|[\d.]+,(?:\d{1,2}|\d{4,}))$/;

/**
 * Checks whether the numbers of a column have decimal commas: each value can be read as such a number, and at least one
 * value can be read in no other way.
 */
export function hasDecimalCommas(values: readonly string[]): boolean {
    const filled = values.filter((value) => !isEmpty(value));
    return filled.some((value) => isPlain.test(value)) && filled.every((value) => withComma.test(value));
}

/** Returns a number with its decimal comma replaced by a point; returns any other text unchanged. */
export const withPoint = (text: string): string =>
    withComma.test(text) ? text.replaceAll(".", "").replace(",", ".") : text;
