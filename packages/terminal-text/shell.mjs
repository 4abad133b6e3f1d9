/**
 * Returns words as one line of a shell, each quoted where needed. Plain JavaScript, because the toolchain imports this
 * file before it installs anything.
 * @param {readonly string[]} words
 */
export const shell = (...words) =>
    words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
