import type { FilmListAnswer } from "../api/names.ts";

/** What a page may do: run and show what comes from its own place, and nothing that stands in the document itself. */
export const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
].join("; ");

/** Seconds that a browser keeps to HTTPS: a year. */
export const strictTransportSeconds = 31_536_000;

/** What goes with each file of the page, wherever it is served. */
export const pageHeaders = {
    "Content-Security-Policy": contentSecurityPolicy,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": `max-age=${strictTransportSeconds}`,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
} as const;

/** What goes with each answer of the API; a browser that opens one is to do nothing with it. */
export const apiHeaders = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": pageHeaders["Strict-Transport-Security"],
    "X-Content-Type-Options": "nosniff",
} as const;

/** Nobody keeps it. */
export const notKept = "no-store";

/** What is everybody's: a browser keeps it for minutes, a CDN for an hour, and shows it while it asks anew. */
export const everybodys = "public, max-age=300, s-maxage=3600, stale-while-revalidate=86400";

/** A file whose name changes with what is in it. */
export const hashedFile = "public, max-age=31536000, immutable";

/** A file that names the others: asked for again each time, and not sent again while it is the same. */
export const entryFile = "public, no-cache";

/**
 * A viewer's list, which no cache but his browser's may keep: the client changes the URL by `since` after an event. One that
 * stands in for the campaign's is kept a moment only, for the campaign may be back soon.
 */
export const viewersList = ({ reason }: Pick<FilmListAnswer, "reason">): string =>
    `private, max-age=${reason === undefined ? 30 : 5}`;
