/** Checks whether a value is an object, or a list. Its members may have any type. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null;

/** Returns a value that is an object; an empty object for any other value. */
export const toRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
