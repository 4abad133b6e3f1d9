import { useEffect, useState } from "preact/hooks";

/** A view of the page. The address contains the whole route, so that viewers can share it. */
export type Page = "home" | "compare" | "status" | "missing";

export interface Route {
    readonly page: Page;
    /** The viewer whose lists the page shows; undefined at the first visit. */
    readonly viewer?: string;
    /** The item whose similar items the comparison shows. */
    readonly like?: string;
    /** The item in the open dialog. */
    readonly item?: string;
}

const longestId = 256;

/** Parses `location.hash`. An unknown path gives the page `missing`; an anchor such as `#main` gives the home page. */
export function parseRoute(hash: string): Route {
    const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
    const values = new URLSearchParams(query);
    const ids = (["viewer", "like", "item"] as const).flatMap((name) => {
        const id = values.get(name);
        return id ? [[name, id.slice(0, longestId)] as const] : [];
    });
    return { page: pageOf(path, hash), ...Object.fromEntries(ids) };
}

function pageOf(path: string, hash: string): Page {
    if (path === "compare" || path === "status") return path;
    return path !== "" && hash.startsWith("#/") ? "missing" : "home";
}

/** Returns the hash of a route. */
export function hashFor({ page, viewer, like, item }: Route): string {
    const values = new URLSearchParams({
        ...(viewer && { viewer }),
        ...(like && { like }),
        ...(item && { item }),
    }).toString();
    return `#/${page === "home" ? "" : page}${values && `?${values}`}`;
}

const hashWith = (item: string | undefined) => {
    const { item: _, ...page } = parseRoute(location.hash);
    return hashFor({ ...page, ...(item !== undefined && { item }) });
};

/**
 * Returns the item of the open dialog; undefined if none is open. The item is part of the address, so that viewers can share it, and the browser's
 * Back button closes the dialog.
 */
export function useItemInAddress() {
    const [itemId, setItemId] = useState(() => parseRoute(location.hash).item);
    useEffect(() => {
        const read = () => {
            const { item } = parseRoute(location.hash);
            setItemId(item);
            if (item === undefined) history.scrollRestoration = "auto";
        };
        addEventListener("hashchange", read);
        return () => removeEventListener("hashchange", read);
    }, []);
    return {
        itemId,
        open(item: string): void {
            // The page scrolls to the changed list after the viewer watches an item; the browser's scroll restoration
            // would undo this.
            history.scrollRestoration = "manual";
            history.pushState({ over: true }, "", hashWith(item));
            setItemId(item);
        },
        /** Moves from an open item to another one. The browser's Back button still leads to the page. */
        lead(item: string): void {
            history.replaceState(history.state, "", hashWith(item));
            setItemId(item);
        },
        close(): void {
            setItemId(undefined);
            if (history.state?.over) history.back();
            else history.replaceState(null, "", hashWith(undefined));
        },
    };
}
