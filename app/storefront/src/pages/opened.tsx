import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Answered } from "../api.ts";
import type { Act } from "../data-words.ts";
import { Drawer } from "../parts/drawer.tsx";
import { FilmDialog } from "../parts/film-dialog.tsx";
import { useFilmInAddress } from "../route.ts";
import type { Watched } from "../viewers.ts";
import type { Origin } from "../why.ts";
import { type FilmList, type ListedFilm, unique } from "../words.ts";

interface Opened {
    /** Opens a film. `from` is the list that contains it, if any. */
    openFilm(film: ListedFilm, from?: Origin): void;
    openDetails(title: string, answered: Answered<FilmList> | undefined): void;
    /** The dialog that is open now, if any. */
    readonly dialog: ComponentChildren;
}

interface OpenedOptions {
    /** The words for the viewer in a sentence, such as "you". */
    readonly who: string;
    /** Films watched in this visit. */
    readonly watched: Watched;
    /** Films that the viewer watched, from the data. */
    readonly history?: readonly ListedFilm[];
    onWatch(film: ListedFilm, recommendationId: string | undefined, act: Act): void;
    /** Whether the dialog offers to refuse a film. Without a chosen viewer, it does not. */
    readonly refuses?: boolean;
}

/** Returns the dialog that is open over the rows of the page. It shows a film, or the origin of a row's list. */
export function useOpened({ who, watched, history = [], onWatch, refuses = false }: OpenedOptions): Opened {
    const { itemId, open, lead, close } = useFilmInAddress();
    const [chosen, setChosen] = useState<{ readonly film: ListedFilm; readonly from?: Origin }>();
    const [details, setDetails] = useState<{ readonly title: string; readonly answered: Answered<FilmList> }>();
    const current = chosen?.film.itemId === itemId ? chosen : undefined;
    return {
        openFilm(film, from) {
            setChosen({ film, ...(from && { from }) });
            open(film.itemId);
        },
        openDetails: (title, answered) => answered && setDetails({ title, answered }),
        dialog: (
            <>
                {itemId !== undefined && (
                    <FilmDialog
                        itemId={itemId}
                        listedFilm={current?.film}
                        done={watched.find((film) => film.itemId === itemId)?.done}
                        refuses={refuses}
                        why={{ who, origin: current?.from, watched: unique([...watched, ...history]) }}
                        onWatch={(film, act) => {
                            close();
                            onWatch(film, current?.from?.list.recommendationId, act);
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
