/** Checks whether a value is an object, or a list. Its members may have any type. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null;

/** Returns a value that is an object; an empty object for any other value. */
export const toRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Returns the keys of a table that has exactly the keys of its type. */
export const keysOf = <T extends object>(table: T) => Object.keys(table) as Extract<keyof T, string>[];

/** Returns a table with these keys, and the value that `value` returns for each. */
export const tableOf = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
    Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
