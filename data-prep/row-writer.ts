import { type AvroField, escaped, quoted } from "./avro.ts";
import { type BadRow, createBadRows } from "./bad-rows.ts";
import { type Columns, createColumns } from "./columns.ts";
import { createExtras, headerFields } from "./extras.ts";
import type { WriteBytes } from "./files.ts";
import type { Numbering } from "./numbering.ts";
import type { EventRule } from "./reading/event-rule.ts";
import type { Extra, Role } from "./reading/roles.ts";
import { createScanner, type Scanner, unescaped } from "./reading/scan.ts";
import { delimiterName } from "./reading/sniff.ts";
import type { Table } from "./reading/table.ts";
import { type TimeFormat, timeReader } from "./reading/times.ts";
import { createRepeats, hashOf } from "./repeats.ts";
import { digitsIn, idNumber, idProblem, needsEscape, shown, timeProblem } from "./values.ts";

const LF = 0x0a;
const COMMA = 0x2c;
const QUOTE = 0x22;

/** A table and the understanding of its columns. */
export interface Plan {
    readonly table: Table;
    readonly roles: Readonly<Partial<Record<Role, number>>> & Readonly<Record<"user" | "item" | "time", number>>;
    /** Further columns of the dataset. */
    readonly extras: readonly Extra[];
    readonly time: TimeFormat;
    /** The event type of all rows, a rule, or undefined for the event column's own text. */
    readonly event: string | EventRule | undefined;
}

/** Result of a conversion. */
export interface ConvertResult {
    /** The written rows. */
    columns: Columns;
    badRows: { count: number; first: BadRow[] };
    /** Rows without an event type by the rule. */
    leftOut: number;
    /** Rows that equal an earlier one in all their values. */
    repeated: number;
    /** Written rows of each event type. */
    eventTypes: Record<string, number>;
    /** The CSV's columns, in its order. */
    fields: readonly AvroField[];
    /** SHA-256 of the written bytes, hexadecimal. */
    sha256: string;
}

export interface RowOptions {
    /** The latest time that is not in the future, epoch seconds. */
    readonly latest: number;
    /** Gets every bad row. */
    readonly onBad?: (row: BadRow) => void;
}

/**
 * Creates the converter of records: it checks each one, writes the good ones, and counts. `extraNames` are the further
 * columns of all tables.
 */
