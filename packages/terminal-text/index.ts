import { distance } from "fastest-levenshtein";

export {
    type AwsError,
    formatError,
    hasCode,
    hasName,
    isCredentials,
    isUnreachable,
    messageOf,
    oneLine,
    toError,
} from "./errors.ts";
export { shell } from "./shell.mjs";

/**
 * Returns the candidate that a misspelt word most likely means. Prefers a candidate that starts with the word;
 * otherwise the one with the smallest Levenshtein distance, ignoring case.
 * @returns undefined if more than two fifths of the word would have to change.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const lower = word.toLowerCase();
    const continues = candidates.filter((candidate) => lower.length > 3 && candidate.toLowerCase().startsWith(lower));
    if (continues.length === 1) return continues[0];
    const edits = (candidate: string) => distance(lower, candidate.toLowerCase());
    const [best] = candidates.toSorted((a, b) => edits(a) - edits(b));
    return best !== undefined && edits(best) <= 0.4 * word.length ? best : undefined;
}

// Unsafe characters: controls, format characters (direction of text, zero width), line separators, lone surrogates, and
// blanks that look like a space, such as a no-break space.
const unsafe = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;
const unit = (one: string) => (one === "\t" ? "\\t" : `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * Returns one line in which each terminal control character and each invisible character is replaced by its escape,
 * such as `\u001b`. JSON keeps its meaning, because it contains such characters only inside strings.
 */
export const visible = (line: string): string =>
    line.replaceAll(unsafe, (characters) => characters.split("").map(unit).join(""));

// Colours and weights of `util.styleText`, and line breaks. Other sequences can hide or replace text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins these sequences
const harmless = /(\x1b\[(?:[0-4]|2[2-4]|3\d|9[0-7])m|\n)/;

/** Returns lines for a terminal, like `visible`, but with colours. */
export const visibleLines = (text: string): string =>
    text
        .split(harmless)
        .map((part, at) => (at % 2 === 1 ? part : visible(part)))
        .join("");

type Write = (chunk: unknown, ...rest: unknown[]) => boolean;

/** Passes all later writes of texts to a stream through `change`. Returns the stream's original write. */
export function changeWrites(stream: NodeJS.WriteStream, change: (text: string) => string): Write {
    const write = stream.write.bind(stream) as Write;
    stream.write = (chunk: unknown, ...rest: unknown[]) =>
        write(typeof chunk === "string" ? change(chunk) : chunk, ...rest);
    return write;
}
