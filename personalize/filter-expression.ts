/** A text in quotes, a placeholder, a word, an operator, or any other sign. */
const token = /"(?:[^"\\]|\\.)*"|\$\w+|\w+|[<>!]=|\S/gsu;

/**
 * A filter expression in one spelling, for comparisons: words in upper case, and one space between two tokens. Texts in
 * quotes and placeholders stay, because Personalize distinguishes their case (Developer Guide, "Filter expressions").
 */
export const spellingOfFilter = (expression: string): string =>
    (expression.match(token) ?? []).map((one) => (/^["$]/.test(one) ? one : one.toUpperCase())).join(" ");
