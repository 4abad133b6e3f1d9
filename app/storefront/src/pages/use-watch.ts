import { useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { past } from "../data-words.ts";
import { announce } from "../parts/announcer.tsx";
import { spoken } from "../poster/lettering.ts";
import { lastRevision, type Watched, watchedBy, watchFilm } from "../viewers.ts";
import type { ListedFilm } from "../words.ts";

interface Watching {
    readonly watched: Watched;
    /** Revision of the last event; a list requested with it includes the event. */
    readonly since: number | undefined;
    readonly failure: { readonly error: ApiError; again(): void } | undefined;
    watch(film: ListedFilm, recommendationId: string | undefined): Promise<void>;
}

/** The films watched in this visit, and a function to watch more, for views that do not show the list's change. */
export function useWatch(viewer: string): Watching {
    const [watched, setWatched] = useState(() => watchedBy(viewer));
    const [since, setSince] = useState(() => lastRevision(viewer));
    const [failure, setFailure] = useState<Watching["failure"]>();
    const watch = async (film: ListedFilm, recommendationId: string | undefined) => {
        setFailure(undefined);
        try {
            const answer = await watchFilm(viewer, film, recommendationId);
            setWatched(answer.watched);
            setSince(answer.revision);
            announce(`You ${past} ${spoken(film.title)}.`);
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            setFailure({ error, again: () => void watch(film, recommendationId) });
        }
    };
    return { watched, since, failure, watch };
}
