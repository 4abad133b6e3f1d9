import { isWebOrigin } from "../../data-prep/catalogue.ts";
import type { ItemListAnswer } from "../api/names.ts";

/**
 * Returns the content security policy of the page: everything from its own origin, and nothing inline.
 *
 * @param imageOrigins web origins of the catalog's images, for example `https://cdn.shop.example`
 * @throws Error if one of them is no web origin, because its text could add a directive
 */
export function contentSecurityPolicy(imageOrigins: readonly string[]): string {
    const invalid = imageOrigins.find((origin) => !isWebOrigin(origin));
    if (invalid !== undefined) {
        throw new Error(`${JSON.stringify(invalid)} is no web origin, so the page's policy cannot name it.`);
    }
    return [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        ["img-src 'self' data:", ...imageOrigins].join(" "),
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ].join("; ");
}

/** HSTS max-age in seconds: one year. */
export const strictTransportSeconds = 31_536_000;

/**
 * Headers of each file of the page, in addition to its policy, wherever the page is hosted. Pages of other origins may
 * load the widget; no file has a secret.
 */
export const pageHeaders = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": `max-age=${strictTransportSeconds}`,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
} as const;

/** Headers of each API answer; a browser must not render it. */
export const apiHeaders = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": pageHeaders["Strict-Transport-Security"],
    "X-Content-Type-Options": "nosniff",
} as const;

/** Cache-Control for responses that no cache may store. */
export const notKept = "no-store";

/** Cache-Control for a viewer's history: no browser and no CDN may store it. */
export const historyKept = "private, no-store";

/**
 * Cache-Control for responses that are the same for all viewers: five minutes in a browser, one hour in a CDN, stale
 * during revalidation.
 */
export const everybodys = "public, max-age=300, s-maxage=3600, stale-while-revalidate=86400";

/**
 * Seconds for which browser and CDN keep a list that is the same for all viewers. They are few, so that a hidden item
 * disappears soon.
 */
export const everybodysSeconds = 30;

/** Cache-Control for lists that are the same for all viewers. */
export const everybodysLists = `public, max-age=${everybodysSeconds}`;

/** Headers of a viewer's responses: a browser that two viewers use must not show one of them the other's list. */
export const perViewer = { Vary: "Origin, Authorization" } as const;

/** Cache-Control for files with a content hash in their names. */
export const hashedFile = "public, max-age=31536000, immutable";

/** Cache-Control for files that refer to other files: a browser always revalidates them. */
export const entryFile = "public, no-cache";

/**
 * Returns Cache-Control for a viewer's list: only the viewer's browser may cache it. After an event, the client changes
 * `since` and so the URL. If the list has a `reason`, it does not come from the campaign as usual. The browser caches
 * such a list for only 5 seconds, because the campaign may soon be available again.
 */
export const viewersList = ({ reason }: Pick<ItemListAnswer, "reason">): string =>
    `private, max-age=${reason === undefined ? 30 : 5}`;
