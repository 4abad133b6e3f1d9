/** Moments are milliseconds since 1970 in this file, and ISO 8601 in storage and output. */

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/**
 * Length of a window in milliseconds: Personalize measures the TPS of a campaign as averages of five minutes (developer
 * guide, "Creating a campaign").
 */
export const window = 5 * minute;

/** Returns the start of the window that contains a moment. */
export const windowStart = (at: number): number => Math.floor(at / window) * window;

/** Returns the start of the hour that contains a moment. */
export const hourStart = (at: number): number => Math.floor(at / hour) * hour;

/** Returns the month of a moment, in UTC as on AWS's bill: `2026-11`. */
export const toMonth = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** Returns the first moment of a month. */
export const parseMonthStart = (month: string): number => Date.parse(`${month}-01T00:00:00Z`);

/** Formats epoch milliseconds as ISO 8601 in UTC. */
export const iso = (at: number): string => new Date(at).toISOString();

/** Formats a moment for readers: `2026-11-25 17:40 UTC`. */
export const readable = (at: number): string => `${iso(at).slice(0, 16).replace("T", " ")} UTC`;

/** Formats a moment for names: `20261125T174012Z`. */
export const stamp = (at: number): string => iso(at).replace(/[-:]|\.\d+/g, "");
