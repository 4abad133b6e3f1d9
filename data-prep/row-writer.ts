import type { TimeFormat } from "access-doctor/times";
import { visible } from "terminal-text";
import { createExtras } from "./attributes/content.ts";
import { createDetails } from "./attributes/event-items.ts";
import { headerFields, quoted } from "./avro.ts";
import { type BadRow, createBadRows } from "./bad-rows.ts";
import { createColumns } from "./columns.ts";
import { createTimeField, eventReader } from "./fields.ts";
import { createIdField, writtenAs } from "./id-field.ts";
import { remembering } from "./interner.ts";
import { type Decimals, withPoint } from "./numbers.ts";
import type { Decision, EventRule } from "./reading/event-rule.ts";
import type { Extra, Role } from "./reading/roles.ts";
import { noElement } from "./reading/rows-as-bytes.ts";
import { createScanner, delimiterName, type Scanner, unescaped } from "./reading/scan.ts";
import type { Table } from "./reading/table.ts";
import { createRepeats, hashText } from "./repeats.ts";
import { abbreviate } from "./values.ts";

const LF = 0x0a;
const CR = 0x0d;
/**
 * Maximum length in bytes of the event type and the punctuation that a row gets in the CSV. In addition, escapes can
 * double the length of the row itself.
 */
const longestAddition = 8192;

/** A table, and what data-prep found in its columns. */
export interface Plan {
    readonly table: Table;
    readonly roles: Readonly<Partial<Record<Role, number>>> & Readonly<Record<"user" | "item" | "time", number>>;
    /** Additional columns of the dataset. */
    readonly extras: readonly Extra[];
    readonly time: TimeFormat;
    /** The event type of all rows, a rule, or undefined for the event column's own text. */
    readonly event: string | EventRule | undefined;
    readonly decimals: Decimals;
    /** Columns that describe the item, as `detailColumns` returns them. */
    readonly details?: readonly (number | undefined)[];
}

export interface RowOptions {
    /** The latest time that is not in the future, epoch seconds. */
    readonly latest: number;
    /** Returns the id that is written for a user. */
    readonly hashUser?: ((id: string) => string) | undefined;
    /** Called for every bad row. */
    readonly onBad?: (row: BadRow) => void;
}

/** Creates the reader of a table's records. A record's values are valid until the next record is checked. */
function createRecordReader(
    plan: Plan,
    extraNames: readonly string[],
    { userNumbers, itemNumbers, spacedUsers, spacedItems, hashedUser }: ReturnType<typeof createColumns>,
    latest: number,
) {
    const { table, roles } = plan;
    const { dialect } = table;
    const scanner = createScanner(dialect);
    const plainUser = createIdField(userNumbers, dialect, spacedUsers);
    const user = hashedUser ? writtenAs(plainUser, hashedUser) : plainUser;
    const item = createIdField(itemNumbers, dialect, spacedItems);
    const time = createTimeField(plan.time, dialect, latest);
    const extraColumns = extraNames.map((name) => plan.extras.find((extra) => extra.name === name)?.column);
    const readEvent = eventReader(plan.event, roles.event ?? -1, dialect, plan.decimals);
    const textOf = remembering((bytes, from, to) => unescaped(bytes.toString("utf8", from, to), dialect));
    const { details = [] } = plan;
    /** `others` are the values of the additional columns, `details` those that describe the item. */
    const record = {
        event: { type: undefined } as Decision,
        value: "",
        others: [] as readonly string[],
        details: [] as readonly string[],
    };

    const textAt = (bytes: Buffer, column: number | undefined) => {
        if (column === undefined) return "";
        const text = textOf(bytes, scanner.bounds[2 * column] as number, scanner.bounds[2 * column + 1] as number);
        return withPoint(text, plan.decimals.get(column));
    };

    /** Checks the record. Returns its problem as [column, reason]; undefined for a valid record. */
    const check = (bytes: Buffer): readonly [number, string] | undefined => {
        if (scanner.problem) return [-1, scanner.problem];
        const { bounds, fields } = scanner;
        if (fields !== table.names.length) return [-1, fieldsProblem(table, bytes, scanner)];
        const wrongUser = user.read(bytes, bounds[2 * roles.user] as number, bounds[2 * roles.user + 1] as number);
        if (wrongUser) return [roles.user, `user id ${wrongUser}`];
        const wrongItem = item.read(bytes, bounds[2 * roles.item] as number, bounds[2 * roles.item + 1] as number);
        if (wrongItem) return [roles.item, `item id ${wrongItem}`];
        const wrongTime = time.read(bytes, bounds[2 * roles.time] as number, bounds[2 * roles.time + 1] as number);
        if (wrongTime) return [roles.time, wrongTime];
        record.event = readEvent(bytes, bounds);
        if (record.event.problem) return record.event.problem;
        if (roles.value !== undefined) {
            const value = textAt(bytes, roles.value);
            record.value = value;
            if (value !== "" && (value.length > 40 || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))) {
                return [roles.value, `event value "${abbreviate(value, 40)}" is not a number`];
            }
        }
        if (details.length > 0) record.details = details.map((column) => textAt(bytes, column));
        if (extraColumns.length === 0) return undefined;
        const others = extraColumns.map((column) => textAt(bytes, column));
        record.others = others;
        const wrong = others.findIndex((text) => /\p{Cc}/u.test(text));
        return wrong < 0 ? undefined : [extraColumns[wrong] as number, "has a control character"];
    };

    return { scanner, user, item, time, record, check };
}

