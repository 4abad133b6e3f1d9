/**
 * Returns a note for a denial's message if some attached policies have no document on this local AWS. On AWS there is
 * no such note, because AWS has the documents of all policies.
 */
export const withoutDocumentNote = (names: readonly string[]): string =>
    names.map((name) => `; ${name} grants nothing, because this local AWS has no document of it`).join("");
