/** The change of an item in a reloaded list. */
export type Mark = { readonly kind: "new" } | { readonly kind: "up" | "down"; readonly by: number };

export interface Changes<Item> {
    /** Changes by item ID. An item that did not move has no entry. */
    readonly marks: ReadonlyMap<string, Mark>;
    readonly arrived: number;
    readonly rose: number;
    readonly gone: readonly Item[];
}

/**
 * Compares a list with the previous one. Compares positions only among the items that are in both lists, so an item that
 * moves only because others arrive or leave counts as unmoved.
 */
export function changesBetween<Item extends { readonly itemId: string }>(
    before: readonly Item[],
    after: readonly Item[],
): Changes<Item> {
    const now = new Set(after.map(({ itemId }) => itemId));
    const stayed = before.filter(({ itemId }) => now.has(itemId)).map(({ itemId }) => itemId);
    const placeBefore = new Map(stayed.map((itemId, place) => [itemId, place]));
    const marks = new Map<string, Mark>();
    let [arrived, rose, place] = [0, 0, 0];
    for (const { itemId } of after) {
        const was = placeBefore.get(itemId);
        if (was === undefined) {
            marks.set(itemId, { kind: "new" });
            arrived += 1;
            continue;
        }
        if (was > place) rose += 1;
        if (was !== place) marks.set(itemId, { kind: was > place ? "up" : "down", by: Math.abs(was - place) });
        place += 1;
    }
    return { marks, arrived, rose, gone: before.filter(({ itemId }) => !now.has(itemId)) };
}

/**
 * Checks whether nothing changed in the list, or whether only this item left and another one took the last position.
 * The API leaves out a watched item immediately, before the campaign learns of the event.
 */
export function onlyLeft<Item extends { readonly itemId: string }>(
    { marks, arrived, gone }: Changes<Item>,
    itemId: string,
): boolean {
    const unmoved = [...marks.values()].every(({ kind }) => kind === "new");
    return unmoved && arrived <= gone.length && gone.every((item) => item.itemId === itemId);
}

/** Returns the changes as a sentence, such as "3 new, 5 moved up, 3 gone"; undefined without changes. */
export function changesInWords({ arrived, rose, gone }: Changes<unknown>): string | undefined {
    const parts = [
        arrived > 0 && `${arrived} new`,
        rose > 0 && `${rose} moved up`,
        gone.length > 0 && `${gone.length} gone`,
    ].filter((part) => part !== false);
    return parts.length > 0 ? parts.join(", ") : undefined;
}
