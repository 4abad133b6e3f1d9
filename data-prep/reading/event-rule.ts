import { visible } from "terminal-text";
import { isEmpty, isNumber } from "../attributes/content.ts";
import { abbreviate } from "../values.ts";
import { requireColumn } from "./roles.ts";

/** A condition of `--event`, such as `rating >= 4`, and the type of the rows that match it. */
export interface EventCase {
    readonly column: string;
    readonly operator: Operator;
    readonly value: string;
    readonly type: string;
}

/** The parsed text of `--event`: cases in order, then the type of all other rows. An undefined type leaves them out. */
export interface EventCases {
    readonly cases: readonly EventCase[];
    readonly otherwise: string | undefined;
}

/** The event type of a row. */
export interface Decision {
    /** Event type; undefined if the rule leaves out the row. */
    readonly type: string | undefined;
    /**
     * The index of the case that matched the row; absent if the type comes from `else`, if no case matched, and without
     * a rule.
     */
    readonly matched?: number;
    /** Whether a column that a case compares is empty. */
    readonly isEmpty?: true;
    /** The column with an unusable text, and why it is unusable. */
    readonly problem?: readonly [column: number, reason: string];
}

/** Decides an interaction's event type from its row. */
export interface EventRule extends EventCases {
    /** The number of each case's column, counted from 0, in the order of the cases. */
    readonly columns: readonly number[];
    decide(value: (column: number) => string): Decision;
}

const comparisons = {
    ">=": (difference: number) => difference >= 0,
    "<=": (difference: number) => difference <= 0,
    ">": (difference: number) => difference > 0,
    "<": (difference: number) => difference < 0,
    "=": (difference: number) => difference === 0,
    "!=": (difference: number) => difference !== 0,
} as const;
type Operator = keyof typeof comparisons;
const operators = Object.keys(comparisons).join(", ");
/** Operators of other languages, each with the operator to use instead. */
const mistaken: Readonly<Record<string, Operator>> = { "=>": ">=", "=<": "<=", "==": "=", "<>": "!=" };

const token = /"[^"]*"|->|→|>=|<=|=>|=<|==|<>|!=|[<>=,;"]|(?:(?!->|!=)[^<>=,;"→])+/g;
/** Maximum length of a rule in characters. */
const longestRule = 10_000;
const eventType = /^[^"\\\p{Cc}]{1,256}$/u;

/**
 * Parses the text of `--event`: a type (`View`), or cases such as `rating >= 4 -> Like, else Watch`. A column or a
 * value that contains a sign of the grammar is in double quotes.
 *
 * @throws Error with the reason, the text, and a caret below the place.
 */
export function parseEventRule(text: string): EventCases {
    if (text.length > longestRule) {
        throw new Error(
            `The rule has ${text.length.toLocaleString("en-US")} characters, but at most ${longestRule.toLocaleString("en-US")} are allowed`,
        );
    }
    const tokens = [...text.matchAll(token)].flatMap(({ 0: symbol, index }) => {
        const at = index + symbol.length - symbol.trimStart().length;
        return symbol.trim() === "" ? [] : [{ text: symbol.trim(), at }];
    });
    let next = 0;
    const fail = (why: string, at = tokens[next]?.at ?? text.length): never => {
        const reason = text[at] === ";" ? "A comma separates two cases, not a semicolon" : why;
        const caret = " ".repeat([...visible(text.slice(0, at))].length);
        throw new Error(`${reason}:\n  ${visible(text)}\n  ${caret}^`);
    };
    const isWord = (each: string) => each !== "" && (/^"[^"]+"$/.test(each) || !/^(->|!=|[<>=,;"→])/.test(each));
    const word = (expected: string): string => {
        const each = tokens[next]?.text;
        if (each === undefined || !isWord(each)) return fail(`Expected ${expected}`);
        next += 1;
        return each.replaceAll('"', "");
    };
    const type = (): string => {
        const name = word("an event type");
        const at = tokens[next - 1]?.at;
        if (/(^|\s)else\s/.test(name)) fail("A case and a comma stand before else", at);
        return eventType.test(name) ? name : fail("An event type has 1 to 256 characters", at);
    };
    const readCase = (): EventCase => {
        const column = word("a column");
        const operator = tokens[next]?.text ?? "";
        if (mistaken[operator]) fail(`Write ${mistaken[operator]} for ${operator}`);
        if (!isOperator(operator)) return fail(`Expected one of ${operators}`);
        next += 1;
        const value = word("a value");
        if (isOrder(operator) && !isNumber(value)) fail(`${operator} compares numbers`, tokens[next - 1]?.at);
        const [comma, decimals] = [tokens[next]?.text, tokens[next + 1]?.text ?? ""];
        if (comma === "," && isNumber(value) && /^\d/.test(decimals)) fail("A decimal has a point, such as 4.5");
        if (!/^(->|→)$/.test(comma ?? "")) fail("Expected -> and the event type");
        next += 1;
        return { column, operator, value, type: type() };
    };

    if (tokens.length === 1) return { cases: [], otherwise: type() };
    const cases: EventCase[] = [];
    for (;;) {
        const [, last] = /^else\s+(\S.*)$/s.exec(tokens[next]?.text ?? "") ?? [];
        if (last !== undefined && cases.length > 0) {
            if (next + 1 < tokens.length) fail("Nothing follows the type of else", tokens[next + 1]?.at);
            return { cases, otherwise: eventType.test(last) ? last : fail("An event type has 1 to 256 characters") };
        }
        cases.push(readCase());
        if (next === tokens.length) return { cases, otherwise: undefined };
        if (tokens[next]?.text !== ",") fail("A comma separates two cases");
        next += 1;
    }
}

