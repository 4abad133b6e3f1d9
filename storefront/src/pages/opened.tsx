import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Answered } from "../api.ts";
import { Drawer } from "../parts/drawer.tsx";
import { FilmDialog } from "../parts/film-dialog.tsx";
import type { Watched } from "../viewers.ts";
import type { FilmList, ListedFilm } from "../words.ts";

interface Opened {
    openFilm(film: ListedFilm, list: FilmList): void;
    openDetails(title: string, answered: Answered<FilmList> | undefined): void;
    /** The dialog that is open, if one is. */
    readonly dialog: ComponentChildren;
}

/** What lies over the rows: a film, or how a row was made. */
export function useOpened(
    watched: Watched,
    onWatch: (film: ListedFilm, recommendationId: string | undefined) => void,
): Opened {
    const [film, setFilm] = useState<{ readonly film: ListedFilm; readonly list: FilmList }>();
    const [details, setDetails] = useState<{ readonly title: string; readonly answered: Answered<FilmList> }>();
    return {
        openFilm: (opened, list) => setFilm({ film: opened, list }),
        openDetails: (title, answered) => answered && setDetails({ title, answered }),
        dialog: (
            <>
                {film && (
                    <FilmDialog
                        film={film.film}
                        recommendationId={film.list.recommendationId}
                        watched={watched.some(({ itemId }) => itemId === film.film.itemId)}
                        onWatch={(chosen, recommendationId) => {
                            setFilm(undefined);
                            onWatch(chosen, recommendationId);
                        }}
                        onClose={() => setFilm(undefined)}
                    />
                )}
                {details && <Drawer {...details} onClose={() => setDetails(undefined)} />}
            </>
        ),
    };
}
