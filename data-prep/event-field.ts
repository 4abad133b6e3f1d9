import { remembering } from "./interner.ts";
import { withPoint } from "./reading/decimals.ts";
import type { Decision, EventRule } from "./reading/event-rule.ts";
import { type Dialect, unescaped } from "./reading/scan.ts";
import { idProblem } from "./values.ts";

/** A function that reads a record. `bounds` has the start and the end of each field. */
type ReadEvent = (record: Buffer, bounds: Int32Array) => Decision;

/**
 * Creates the function that reads a record's event type. The type is the same for all records, or a rule or a column
 * determines it. Columns in `commas` have decimal commas.
 */
export function eventReader(
    event: string | EventRule | undefined,
    column: number,
    dialect: Dialect,
    commas: ReadonlySet<number>,
): ReadEvent {
    const textOf = (record: Buffer, from: number, to: number) => unescaped(record.toString("utf8", from, to), dialect);
    const pointed = (record: Buffer, from: number, to: number, each: number) =>
        commas.has(each) ? withPoint(textOf(record, from, to)) : textOf(record, from, to);
    if (typeof event === "string") {
        const field = { type: event };
        return () => field;
    }
    if (event === undefined) {
        return atColumn(column, (record, from, to) => {
            const wrong = idProblem(record, from, to);
            if (wrong) return { type: undefined, problem: [column, `event type ${wrong}`] };
            const type = textOf(record, from, to);
            return /["\\]/.test(type) ? { type, problem: [column, unnameable] } : { type };
        });
    }
    const [only, ...others] = [...new Set(event.columns)];
    if (only !== undefined && others.length === 0) {
        return atColumn(only, (record, from, to) => event.decide(() => pointed(record, from, to, only)));
    }
    return (record, bounds) =>
        event.decide((each) => pointed(record, bounds[2 * each] as number, bounds[2 * each + 1] as number, each));
}

const unnameable = "event type has a quote or a backslash, which no filter can name";

/**
 * Reads the text of a column. Caches the result for each different text, because columns of event types and ratings
 * repeat a few texts.
 */
function atColumn(column: number, read: (record: Buffer, from: number, to: number) => Decision): ReadEvent {
    const remembered = remembering(read);
    return (record, bounds) => remembered(record, bounds[2 * column] as number, bounds[2 * column + 1] as number);
}
