/** Maps the start of each period, in milliseconds since the epoch, to the value in this period. */
export type Series = ReadonlyMap<number, number>;

/** A value of metric math: a number for all periods, a series, or an array of series. */
export type Value = number | Series | readonly Series[];

type Operate = (a: number, b: number) => number;

/** The operators of metric math. A comparison returns 1 if true, otherwise 0. */
export const operators: Readonly<Record<string, Operate>> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "<": (a, b) => Number(a < b),
    ">": (a, b) => Number(a > b),
    "<=": (a, b) => Number(a <= b),
    ">=": (a, b) => Number(a >= b),
    "==": (a, b) => Number(a === b),
    "!=": (a, b) => Number(a !== b),
};

const isArray = (value: Value): value is readonly Series[] => Array.isArray(value);
const isSeries = (value: Value): value is Series => value instanceof Map;

/**
 * Converts a number to a series with that value in every period; returns a series unchanged, and undefined for any
 * other value.
 */
export function asSeries(value: Value, periods: readonly number[]): Series | undefined {
    return typeof value === "number" ? new Map(periods.map((at) => [at, value])) : isSeries(value) ? value : undefined;
}

/**
 * Applies an operator to two values. For two series, the result has only periods in which both have a value and the
 * result is finite.
 */
export function combine(operate: Operate, one: Value, other: Value): Value | undefined {
    if (typeof one === "number" && typeof other === "number") {
        return operate(one, other);
    }
    const at = (value: Value, period: number) =>
        isSeries(value) ? value.get(period) : typeof value === "number" ? value : undefined;
    const [first] = [one, other].filter(isSeries);
    if (!first || ![one, other].every((value) => isSeries(value) || typeof value === "number")) {
        return undefined;
    }
    const values = [...first.keys()].flatMap((period): [number, number][] => {
        const [a, b] = [at(one, period), at(other, period)];
        const result = a === undefined || b === undefined ? Number.NaN : operate(a, b);
        return Number.isFinite(result) ? [[period, result]] : [];
    });
    return new Map(values);
}

/** Adds series in each period in which at least one has a value. */
export function sumOf(all: readonly Series[]): Series {
    const sums = new Map<number, number>();
    for (const [at, value] of all.flatMap((series) => [...series])) sums.set(at, (sums.get(at) ?? 0) + value);
    return sums;
}

type Fn = (args: readonly Value[], periods: readonly number[]) => Value | undefined;

/** The supported functions of metric math. Each returns undefined for invalid arguments. */
export const functions: Readonly<Record<string, Fn>> = {
    SUM: ([of]) => (of !== undefined && isArray(of) ? sumOf(of) : undefined),
    /** Returns, in each period, the second argument if the first is not 0, otherwise the third. */
    IF([condition, yes, no], periods) {
        if (condition === undefined || yes === undefined || no === undefined) return undefined;
        const [wanted, a, b] = [condition, yes, no].map((value) => asSeries(value, periods));
        if (!wanted || !a || !b) return undefined;
        const chosen = [...wanted].map(([at, holds]) => [at, (holds === 0 ? b : a).get(at)] as const);
        return new Map(chosen.filter((pair): pair is [number, number] => pair[1] !== undefined));
    },
    /** Gives each missing period a number. */
    FILL([of, by], periods) {
        if (of === undefined || !isSeries(of) || typeof by !== "number") return undefined;
        return new Map([...periods.map((at) => [at, by] as const), ...of]);
    },
};
