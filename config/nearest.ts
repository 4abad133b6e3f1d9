/**
 * The candidate that a misspelt word most likely means. A candidate that continues the word wins; otherwise the one with
 * the fewest edits.
 *
 * @returns undefined if more than two fifths of the word would have to change.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const lower = word.toLowerCase();
    const continues = candidates.filter((candidate) => lower.length > 3 && candidate.toLowerCase().startsWith(lower));
    if (continues.length === 1) {
        return continues[0];
    }
    const counted = candidates.map((candidate) => ({ candidate, edits: edits(lower, candidate.toLowerCase()) }));
    const best = counted.toSorted((a, b) => a.edits - b.edits)[0];
    return best !== undefined && best.edits <= 0.4 * word.length ? best.candidate : undefined;
}

/** Insertions, deletions, substitutions and swaps of two neighbours that lead from one text to another. */
function edits(from: string, to: string): number {
    const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
    const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
    for (let row = 1; row <= from.length; row++) {
        const line = [row];
        rows.push(line);
        for (let column = 1; column <= to.length; column++) {
            const same = from[row - 1] === to[column - 1] ? 0 : 1;
            const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
            line.push(
                Math.min(
                    at(row - 1, column) + 1,
                    at(row, column - 1) + 1,
                    at(row - 1, column - 1) + same,
                    swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
                ),
            );
        }
    }
    return at(from.length, to.length);
}
