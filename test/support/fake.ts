/** Returns an object with only these members of a type, for code that uses no others. */
export const fake = <T>(members: { readonly [Member in keyof T]?: unknown }): T => members as T;
