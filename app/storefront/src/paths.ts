/** Number of films in a row. */
export const rowLength = 20;

/** Number of films in a page of a history. */
const historyLength = 50;

const query = (values: Record<string, string | number | undefined>) =>
    new URLSearchParams(
        Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    ).toString();

/** Returns the path of a viewer's list. `since` is the revision from the answer to the viewer's last event. */
export const picksPath = (viewer: string, since?: number) =>
    `recommendations/${encodeURIComponent(viewer)}?${query({ numResults: rowLength, since })}`;

/**
 * Returns the path of a page of a history. `nextToken` is from the page before; without it, the page has the newest
 * films.
 */
export const historyPath = (viewer: string, nextToken?: string) =>
    `history/${encodeURIComponent(viewer)}?${query({ limit: historyLength, nextToken })}`;

export const similarPath = (itemId: string) =>
    `similar/${encodeURIComponent(itemId)}?${query({ numResults: rowLength })}`;

export const popularPath = (genre?: string) => `popular?${query({ genre: genre || undefined, numResults: rowLength })}`;

export const trendingPath = `trending?${query({ numResults: rowLength })}`;

/** Returns the path of a search for films by words of their titles. */
export const searchPath = (words: string) => `items?${query({ query: words, numResults: rowLength })}`;

export const itemPath = (itemId: string) => `items/${encodeURIComponent(itemId)}`;
