import { putEvents } from "./api.ts";
import { ofThisTab } from "./storage.ts";
import { remember, session, type Watched } from "./viewers.ts";
import type { ListedFilm } from "./words.ts";

const revisionKey = (viewer: string) => `revision:${viewer}`;

/** The revision that the viewer's last event in this visit was answered with. */
export function lastRevision(viewer: string): number | undefined {
    const kept = Number(ofThisTab.get(revisionKey(viewer)) ?? Number.NaN);
    return Number.isFinite(kept) ? kept : undefined;
}

/**
 * Tells the service that a viewer watches a film, which he chose from the list of that recommendation. Throws ApiError.
 */
export async function watchFilm(
    viewer: string,
    film: ListedFilm,
    recommendationId: string | undefined,
): Promise<{ readonly revision: number; readonly tracked: boolean; readonly watched: Watched }> {
    const { value } = await putEvents({
        userId: viewer,
        sessionId: session(),
        events: [
            {
                eventType: "Watch",
                itemId: film.itemId,
                sentAt: Math.floor(Date.now() / 1000),
                ...(recommendationId !== undefined && { recommendationId }),
            },
        ],
    });
    ofThisTab.set(revisionKey(viewer), String(value.revision));
    return { ...value, watched: remember(viewer, film) };
}
