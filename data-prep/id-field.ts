import { escaped } from "./avro.ts";
import type { Numbering } from "./interner.ts";
import { type Dialect, unescaped } from "./reading/scan.ts";
import { abbreviate, idNumber, idProblem, needsEscape } from "./values.ts";

const COMMA = 0x2c;
const QUOTE = 0x22;

/** An id of the current record. */
export type IdField = ReturnType<typeof createIdField>;

/** Returns a field that writes another text, without quotes and backslashes, for each ID: `textOf` its number. */
export const writtenAs = (field: IdField, textOf: (number: number) => string): IdField => ({
    ...field,
    write: (out, start) => start + out.write(`"${textOf(field.numbered())}",`, start, "latin1"),
});

/** The IDs that had spaces around them: by their number, the text in the file. */
export type SpacedIds = Map<number, string>;

/**
 * Creates the reader of one column of IDs. Does not check known IDs again.
 *
 * @param spaced if given, removes the spaces around IDs, and reports an ID as a problem if another one differs only in
 * such spaces
 */
export function createIdField(numbers: Numbering, dialect: Dialect, spaced?: SpacedIds) {
    let bytes: Buffer = Buffer.alloc(0);
    let [from, to, value, number] = [0, 0, -1, -1];
    let hasSigns = false;
    /** The text in the file of an ID with spaces around it. */
    let written: string | undefined;

    const use = (text: string) => {
        bytes = Buffer.from(text);
        [from, to] = [0, bytes.length];
        value = idNumber(bytes, from, to);
    };
    /** Reads the field between two positions. Returns the reason if Personalize does not accept it as an id. */
    const read = (record: Buffer, start: number, end: number): string | undefined => {
        bytes = record;
        from = start;
        to = end;
        value = idNumber(bytes, from, to);
        hasSigns = value < 0 && needsEscape(bytes, from, to);
        let problem: string | undefined;
        if (hasSigns && dialect.quotes) {
            problem = idProblem(bytes, from, to);
            use(unescaped(bytes.toString("utf8", from, to), dialect));
        }
        number = numbers.find(value, bytes, from, to);
        if (!spaced) return problem ?? (number < 0 ? idProblem(bytes, from, to) : undefined);
        written = undefined;
        // The numbering contains only IDs without spaces around them, so a known ID needs no further check.
        if (number < 0) {
            problem ??= idProblem(bytes, from, to);
            const text = bytes.toString("utf8", from, to);
            const trimmed = text.trim();
            if (problem === undefined && trimmed !== text) {
                written = text;
                use(trimmed);
                number = numbers.find(value, bytes, from, to);
                problem = idProblem(bytes, from, to);
            }
        }
        const first = number < 0 || (spaced.size === 0 && written === undefined) ? written : spaced.get(number);
        if (first === written) return problem;
        const both = [written, first].map((each) => `"${abbreviate(each ?? bytes.toString("utf8", from, to), 40)}"`);
        return `${both.join(" and ")} differ only in spaces`;
    };
    /** Returns the number of the ID that was read last. A new ID gets the next number. */
    const numbered = (): number => {
        if (number >= 0) return number;
        number = numbers.add(value, bytes, from, to);
        if (written !== undefined) spaced?.set(number, written);
        return number;
    };
    /** Writes the ID that was read last as a quoted field with a comma; returns the position after the comma. */
    const write = (out: Buffer, start: number): number => {
        let at = start;
        out[at++] = QUOTE;
        if (hasSigns) at += out.write(escaped(bytes.toString("utf8", from, to)), at);
        else for (let index = from; index < to; index++) out[at++] = bytes[index] as number;
        out[at++] = QUOTE;
        out[at++] = COMMA;
        return at;
    };
    return { read, numbered, write };
}
