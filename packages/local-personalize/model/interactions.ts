/**
 * Interactions in columns, sorted by timestamp. Row `r` is user `userIds[users[r]]` with item `itemIds[items[r]]` at
 * `timestamps[r]` (epoch seconds). Ids are numbered by their first appearance.
 */
export interface Interactions {
    readonly userIds: readonly string[];
    readonly itemIds: readonly string[];
    readonly users: Int32Array;
    readonly items: Int32Array;
    readonly timestamps: Float64Array;
    /** The weight of each row's event, 1 on average over the event types; absent: all count equally. */
    readonly weights?: Float64Array;
    /** The context of each row's event, by column: the value of row `r` is `words[numbers[r]]`, "" for none. */
    readonly contexts?: Readonly<Record<string, { readonly words: readonly string[]; readonly numbers: Int32Array }>>;
}
