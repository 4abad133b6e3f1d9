import { countNumbers, type Interactions } from "./histories.ts";

/** How the context of a request (such as DEVICE = phone) changes the scores of items. */
export interface Contexts {
    /** The context columns and their values, such as DEVICE and phone. `lifts` has one row for each of them. */
    readonly values: readonly (readonly [column: string, value: string])[];
    /** The factors by which the scores change: for each entry of `values`, a row with one factor for each item. */
    readonly lifts: Float32Array;
}

/** Maximum number of values of a column. The most common values are used. */
const MOST_VALUES = 50;
/**
 * Number of invented average events that are added to each item's own events (smoothing), so that a few events change
 * the factor little.
 */
const PRIOR = 10;

/**
 * Returns how much more frequent each value of each context column is in the events of each item than in all events.
 * Undefined without context columns.
 */
export function fitContexts(
    { contexts, items, itemIds }: Interactions,
    modelIds: readonly string[],
): Contexts | undefined {
    if (!contexts || Object.keys(contexts).length === 0) return undefined;
    const n = modelIds.length;
    const numbers = new Map(modelIds.map((itemId, number) => [itemId, number]));
    const place = Int32Array.from(itemIds, (itemId) => numbers.get(itemId) ?? -1);
    const placeOf = Int32Array.from(items, (item) => place[item] as number);
    const totals = new Float64Array(n);
    for (const item of placeOf) if (item >= 0) totals[item] = (totals[item] as number) + 1;
    const columns = Object.entries(contexts).map(([column, { words, numbers: wordOf }]) => {
        const counts = countNumbers(wordOf, words.length);
        const used = [...words.keys()].filter((word) => words[word] !== "" && (counts[word] as number) > 0);
        const common = used
            .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
            .slice(0, MOST_VALUES);
        const rowOf = new Int32Array(words.length).fill(-1);
        for (const [row, word] of common.entries()) rowOf[word] = row;
        const lifts = new Float32Array(common.length * n);
        for (let event = 0; event < wordOf.length; event++) {
            const [row, item] = [rowOf[wordOf[event] as number] as number, placeOf[event] as number];
            if (row >= 0 && item >= 0) lifts[row * n + item] = (lifts[row * n + item] as number) + 1;
        }
        for (const [row, word] of common.entries()) {
            const usual = (counts[word] as number) / wordOf.length;
            for (let item = 0; item < n; item++) {
                const together = lifts[row * n + item] as number;
                lifts[row * n + item] = (together + PRIOR * usual) / ((totals[item] as number) + PRIOR) / usual;
            }
        }
        return { lifts, values: common.map((word): [string, string] => [column, words[word] ?? ""]) };
    });
    const lifts = new Float32Array(columns.reduce((sum, column) => sum + column.lifts.length, 0));
    let at = 0;
    for (const column of columns) {
        lifts.set(column.lifts, at);
        at += column.lifts.length;
    }
    return { values: columns.flatMap(({ values }) => values), lifts };
}

/**
 * Multiplies scores in place by the factors for a request's context. Values that are not in the training data have no
 * effect.
 */
export function applyContext(
    scores: Float64Array,
    contexts: Contexts,
    context: Readonly<Record<string, string>>,
): void {
    for (const [row, [column, value]] of contexts.values.entries()) {
        if (context[column] !== value) continue;
        for (let item = 0; item < scores.length; item++) {
            scores[item] = (scores[item] as number) * (contexts.lifts[row * scores.length + item] as number);
        }
    }
}
