/** Reads all items of a list's pages, which a paginator of the SDK reads. */
export async function readPages<P, T>(
    pages: AsyncIterable<P>,
    items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
    return (await Array.fromAsync(pages)).flatMap((page) => items(page) ?? []);
}
