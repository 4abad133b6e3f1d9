import type { AvroField } from "../avro.ts";

/** Longest value of a categorical column (Developer Guide, "Quotas"). */
const longestCategory = 1000;
/** Up to this number of different values a column is categorical in a small table too. */
const fewValues = 20;
const mostInt = 2 ** 31 - 1;
/** Digits that a float keeps. */
const floatDigits = 7;

/** Texts of tables that mean no value. */
const empty = new Set(["", "NaN", "nan", "null", "NULL", "None", "\\N", "NA", "N/A"]);
/** Whether a text means a missing value. */
export const isEmpty = (text: string): boolean => empty.has(text);

const integer = /^-?(0|[1-9]\d{0,17})(\.0+)?$/;
const decimal = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** Whether a text is a number with a decimal point. */
export const isNumber = (text: string): boolean => decimal.test(text);
/** A code or an id is not a quantity, although it has only digits. */
const code = /(^|_)(ID|CODE|NO|KEY|SKU|ISBN\d*|ZIP|POSTAL|POSTCODE)$/;

/** Collects the values of a column, to find its Avro type by content. */
export function createContent(name: string) {
    const isCode = code.test(name);
    const distinct = new Set<string>();
    let [count, sum, longest, largest, digits] = [0, 0, 0, 0, 0];
    let integers = !isCode;
    let decimals = !isCode;

    /** Notes a value; empty ones do not count. */
    const add = (text: string): void => {
        if (isEmpty(text)) return;
        count += 1;
        sum += text.length;
        longest = Math.max(longest, text.length);
        for (const part of text.split("|")) distinct.add(part);
        if (decimals) {
            decimals = decimal.test(text) && !/^[+-]?0\d/.test(text);
            integers &&= integer.test(text);
            largest = Math.max(largest, Math.abs(Number(text)));
            digits = Math.max(digits, (text.split(/[eE]/, 1)[0] ?? "").replaceAll(/\D/g, "").length);
        }
    };

    /** The column's field; undefined if no value was noted. `isText` allows free text for the training. */
    const field = (isText = false): AvroField | undefined => {
        if (count === 0) return undefined;
        if (integers) return { name, type: ["null", largest <= mostInt ? "int" : "long"] };
        if (decimals) return { name, type: ["null", digits <= floatDigits ? "float" : "double"] };
        const string = { name, type: ["null", "string"] as const };
        if (isText) return { ...string, textual: true };
        const isCategory = longest <= longestCategory && distinct.size <= Math.max(fewValues, count / 2);
        return isCategory ? { ...string, categorical: true } : string;
    };
    return { add, field, meanLength: () => sum / Math.max(1, count) };
}

/** The value as a field of the CSV. An integer loses its decimals, and a text is quoted. */
export function fieldText(text: string, { type }: AvroField, quote: (text: string) => string): string {
    if (isEmpty(text)) return "";
    const own = typeof type === "string" ? type : type[1];
    if (own === "string") return quote(text);
    return own === "int" || own === "long" ? text.replace(/\.0+$/, "") : text;
}
