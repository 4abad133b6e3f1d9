import type { Interactions } from "./interactions.ts";

/** How the circumstances of a request change the scores of items. */
export interface Contexts {
    /** The column and value of each row of `lifts`. */
    readonly values: readonly (readonly [column: string, value: string])[];
    /** Factor of each item under each value, row by row. */
    readonly lifts: Float32Array;
}

/** Maximum number of values of a column, the most common ones. */
const MOST_VALUES = 50;
/** Number of events without the value that each item is assumed to have beside its own. */
const PRIOR = 10;

/**
 * Returns, for each value of each context column, how much likelier an event with an item has it than any event. Few
 * events change little. Undefined without such columns.
 */
export function fitContexts(
    { contexts, items, itemIds }: Interactions,
    modelIds: readonly string[],
): Contexts | undefined {
    if (!contexts || Object.keys(contexts).length === 0) return undefined;
    const numbers = new Map(modelIds.map((itemId, number) => [itemId, number]));
    const place = Int32Array.from(itemIds, (itemId) => numbers.get(itemId) ?? -1);
    const totals = new Float64Array(modelIds.length);
    for (const item of items)
        if ((place[item] ?? -1) >= 0) totals[place[item] as number] = (totals[place[item] as number] as number) + 1;
    const values: [string, string][] = [];
    const rows: Float32Array[] = [];
    for (const [column, { words, numbers: wordOf }] of Object.entries(contexts)) {
        const counts = new Float64Array(words.length);
        for (const word of wordOf) counts[word] = (counts[word] as number) + 1;
        const common = [...words.keys()].filter((word) => words[word] !== "" && (counts[word] as number) > 0);
        common.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
        for (const word of common.slice(0, MOST_VALUES)) {
            const together = new Float64Array(modelIds.length);
            wordOf.forEach((other, row) => {
                const item = place[items[row] as number] as number;
                if (other === word && item >= 0) together[item] = (together[item] as number) + 1;
            });
            const usual = (counts[word] as number) / wordOf.length;
            values.push([column, words[word] ?? ""]);
            rows.push(
                Float32Array.from(
                    together,
                    (count, item) => (count + PRIOR * usual) / ((totals[item] as number) + PRIOR) / usual,
                ),
            );
        }
    }
    const lifts = new Float32Array(rows.length * modelIds.length);
    for (const [index, row] of rows.entries()) lifts.set(row, index * modelIds.length);
    return { values, lifts };
}

/** Multiplies scores by the lifts of a request's context, in place. A value that the training did not have changes nothing. */
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
