/** What became of a film in a list that was asked again. */
export type Mark = { readonly kind: "new" } | { readonly kind: "up" | "down"; readonly by: number };

export interface Changes<Film> {
    /** By item id; a film that stayed where it was has none. */
    readonly marks: ReadonlyMap<string, Mark>;
    readonly arrived: number;
    readonly rose: number;
    readonly gone: readonly Film[];
}

/**
 * Compares a list with the one before. A film that others merely made room for, or were pushed down by, did not move by
 * itself: places are counted among the films that both lists have.
 */
export function changesBetween<Film extends { readonly itemId: string }>(
    before: readonly Film[],
    after: readonly Film[],
): Changes<Film> {
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

/** The changes in a sentence, such as "3 new, 5 moved up, 3 gone"; undefined when there are none. */
export function changesInWords({ arrived, rose, gone }: Changes<unknown>): string | undefined {
    const parts = [
        arrived > 0 && `${arrived} new`,
        rose > 0 && `${rose} moved up`,
        gone.length > 0 && `${gone.length} gone`,
    ].filter((part) => part !== false);
    return parts.length > 0 ? parts.join(", ") : undefined;
}
