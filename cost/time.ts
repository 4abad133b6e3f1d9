/** Moments are milliseconds since 1970 here, and ISO 8601 in storage and output. */

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Personalize measures use in windows of five minutes (developer guide, "Creating a campaign"). */
export const window = 5 * minute;

/** Start of the window that a moment is in. */
export const windowOf = (at: number): number => Math.floor(at / window) * window;

/** Start of the hour that a moment is in. */
export const hourOf = (at: number): number => Math.floor(at / hour) * hour;

/** The month of a moment, in UTC as AWS bills it: `2026-11`. */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** The first moment of a month. */
export const startOf = (month: string): number => Date.parse(`${month}-01T00:00:00Z`);

/** ISO 8601 in UTC, of epoch milliseconds. */
export const iso = (at: number): string => new Date(at).toISOString();

/** For readers: `2026-11-25 17:40 UTC`. */
export const readable = (at: number): string => `${iso(at).slice(0, 16).replace("T", " ")} UTC`;

/** For names: `20261125T174012Z`. */
export const stamp = (at: number): string => iso(at).replace(/[-:]|\.\d+/g, "");
