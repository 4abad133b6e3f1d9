/** The genres that fit into a space, at least one, and the rest. No genre appears twice. `letters` is the space. */
export function shortened(
    genres: readonly string[],
    letters: number,
): { readonly shown: string[]; readonly rest: string[] } {
    const all = [...new Set(genres)];
    let used = 0;
    const count = all.findIndex((genre, place) => {
        used += genre.length + ", ".length;
        return place > 0 && used > letters;
    });
    return count === -1 ? { shown: all, rest: [] } : { shown: all.slice(0, count), rest: all.slice(count) };
}
