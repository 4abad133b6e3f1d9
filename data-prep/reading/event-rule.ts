import { columnOf } from "./roles.ts";

/** Decides an interaction's event type from its row. */
export interface EventRule {
    /** The columns that decide, from 0. */
    readonly columns: readonly number[];
    /** The type for the values of these columns; undefined leaves the row out. */
    typeOf(value: (column: number) => string): string | undefined;
}

/** Name, operator, value and type of `rating >= 4 -> Like`; undefined for another form. */
function conditionIn(text: string): readonly [string, string, string, string] | undefined {
    const operator = />=|<=|!=|[=<>]/.exec(text.slice(1));
    if (operator === null) return undefined;
    const at = operator.index + 1;
    const rest = text.slice(at + operator[0].length);
    const arrow = /→|->/.exec(rest);
    if (arrow === null) return undefined;
    const name = text.slice(0, at).trim();
    const wanted = rest.slice(0, arrow.index).trim();
    const type = rest.slice(arrow.index + arrow[0].length).trim();
    return name && wanted && type ? [name, operator[0], wanted, type] : undefined;
}

/**
 * Reads the text of `--event`: a type (`View`), or cases such as `rating >= 4 -> Like, else Watch`. Cases apply in
 * order; without `else` other rows are left out. Throws an Error that shows the form.
 */
export function eventRuleOf(text: string, header: readonly string[]): EventRule {
    const cases = text.split(",").map((each) => each.trim());
    const tests = cases.map((each, index) => {
        const last =
            /^else\s+(\S.*)$/.exec(each)?.[1] ?? (cases.length === 1 && !/[<>=→]/.test(each) ? each : undefined);
        if (last !== undefined && index === cases.length - 1)
            return { passes: () => true, type: typeNamed(last), column: [] };
        const found = conditionIn(each);
        if (!found) throw new Error(`--event: "${each}" is not like 'rating >= 4 -> Like, else Watch', or one type.`);
        const [name, operator, wanted, type] = found;
        const column = columnOf(name, header);
        return { passes: testOf(column, operator, wanted), type: typeNamed(type), column: [column] };
    });
    return {
        columns: [...new Set(tests.flatMap(({ column }) => column))],
        typeOf: (value) => tests.find(({ passes }) => passes(value))?.type,
    };
}

function testOf(column: number, operator: string, wanted: string) {
    const number = Number(wanted);
    const compare = (text: string) => {
        const both = text !== "" && !Number.isNaN(number) && !Number.isNaN(Number(text));
        if (both) return Number(text) - number;
        return operator === "=" || operator === "!=" ? Number(text !== wanted) : Number.NaN;
    };
    const passes: Readonly<Record<string, (difference: number) => boolean>> = {
        ">=": (difference) => difference >= 0,
        "<=": (difference) => difference <= 0,
        ">": (difference) => difference > 0,
        "<": (difference) => difference < 0,
        "=": (difference) => difference === 0,
        "!=": (difference) => difference !== 0,
    };
    const pass = passes[operator] as (difference: number) => boolean;
    return (value: (column: number) => string) => pass(compare(value(column)));
}

function typeNamed(text: string): string {
    const type = text.trim();
    if (!/^[^"\\\p{Cc}]{1,256}$/u.test(type)) throw new Error(`--event: "${type}" is not an event type.`);
    return type;
}