const isOperator = (text: string): text is Operator => Object.hasOwn(comparisons, text);
const isOrder = (operator: Operator) => operator !== "=" && operator !== "!=";

const inRule = (word: string) => (/[<>=,;!→]|->/.test(word) ? `"${word}"` : word);

/**
 * Returns the rule that keeps these event types of a column, and gives all other rows the type `otherwise`. If
 * `otherwise` is undefined, the rule leaves out the other rows.
 */
export const ruleOfTypes = (column: string, types: readonly string[], otherwise?: string): string =>
    [
        ...types.map((type) => `${inRule(column)} = ${inRule(type)} -> ${inRule(type)}`),
        ...(otherwise === undefined ? [] : [`else ${otherwise}`]),
    ].join(", ");

/** Returns the condition of a case as the user writes it in `--event`, without the event type. */
export const conditionText = ({ column, operator, value }: EventCase) => `${column} ${operator} ${value}`;

/**
 * Parses the text of the option `--event`, and returns one event type or a rule. The first case of a rule that matches
 * a row decides. A row that matches no case is left out if the rule has no `else`. An empty value matches no case.
 *
 * @throws Error for a text that `parseEventRule` refuses, and for a column that is not in `header`.
 */
export function compileEventRule(text: string, header: readonly string[]): string | EventRule {
    const { cases, otherwise } = parseEventRule(text);
    if (cases.length === 0 && otherwise !== undefined) return otherwise;
    const tests = cases.map((each) => ({
        ...each,
        at: requireColumn(each.column, header),
        wanted: Number(each.value),
    }));
    const decide = (value: (column: number) => string): Decision => {
        let empty: Pick<Decision, "isEmpty"> = {};
        for (const [matched, { at, operator, value: wantedText, wanted, type }] of tests.entries()) {
            const cell = value(at).trim();
            if (isEmpty(cell)) {
                empty = { isEmpty: true };
                continue;
            }
            const areNumbers = !Number.isNaN(wanted) && isNumber(cell);
            if (!areNumbers && isOrder(operator)) {
                const reason = `"${abbreviate(cell, 40)}" is not a number, and --event compares it by ${operator} ${wantedText}`;
                return { type: undefined, problem: [at, reason] };
            }
            const difference = areNumbers ? Number(cell) - wanted : Number(cell !== wantedText);
            if (comparisons[operator](difference)) return { type, matched, ...empty };
        }
        return { type: otherwise, ...empty };
    };
    return { cases, otherwise, columns: tests.map(({ at }) => at), decide };
}
