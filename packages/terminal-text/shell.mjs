/**
 * Joins words to one command line for a shell, and quotes each word that needs it. Plain JavaScript, because the
 * toolchain imports this file before it installs anything.
 * @param {readonly string[]} words
 */
export const shell = (...words) =>
    words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
