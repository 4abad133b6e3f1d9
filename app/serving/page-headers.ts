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
