/**
 * The end of a denial's text if some attached policies have no document here. AWS has no such sentence: it has the
 * documents of all its policies.
 */
export const withoutDocumentNote = (names: readonly string[]): string =>
    names.map((name) => `; ${name} grants nothing, because this local AWS has no document of it`).join("");
