import type { FilmListAnswer } from "../api/names.ts";

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
