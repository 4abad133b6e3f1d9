import { escaped } from "./avro.ts";
import type { Numbering } from "./numbering.ts";
import { type Dialect, unescaped } from "./reading/scan.ts";
import { idNumber, idProblem, needsEscape } from "./values.ts";

const COMMA = 0x2c;
const QUOTE = 0x22;

/** An id of the current record. */
export interface IdField {
    /** Reads the field between two positions. Returns the reason if Personalize does not accept it as an id. */
    read(record: Buffer, start: number, end: number): string | undefined;
    /** Returns the number of the ID that was read last. A new ID gets the next number. */
    numbered(): number;
    /** Writes the ID that was read last as a quoted field with a comma; returns the position after the comma. */
    write(out: Buffer, start: number): number;
}

/** Creates the reader of one column of IDs. Does not check known IDs again. */
export function createIdField(numbers: Numbering, dialect: Dialect): IdField {
    let bytes: Buffer = Buffer.alloc(0);
    let [from, to, value, number] = [0, 0, -1, -1];
    let hasSigns = false;

    const read = (record: Buffer, start: number, end: number): string | undefined => {
        bytes = record;
        from = start;
        to = end;
        value = idNumber(bytes, from, to);
        hasSigns = value < 0 && needsEscape(bytes, from, to);
        let problem: string | undefined;
        if (hasSigns && dialect.quotes) {
            problem = idProblem(bytes, from, to);
            bytes = Buffer.from(unescaped(bytes.toString("utf8", from, to), dialect));
            from = 0;
            to = bytes.length;
            value = idNumber(bytes, from, to);
        }
        number = numbers.find(value, bytes, from, to);
        return problem ?? (number < 0 ? idProblem(bytes, from, to) : undefined);
    };
    const numbered = () => (number < 0 ? numbers.add(value, bytes, from, to) : number);
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
