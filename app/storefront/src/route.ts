import { useEffect, useState } from "preact/hooks";

/** Where the reader is: all of it is in the address, so that a page can be sent to somebody. */
export type Page = "home" | "compare" | "status";

export interface Route {
    readonly page: Page;
    /** Whose lists are shown; nobody's on the first visit. */
    readonly viewer?: string;
    /** The film whose likes the page of comparison shows. */
    readonly like?: string;
    /** The film that lies over the page. */
    readonly film?: string;
}

const longestId = 256;

/** Reads `location.hash`; what it does not know is the home page. */
export function parseRoute(hash: string): Route {
    const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
    const values = new URLSearchParams(query);
    const ids = (["viewer", "like", "film"] as const).flatMap((name) => {
        const id = values.get(name);
        return id ? [[name, id.slice(0, longestId)] as const] : [];
    });
    return { page: path === "compare" || path === "status" ? path : "home", ...Object.fromEntries(ids) };
}

/** The hash that `parseRoute` reads as this. */
export function hashFor({ page, viewer, like, film }: Route): string {
    const values = new URLSearchParams({
        ...(viewer && { viewer }),
        ...(like && { like }),
        ...(film && { film }),
    }).toString();
    return `#/${page === "home" ? "" : page}${values && `?${values}`}`;
}

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
