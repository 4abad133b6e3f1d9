import { useEffect, useState } from "preact/hooks";
import { hashFor, parseRoute } from "./route.ts";

interface FilmInAddress {
    /** Of the film that lies over the page; undefined where none does. */
    readonly itemId: string | undefined;
    open(itemId: string): void;
    /** From a film that is open to another one; Back still leads to the page. */
    lead(itemId: string): void;
    close(): void;
}

const hashWith = (film: string | undefined) => {
    const { film: _, ...page } = parseRoute(location.hash);
    return hashFor({ ...page, ...(film !== undefined && { film }) });
};

/** The film that lies over the page stands in the address: it can be sent to somebody, and Back closes it. */
export function useFilmInAddress(): FilmInAddress {
    const [itemId, setItemId] = useState(() => parseRoute(location.hash).film);
    useEffect(() => {
        const read = () => {
            const { film } = parseRoute(location.hash);
            setItemId(film);
            if (film === undefined) history.scrollRestoration = "auto";
        };
        addEventListener("hashchange", read);
        return () => removeEventListener("hashchange", read);
    }, []);
    return {
        itemId,
        open(film) {
            // What is watched scrolls the page to the list that changes; the browser, coming back, must not scroll it away.
            history.scrollRestoration = "manual";
            history.pushState({ over: true }, "", hashWith(film));
            setItemId(film);
        },
        lead(film) {
            history.replaceState(history.state, "", hashWith(film));
            setItemId(film);
        },
        close() {
            setItemId(undefined);
            if (history.state?.over) history.back();
            else history.replaceState(null, "", hashWith(undefined));
        },
    };
}
