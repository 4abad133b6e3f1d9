/** A word or phrase that CONTRIBUTING.md replaces, with the plain one. */
export interface Listed {
    readonly pattern: RegExp;
    readonly plain: string;
}

/** A name (`movie-recommender-notices`, `marks.ts`) is not a word of a sentence. */
const word = (words: string) => new RegExp(`(?<![-\\w/.:=$@\`"'])(?:${words})(?![-\\w/:=(\`"]|\\.\\w|'\\])`, "gi");

export const listed: readonly Listed[] = [
    { pattern: /(?<=^|[.!?:]\s|—\s)(?:What|Who|Whose|So|The same)(?=\s)/g, plain: "name the subject first" },
    { pattern: word("stands?|stood"), plain: "exists" },
    { pattern: word("(?:go|goes|going|gone|went) on(?: with)?"), plain: "resume, continue" },
    { pattern: word("tells?|told|telling"), plain: "notify, log, report" },
    { pattern: word("says?|said|saying"), plain: "log, report, state" },
    { pattern: word("so many"), plain: "limit, count" },
    { pattern: word("whoever|somebody|nobody"), plain: "caller, viewer, operator" },
    { pattern: /(?<!\bthere |`)\b(?:is|are) no\b(?! longer|`)/gi, plain: "is not a" },
    // Unicode's own term stays: byte order mark.
    { pattern: word("(?<!\\border )marks?"), plain: "state flag" },
    { pattern: word("brakes?"), plain: "limit enforcement" },
    { pattern: word("notices?"), plain: "notification" },
    { pattern: word("patience|patient"), plain: "resilience" },
    { pattern: word("mend|mends|mended|mending"), plain: "fix, repair" },
    { pattern: word("reckons?|reckoned|reckoning"), plain: "calculate, estimate" },
];

export interface Finding {
    readonly line: number;
    readonly found: string;
    readonly plain: string;
}

/** Listed words in a text that begins on `line` of its file. */
export function findWords(text: string, line: number): Finding[] {
    return listed.flatMap(({ pattern, plain }) =>
        [...text.matchAll(pattern)].map((match) => ({
            line: line + text.slice(0, match.index).split("\n").length - 1,
            found: match[0],
            plain,
        })),
    );
}

/** Sentences of more than 20 words. */
export function longSentences(text: string): string[] {
    const prose = text.replaceAll(/`[^`]*`/g, "code");
    return prose.split(/(?<=[.!?])\s+/).filter((sentence) => sentence.split(/\s+/).length > 20);
}
