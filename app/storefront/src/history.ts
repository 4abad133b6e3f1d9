import { useEffect, useState } from "preact/hooks";
import { publicHistories } from "./data-words.ts";
import { type Asked, useAnswer } from "./hooks.ts";
import { historyPath } from "./paths.ts";
import { needsToken } from "./sign-in.ts";
import { type History, type PastFilm, unique } from "./words.ts";

/**
 * Whether the API returns viewing histories to this page: the histories of all viewers, or the signed-in viewer's
 * history.
 */
export const showsHistories = publicHistories || needsToken;

/**
 * An empty list of films that all views share. The views do not render again, because the list is always the same
 * object.
 */
const none: readonly PastFilm[] = [];

/**
 * Returns the viewer's newest films that the API knows. The list is empty until they are loaded, and if the page may
 * not read them.
 */
export function useNewest(viewer: string): readonly PastFilm[] {
    return useAnswer<History>(showsHistories ? historyPath(viewer) : undefined).answered?.value.films ?? none;
}

interface Pages {
    /** Films of all requested pages, the newest first. */
    readonly films: readonly PastFilm[];
    /** The last page that the view requested. */
    readonly request: Asked<History>;
    /** Function that requests the next page; undefined after the last one. */
    readonly more: (() => void) | undefined;
}

/** Returns a viewer's history, page by page. */
export function useHistory(viewer: string): Pages {
    const [token, setToken] = useState<string>();
    const [films, setFilms] = useState<readonly PastFilm[]>([]);
    const request = useAnswer<History>(historyPath(viewer, token));
    const page = request.answered?.value;
    useEffect(() => {
        // If the viewer watches a film between two requests, both pages of the history contain the same film.
        if (page !== undefined) setFilms((before) => unique([...before, ...page.films]));
    }, [page]);
    const next = page?.nextToken;
    return { films, request, more: next === undefined ? undefined : () => setToken(next) };
}
