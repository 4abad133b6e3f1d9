const maxGenres = 3;

interface Genred {
    readonly genres: readonly string[];
}

/** Returns genres with the number of items that have them, the most frequent first. */
export function genreCounts(items: readonly Genred[]): (readonly [genre: string, items: number])[] {
    const counts = new Map<string, number>();
    for (const { genres } of items) {
        for (const genre of new Set(genres)) counts.set(genre, (counts.get(genre) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Returns at most three genres that at least two of the items have, the most frequent first. */
export function frequentGenres(items: readonly Genred[]): string[] {
    return genreCounts(items)
        .filter(([, count]) => count > 1)
        .slice(0, maxGenres)
        .map(([genre]) => genre);
}
