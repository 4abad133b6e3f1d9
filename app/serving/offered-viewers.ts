import type { TablesDocument } from "../../data-prep/tables/document.ts";
import { knownViewers } from "../../data-prep/tables/viewers.ts";
import { frequentGenres } from "../api/genres.ts";
import type { HealthAnswer } from "../api/names.ts";

/** A viewer that the page offers. */
export type OfferedViewer = HealthAnswer["viewers"][number];

/**
 * Number of a viewer's newest items that determine the shown genres. The page requests as many, so that the API and the
 * page show the same genres.
 */
const newestShown = 50;

/**
 * Returns the viewers with a history in the tables, those of MovieLens first. Without public histories, returns only
 * those of MovieLens, because an ID may be an e-mail address.
 */
export function offeredViewers(
    { films, genreSets, histories = {} }: Pick<TablesDocument, "films" | "genreSets" | "histories">,
    publicHistories: boolean,
): OfferedViewer[] {
    const place = (id: string) => [...knownViewers, id].indexOf(id);
    return Object.entries(histories)
        .filter(([id]) => publicHistories || knownViewers.includes(id))
        .map(([id, { films: watched }]) => {
            const newest = watched.slice(0, newestShown);
            const genres = newest.map((item) => ({ genres: genreSets[films.genres[item] ?? -1] ?? [] }));
            return { id, genres: frequentGenres(genres), items: watched.length };
        })
        .sort((a, b) => place(a.id) - place(b.id));
}
