import { asSeries, combine, functions, operators, type Series, type Value } from "./series.ts";

/** The series and periods that an expression can use. */
interface Metrics {
    /** Returns the series of a metric or expression; undefined for an unknown id. */
    series(id: string): Series | undefined;
    /** The ids of the metrics, but not of the expressions, for the function METRICS(). */
    readonly metricIds: readonly string[];
    /** The start of each period, in ascending order. */
    readonly periods: readonly number[];
}

const token = /"[^"]*"|'[^']*'|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|[<>=!]=|\S/g;
const comparisons = ["<", ">", "<=", ">=", "==", "!="];

/**
 * Calculates a metric math expression (CloudWatch User Guide, "Using math expressions with CloudWatch metrics").
 * Supports numbers, ids, `+ - * /`, parentheses, comparisons, METRICS and the functions of series.ts.
 * @throws Error with the expression and its unsupported part
 */
export function metricMath(expression: string, metrics: Metrics): Series {
    const tokens = [...expression.matchAll(token)].map(([match]) => match);
    let at = 0;
    const peek = () => tokens[at] ?? "";
    const fail = (what: string) => new Error(`metric math "${expression}": ${what}`);

    function take(wanted: string): void {
        if (peek() !== wanted) {
            throw fail(`"${wanted}" is missing ${peek() === "" ? "at its end" : `before "${peek()}"`}`);
        }
        at++;
    }

    function applied(operator: string, one: Value, other: Value): Value {
        const result = combine(operators[operator] as (a: number, b: number) => number, one, other);
        if (result === undefined) {
            throw fail(`"${operator}" accepts only numbers and single series`);
        }
        return result;
    }

    /** Parses a chain of operators with equal precedence, from left to right. */
    function chain(ranked: readonly string[], inner: () => Value): Value {
        let value = inner();
        while (ranked.includes(peek())) {
            value = applied(tokens[at++] as string, value, inner());
        }
        return value;
    }
    const product = () => chain(["*", "/"], factor);
    const total = () => chain(["+", "-"], product);
    const whole = () => chain(comparisons, total);

    function factor(): Value {
        const word = peek();
        at++;
        if (word === "(") {
            const inner = whole();
            take(")");
            return inner;
        }
        if (word === "[") {
            return list("]").map(single);
        }
        if (word === "-") {
            return applied("*", -1, factor());
        }
        if (/^\d/.test(word)) {
            return Number(word);
        }
        if (!/^\w/.test(word)) {
            throw fail(word === "" ? "it ends too early" : `"${word}" is not expected here`);
        }
        if (peek() === "(") {
            return call(word);
        }
        const series = word === "REPEAT" ? word : metrics.series(word);
        if (!series) {
            throw fail(`there is no metric or expression with id ${word}`);
        }
        return series;
    }

    function call(name: string): Value {
        take("(");
        if (name === "METRICS") {
            const part = peek() === ")" ? "" : (tokens[at++] as string).slice(1, -1);
            take(")");
            return metrics.metricIds.filter((id) => id.includes(part)).map((id) => single(metrics.series(id) ?? 0));
        }
        if (!Object.hasOwn(functions, name)) {
            throw fail(`the function ${name} is not supported by the local AWS`);
        }
        const result = functions[name]?.(list(")"), metrics.periods);
        if (result === undefined) {
            throw fail(`the arguments of ${name} are invalid`);
        }
        return result;
    }

    function list(end: string): Value[] {
        const members: Value[] = [];
        while (peek() !== end) {
            members.push(whole());
            if (peek() !== end) {
                take(",");
            }
        }
        take(end);
        return members;
    }

    function single(value: Value): Series {
        const series = asSeries(value, metrics.periods);
        if (!series) {
            throw fail("it is not a single series");
        }
        return series;
    }

    const result = single(whole());
    if (at < tokens.length) {
        throw fail(`"${peek()}" is not expected here`);
    }
    return result;
}
