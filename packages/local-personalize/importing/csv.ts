/**
 * A CSV reader for the forms that Amazon Personalize accepts. Files are comma separated and UTF-8. Text may be in
 * double quotes; inside them, a quote is written as `\"` or `""`. AWS's guide asks for `\"` and `\\`; pandas and
 * spreadsheets write `""`.
 */

/** A file that is not valid CSV; `line` is the 1-based line on which the wrong record begins. */
export class MalformedCsvError extends Error {
    override readonly name = "MalformedCsvError";
    readonly line: number;

    constructor(line: number, reason: string) {
        super(`line ${line}: ${reason}`);
        this.line = line;
    }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const CR = 0x0d;

type Place = "start of field" | "bare field" | "quoted field" | "after backslash" | "after closing quote";

/**
 * Creates a parser that calls `onRecord` with each record's fields and its first line. Empty lines are not records. A
 * chunk may begin and end anywhere in the text.
 */
export function createCsvParser(onRecord: (fields: string[], line: number) => void) {
    let place: Place = "start of field";
    let fields: string[] = [];
    let field = "";
    let line = 1;
    let recordLine = 1;

    const endField = () => {
        fields.push(field);
        field = "";
        place = "start of field";
    };
    const endRecord = () => {
        const empty = fields.length === 0 && field === "" && place !== "after closing quote";
        endField();
        if (!empty) onRecord(fields, recordLine);
        fields = [];
    };

    /** Parses the next chunk of text, and calls `onRecord` for each record that it completes. */
    const write = (text: string): void => {
        let from = 0;
        for (let at = 0; at < text.length; at++) {
            const char = text.charCodeAt(at);
            if (place === "quoted field") {
                if (char === QUOTE || char === BACKSLASH) {
                    field += text.slice(from, at);
                    from = at + 1;
                    place = char === QUOTE ? "after closing quote" : "after backslash";
                } else if (char === LF) line++;
                continue;
            }
            if (place === "after backslash") {
                // Only a quote or a backslash can be escaped. Before any other character, the backslash is text.
                if (char !== QUOTE && char !== BACKSLASH) field += "\\";
                if (char === LF) line++;
                from = at;
                place = "quoted field";
                continue;
            }
            if (place === "after closing quote" && char === QUOTE) {
                from = at;
                place = "quoted field";
            } else if (char === COMMA) {
                if (place === "bare field") field += text.slice(from, at);
                endField();
            } else if (char === LF) {
                if (place === "bare field") field += text.slice(from, at);
                if (place === "bare field" && field.endsWith("\r")) field = field.slice(0, -1);
                endRecord();
                recordLine = ++line;
            } else if (place === "after closing quote") {
                if (char !== CR) throw new MalformedCsvError(recordLine, "text follows a closing quote");
            } else if (place === "start of field") {
                place = char === QUOTE ? "quoted field" : "bare field";
                from = char === QUOTE ? at + 1 : at;
            } else if (char === QUOTE) {
                throw new MalformedCsvError(recordLine, "a quote is in the middle of an unquoted field");
            }
        }
        if (place === "bare field" || place === "quoted field") field += text.slice(from);
    };

    /**
     * Parses the end of the text: calls `onRecord` for a last record without a line end. Throws MalformedCsvError when
     * a quote is still open.
     */
    const end = (): void => {
        if (place === "quoted field" || place === "after backslash") {
            throw new MalformedCsvError(recordLine, "a quote is opened and never closed");
        }
        endRecord();
    };

    // Between two chunks, `field` keeps the text of an unfinished field, so the scan of the next chunk starts at index
    // 0.
    return { write, end };
}
