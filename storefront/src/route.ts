/** Where the reader is: all of it is in the address, so that a page can be sent to somebody. */
export type Page = "home" | "compare" | "status";

export interface Route {
    readonly page: Page;
    /** Whose lists are shown; nobody's on the first visit. */
    readonly viewer?: string;
    /** The film whose likes the page of comparison shows. */
    readonly like?: string;
}

/** Reads `location.hash`; what it does not know is the home page. */
export function parseRoute(hash: string): Route {
    const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
    const values = new URLSearchParams(query);
    const [viewer, like] = [values.get("viewer"), values.get("like")];
    return {
        page: path === "compare" || path === "status" ? path : "home",
        ...(viewer && { viewer: viewer.slice(0, 256) }),
        ...(like && { like: like.slice(0, 256) }),
    };
}

/** The hash that `parseRoute` reads as this. */
export function hashFor({ page, viewer, like }: Route): string {
    const values = new URLSearchParams({ ...(viewer && { viewer }), ...(like && { like }) }).toString();
    return `#/${page === "home" ? "" : page}${values && `?${values}`}`;
}
