import { type AvroField, quoted, reservedFields } from "../avro.ts";

/** Maximum length of a value in a categorical column (Developer Guide, "Quotas"). */
const longestCategory = 1000;
/** A column with at most this many different values is categorical even in a small table. */
const fewValues = 20;
const maxInt = 2 ** 31 - 1;
/** Number of digits that a float can hold. */
const floatDigits = 7;

/** Texts in tables that mean a missing value. */
const empty = new Set(["", "NaN", "nan", "null", "NULL", "None", "\\N", "NA", "N/A"]);
/** Checks whether a text means that a value is missing. */
export const isEmpty = (text: string): boolean => empty.has(text);

const integer = /^-?(0|[1-9]\d{0,17})(\.0+)?$/;
const decimal = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** Checks whether a text is a number with a decimal point. */
export const isNumber = (text: string): boolean => decimal.test(text);
/** Names of columns with codes or IDs, which are not quantities although they have only digits. */
const code = /(^|_)(ID|CODE|NO|KEY|SKU|ISBN\d*|ZIP|POSTAL|POSTCODE)$/;

/** Collects the values of a column, to find its Avro type by content. */
export function createContent(name: string) {
    const isCode = code.test(name);
    const distinct = new Set<string>();
    let [count, sum, longest, largest, digits] = [0, 0, 0, 0, 0];
    let integers = !isCode;
    let decimals = !isCode;

    /** Adds a value to the column's content. Ignores empty values. */
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

    /**
     * Returns the column's field; undefined if the column has no value. If `isText` is true, the training may read the
     * column as free text.
     */
    const field = (isText = false): AvroField | undefined => {
        if (count === 0) return undefined;
        if (integers) return { name, type: ["null", largest <= maxInt ? "int" : "long"] };
        if (decimals) return { name, type: ["null", digits <= floatDigits ? "float" : "double"] };
        const string = { name, type: ["null", "string"] as const };
        if (isText) return { ...string, textual: true };
        const isCategory = longest <= longestCategory && distinct.size <= Math.max(fewValues, count / 2);
        return isCategory ? { ...string, categorical: true } : string;
    };
    return { add, field, meanLength: () => sum / Math.max(1, count) };
}

/** Returns the value as a field of the CSV: 5.0 in a column of integers as `5`, and a text in quotes. */
export function fieldText(text: string, { type }: AvroField, quote: (text: string) => string): string {
    if (isEmpty(text)) return "";
    const own = typeof type === "string" ? type : type[1];
    if (own === "string") return quote(text);
    return own === "int" || own === "long" ? text.replace(/\.0+$/, "") : text;
}

/** Creates a writer of additional columns of interactions, which finds their types by content. */
export function createExtras(names: readonly string[]) {
    const contents = names.map((name) => createContent(name));
    const isText = names.map((name) => reservedFields[name] !== undefined);
    /**
     * Returns the values of the additional columns as the last fields of a CSV line: numbers unchanged, texts in
     * quotes.
     */
    const fieldsOf = (values: readonly string[]): string =>
        values
            .map((value, index) => {
                contents[index]?.add(value);
                const isNumber = !isText[index] && /^-?\d{1,18}(\.\d+)?$/.test(value);
                return `,${isEmpty(value) ? "" : isNumber ? value : quoted(value)}`;
            })
            .join("");
    /** Returns the fields of the columns; a column without a value is categorical. */
    const fields = (): AvroField[] =>
        names.map(
            (name, index) =>
                reservedFields[name] ??
                contents[index]?.field() ?? { name, type: ["null", "string"], categorical: true },
        );
    return { fieldsOf, fields };
}
