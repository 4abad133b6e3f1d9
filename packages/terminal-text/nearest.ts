import { distance } from "fastest-levenshtein";

/**
 * Returns the candidate that a misspelt word most likely means. Prefers a candidate that starts with the word;
 * otherwise the one with the smallest Levenshtein distance, ignoring case.
 * @returns undefined if more than two fifths of the word would have to change.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const lower = word.toLowerCase();
    const continues = candidates.filter((candidate) => lower.length > 3 && candidate.toLowerCase().startsWith(lower));
    if (continues.length === 1) return continues[0];
    const edits = (candidate: string) => distance(lower, candidate.toLowerCase());
    const [best] = candidates.toSorted((a, b) => edits(a) - edits(b));
    return best !== undefined && edits(best) <= 0.4 * word.length ? best : undefined;
}
