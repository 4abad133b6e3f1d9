import { createContent, isEmpty } from "./attributes/content.ts";
import { type AvroField, interactionFields, quoted, reservedFields } from "./avro.ts";

/** Returns the columns of every interactions CSV. If events have a value, the value comes before the time. */
export const headerFields = (hasValue: boolean): readonly AvroField[] =>
    interactionFields.flatMap((field) =>
        hasValue && field.name === "TIMESTAMP" ? [reservedFields.EVENT_VALUE as AvroField, field] : [field],
    );

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
