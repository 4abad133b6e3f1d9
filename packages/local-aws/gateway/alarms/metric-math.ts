import { asSeries, combine, functions, operators, type Series, type Value } from "./series.ts";

const token = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|[<>=!]=|\S/g;
const comparisons = ["<", ">", "<=", ">=", "==", "!="];

/**
 * Calculates a metric math expression (CloudWatch User Guide, "Using math expressions with CloudWatch metrics").
 * Supports what the program's alarms use: numbers, ids, `+ - * /`, parentheses, comparisons and the functions of
 * series.ts. `fetched` has the metrics by id, `periods` the start of each period in ascending order.
 * @throws Error with the expression and its unsupported part
 */
export function metricMath(
    expression: string,
    fetched: ReadonlyMap<string, Series>,
    periods: readonly number[],
): Series {
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
        if (/^\d/.test(word)) {
            return Number(word);
        }
        if (!/^\w/.test(word)) {
            throw fail(word === "" ? "it ends too early" : `"${word}" is not expected here`);
        }
        if (peek() === "(") {
            return call(word);
        }
        const series = fetched.get(word);
        if (!series) {
            throw fail(`there is no metric with id ${word}`);
        }
        return series;
    }

    function call(name: string): Value {
        take("(");
        if (!Object.hasOwn(functions, name)) {
            throw fail(`the function ${name} is not supported by the local AWS`);
        }
        const result = functions[name]?.(list(")"), periods);
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
        const series = asSeries(value, periods);
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
