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