export function createRowWriter(hasValue: boolean, extraNames: readonly string[], { latest, onBad }: RowOptions) {
    const extras = createExtras(extraNames);
    const collected = createColumns();
    const { userNumbers, itemNumbers } = collected;
    const repeats = createRepeats(collected.columns);
    const badRows = createBadRows(onBad);
    const types = new Map<string, { readonly number: number; readonly field: Buffer; rows: number }>();
    let out = Buffer.alloc(0);
    let leftOut = 0;
    let repeated = 0;

    const typeOf = (name: string) => {
        const known = types.get(name);
        if (known) return known;
        const made = { number: types.size, field: Buffer.from(`${quoted(name)},`), rows: 0 };
        types.set(name, made);
        return made;
    };

    const takerOf = (plan: Plan) => {
        const { table, roles } = plan;
        const { dialect } = table;
        const scanner = createScanner(dialect);
        const readTime = timeReader(plan.time);
        const fixed = typeof plan.event === "string" ? plan.event : undefined;
        let line = 0;
        let isHeader = table.hasHeader;

        /** Converts the complete records of `bytes`; returns the start of the rest. */
        const take = async (bytes: Buffer, flush: WriteBytes): Promise<number> => {
            // A row grows by quotes, commas, escapes and its event type.
            if (out.length < bytes.length * 2 + 16_384) out = Buffer.alloc(bytes.length * 2 + 16_384);
            let length = 0;
            let from = 0;
            while (from < bytes.length) {
                const end = scanner.next(bytes, from);
                if (end < 0) break;
                if (isHeader) isHeader = false;
                else if (!scanner.empty) {
                    if (out.length - length < 2 * (end - from) + 8192) {
                        await flush(out.subarray(0, length));
                        length = 0;
                    }
                    const problem = check(bytes);
                    if (problem) badRows.add(table, line, bytes.subarray(from, end), problem);
                    else length = row(bytes, length);
                }
                line += scanner.lines;
                from = end;
            }
            if (length > 0) await flush(out.subarray(0, length));
            return from;
        };

        const extraColumns = extraNames.map((name) => plan.extras.find((extra) => extra.name === name)?.column);
        let timestamp = 0;
        let userNumber = -1;
        let itemNumber = -1;
        let type: string | undefined;
        /** Whether the time's own digits are not the written ones. */
        let rewritten = false;

        const text = (bytes: Buffer, column: number) => {
            const { bounds } = scanner;
            return unescaped(bytes.toString("utf8", bounds[2 * column], bounds[2 * column + 1]), dialect);
        };

        /** Reads the record into the variables above; returns its problem as [column, reason]. */
        const check = (bytes: Buffer): [number, string] | undefined => {
            if (scanner.problem) return [-1, scanner.problem];
            const { bounds, fields } = scanner;
            if (fields !== table.names.length) return [-1, fieldsProblem(table, bytes, scanner)];
            userNumber = idNumber(bytes, bounds[2 * roles.user] as number, bounds[2 * roles.user + 1] as number);
            itemNumber = idNumber(bytes, bounds[2 * roles.item] as number, bounds[2 * roles.item + 1] as number);
            if (userNumber < 0) {
                const wrong = idProblem(bytes, bounds[2 * roles.user] as number, bounds[2 * roles.user + 1] as number);
                if (wrong) return [roles.user, `user id ${wrong}`];
            }
            if (itemNumber < 0) {
                const wrong = idProblem(bytes, bounds[2 * roles.item] as number, bounds[2 * roles.item + 1] as number);
                if (wrong) return [roles.item, `item id ${wrong}`];
            }
            const [timeFrom, timeTo] = [bounds[2 * roles.time] as number, bounds[2 * roles.time + 1] as number];
            timestamp = plan.time === "s" ? digitsIn(bytes, timeFrom, timeTo, 10) : -1;
            rewritten = timestamp < 0;
            if (rewritten) {
                const written = text(bytes, roles.time).trim();
                const time = readTime(written);
                if (time === undefined) return [roles.time, timeProblem(written, plan.time)];
                timestamp = time;
            }
            if (timestamp > latest) {
                return [
                    roles.time,
                    `timestamp ${timestamp} is in the future (${new Date(timestamp * 1000).toISOString()})`,
                ];
            }
            if (timestamp < 0) return [roles.time, "timestamp is before 1970"];
            type = fixed;
            if (typeof plan.event === "function") type = plan.event((column) => text(bytes, column));
            else if (roles.event !== undefined && fixed === undefined) {
                const [from, to] = [bounds[2 * roles.event] as number, bounds[2 * roles.event + 1] as number];
                const wrong = idProblem(bytes, from, to);
                if (wrong) return [roles.event, `event type ${wrong}`];
                type = text(bytes, roles.event);
                if (/["\\]/.test(type))
                    return [roles.event, "event type has a quote or a backslash, which no filter can name"];
            }
            if (roles.value !== undefined) {
                const value = text(bytes, roles.value);
                if (value.length > 40 || (value !== "" && !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))) {
                    return [roles.value, `event value "${shown(value, 40)}" is not a number`];
                }
            }
            for (const column of extraColumns) {
                if (column !== undefined && /\p{Cc}/u.test(text(bytes, column)))
                    return [column, "has a control character"];
            }
            return undefined;
        };

        /** Writes the checked record at `start` of the output; returns its end. */
        const row = (bytes: Buffer, start: number): number => {
            if (type === undefined) {
                leftOut++;
                return start;
            }
            const { bounds } = scanner;
            const user = numberOf(userNumbers, bytes, roles.user, userNumber);
            const item = numberOf(itemNumbers, bytes, roles.item, itemNumber);
            const known = typeOf(type);
            const value = roles.value === undefined ? "" : text(bytes, roles.value);
            const others = extraColumns.map((column) => (column === undefined ? "" : text(bytes, column)));
            const values = value === "" && others.length === 0 ? undefined : [value, ...others].join("\0");
            const rest = values === undefined ? known.number : hashOf(values, known.number);
            if (repeats.isRepeat(user, item, timestamp, rest)) {
                repeated++;
                return start;
            }
            collected.add(user, item, timestamp);
            known.rows++;
            let at = id(bytes, roles.user, userNumber, start);
            at = id(bytes, roles.item, itemNumber, at);
            at += known.field.copy(out, at);
            if (hasValue) at += out.write(`${value},`, at);
            if (plan.time === "s" && !rewritten) {
                const to = bounds[2 * roles.time + 1] as number;
                for (let index = bounds[2 * roles.time] as number; index < to; index++)
                    out[at++] = bytes[index] as number;
            } else at += out.write(String(timestamp), at, "latin1");
            if (others.length > 0) at += out.write(extras.fieldsOf(others), at);
            out[at++] = LF;
            return at;
        };

        const numberOf = (numbers: Numbering, bytes: Buffer, column: number, value: number) =>
            value >= 0 ? numbers.ofValue(value) : numbers.ofText(text(bytes, column));

        const id = (bytes: Buffer, column: number, number: number, start: number): number => {
            const [from, to] = [scanner.bounds[2 * column] as number, scanner.bounds[2 * column + 1] as number];
            let at = start;
            out[at++] = QUOTE;
            if (number < 0 && needsEscape(bytes, from, to)) at += out.write(escaped(text(bytes, column)), at);
            else for (let index = from; index < to; index++) out[at++] = bytes[index] as number;
            out[at++] = QUOTE;
            out[at++] = COMMA;
            return at;
        };

        return Object.assign(take, { line: () => line });
    };

    const finish = () => ({
        columns: collected.finish(),
        badRows: badRows.found,
        leftOut,
        repeated,
        eventTypes: Object.fromEntries([...types].map(([name, { rows }]) => [name, rows])),
        fields: [...headerFields(hasValue), ...extras.fields()],
    });
    return { takerOf, finish, rows: () => collected.columns.rows };
}

function fieldsProblem({ names, dialect, kind }: Table, bytes: Buffer, { fields, bounds }: Scanner): string {
    if (kind === "JSON lines" && bytes[bounds[0] as number] === 0) return "not a JSON object";
    const separated = delimiterName(dialect.delimiter).replace(/s$/, "");
    return `${fields} ${separated}-separated field${fields === 1 ? "" : "s"} instead of ${names.length} (${names.join(", ")})`;
}
