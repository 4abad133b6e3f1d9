import { isEmpty } from "../attributes/content.ts";

/** `4,50` and `1.299,00`, also without decimals. */
const withComma = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/;
/** Not `1,299`, in which the comma may also group thousands. */
const isPlain = /^[+-]?(?:0,\d+|[\d.]+,(?:\d{1,2}|\d{4,}))$/;

/** Whether a column has numbers with decimal commas: all of its values are such numbers, and one cannot be another. */
export function hasDecimalCommas(values: readonly string[]): boolean {
    const filled = values.filter((value) => !isEmpty(value));
    return filled.some((value) => isPlain.test(value)) && filled.every((value) => withComma.test(value));
}

/** A number with a decimal comma, written with a point; another text as it is. */
export const withPoint = (text: string): string =>
    withComma.test(text) ? text.replaceAll(".", "").replace(",", ".") : text;