/**
 * Creates the converter of records: it checks each one, writes the good ones, and counts. `extraNames` are the
 * additional columns of all tables.
 */
export function createRowWriter(
    hasValue: boolean,
    extraNames: readonly string[],
    { latest, hashUser, onBad }: RowOptions,
) {
    const extras = createExtras(extraNames);
    const collected = createColumns(hashUser);
    const newest = createDetails();
    const repeats = createRepeats(hasValue || extraNames.length > 0);
    const badRows = createBadRows(onBad);
    const types: { readonly name: string; readonly field: Buffer; rows: number }[] = [];
    const typeNumbers = new Map<string, number>();
    let [leftOut, emptyInRule, withoutElements] = [0, 0, 0];
    const matched: number[] = [];

    const internType = (name: string): number => {
        const typeNumber = typeNumbers.get(name);
        if (typeNumber !== undefined) return typeNumber;
        const number = types.push({ name, field: Buffer.from(`${quoted(name)},`), rows: 0 }) - 1;
        typeNumbers.set(name, number);
        return number;
    };

    const takerOf = (plan: Plan) => {
        const { table } = plan;
        const { scanner, user, item, time, record, check } = createRecordReader(plan, extraNames, collected, latest);
        let line = 0;
        let isHeader = table.hasHeader;

        /**
         * Converts the complete records of `bytes` into `out`, as far as they fit. Returns the position of the first
         * record that was not converted, the length of the output, and whether the output is full.
         */
        const take = (bytes: Buffer, start: number, out: Buffer) => {
            let [from, length] = [start, 0];
            while (from < bytes.length) {
                const end = scanner.next(bytes, from);
                if (end < 0) break;
                if (out.length - length < 2 * (end - from) + longestAddition)
                    return { end: from, length, isFull: true };
                const isElement = table.list !== undefined;
                if (isHeader) isHeader = false;
                else if (isElement && bytes[from] === noElement.charCodeAt(0)) withoutElements++;
                else if (!scanner.empty) {
                    const problem = check(bytes);
                    if (problem) badRows.add(table, line, bytes.subarray(from, end), problem);
                    else length = row(out, length);
                }
                // A carriage return says that the next row is of the same line.
                line += isElement && bytes[end - 2] === CR ? 0 : scanner.lines;
                from = end;
            }
            return { end: from, length, isFull: false };
        };

        /** Writes the checked record at `start` of the output. Returns where it ends. */
        const row = (out: Buffer, start: number): number => {
            const { event, value, others, details } = record;
            if (event.isEmpty) emptyInRule++;
            if (event.matched !== undefined) matched[event.matched] = (matched[event.matched] ?? 0) + 1;
            if (event.type === undefined) {
                leftOut++;
                return start;
            }
            const number = internType(event.type);
            const type = types[number] as (typeof types)[number];
            type.rows++;
            repeats.note(number, value === "" && others.length === 0 ? 0 : hashText([value, ...others].join("\0")));
            collected.add(user.numbered(), item.numbered(), time.seconds());
            if (details.length > 0) newest.note(item.numbered(), time.seconds(), details);
            let at = item.write(out, user.write(out, start));
            for (let index = 0; index < type.field.length; index++) out[at++] = type.field[index] as number;
            if (hasValue) at += out.write(`${value},`, at);
            at = time.write(out, at);
            if (others.length > 0) at += out.write(extras.fieldsOf(others), at);
            out[at++] = LF;
            return at;
        };

        return Object.assign(take, { line: () => line });
    };

    /**
     * Finds the rows that equal an earlier one, and removes them from the columns and counts. Returns their numbers in
     * ascending order. Call it once, after all rows.
     */
    const dropRepeats = (): Int32Array => {
        const repeated = repeats.find(collected.finish());
        collected.remove(repeated);
        for (const row of repeated) (types[repeats.typeOf(row)] as (typeof types)[number]).rows--;
        repeats.forget();
        return repeated;
    };
    const finish = () => ({
        /** The written rows. */
        columns: collected.finish(),
        /** What the events' columns say of their items; undefined without such columns. */
        items: newest.finish(collected.itemNumbers.ids),
        badRows: badRows.found,
        /** Number of rows for which the event rule gives no event type. */
        leftOut,
        /** Number of JSON objects whose list, such as `items` of `items[].item_id`, has no element. */
        withoutElements,
        /** Number of rows in which a column that the event rule compares is empty. */
        emptyInRule,
        /** Number of rows that each case of the event rule matches, in the order of the cases. */
        matched,
        /** Number of written rows of each event type. */
        eventTypes: Object.fromEntries(types.map(({ name, rows }) => [name, rows])),
        /** Columns of the CSV, in its order. */
        fields: [...headerFields(hasValue), ...extras.fields()],
    });
    return { takerOf, dropRepeats, finish, rows: collected.rows };
}

function fieldsProblem({ names, dialect, kind }: Table, bytes: Buffer, { fields, bounds }: Scanner): string {
    if (kind === "JSON lines" && bytes[bounds[0] as number] === 0) return "not a JSON object";
    const separated = delimiterName(dialect.delimiter).replace(/s$/, "");
    return `${fields} ${separated}-separated field${fields === 1 ? "" : "s"} instead of ${names.length} (${names.map(visible).join(", ")})`;
}
