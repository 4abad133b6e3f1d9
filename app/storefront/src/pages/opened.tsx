import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Answered } from "../api.ts";
import { Drawer } from "../parts/drawer.tsx";
import { FilmDialog } from "../parts/film-dialog.tsx";
import { useFilmInAddress } from "../route.ts";
import type { Watched } from "../viewers.ts";
import type { FilmList, ListedFilm } from "../words.ts";

interface Opened {
    openFilm(film: ListedFilm, list: FilmList): void;
    openDetails(title: string, answered: Answered<FilmList> | undefined): void;
    /** The open dialog, if there is one. */
    readonly dialog: ComponentChildren;
}

/** The dialog over the rows: a film, or the origin of a row. */
export function useOpened(
    watched: Watched,
    onWatch: (film: ListedFilm, recommendationId: string | undefined) => void,
): Opened {
    const { itemId, open, lead, close } = useFilmInAddress();
    const [chosen, setChosen] = useState<{ readonly film: ListedFilm; readonly from?: FilmList }>();
    const [details, setDetails] = useState<{ readonly title: string; readonly answered: Answered<FilmList> }>();
    const known = chosen?.film.itemId === itemId ? chosen : undefined;
    return {
        openFilm(film, from) {
            setChosen({ film, from });
            open(film.itemId);
        },
        openDetails: (title, answered) => answered && setDetails({ title, answered }),
        dialog: (
            <>
                {itemId !== undefined && (
                    <FilmDialog
                        itemId={itemId}
                        known={known?.film}
                        watched={watched.some((film) => film.itemId === itemId)}
                        onWatch={(film) => {
                            close();
                            onWatch(film, known?.from?.recommendationId);
                        }}
                        onLead={(film) => {
                            setChosen({ film });
                            lead(film.itemId);
                        }}
                        onClose={close}
                    />
                )}
                {details && <Drawer {...details} onClose={() => setDetails(undefined)} />}
            </>
        ),
    };
}
