/** Letters without a Unicode decomposition, each with the plain letters that people type in its place. */
const plainLetters: Readonly<Record<string, string>> = {
    æ: "ae",
    ð: "d",
    đ: "d",
    ı: "i",
    ł: "l",
    ø: "o",
    œ: "oe",
    þ: "th",
};

/** The dots of an abbreviation: "E.T." is one word. */
const dots = /(?<=(?<![\p{L}\p{N}])\p{L})\./gu;

/**
 * Returns a text in the form that the search compares: lower case, without diacritics, apostrophes and punctuation,
 * words separated by one space. "L'été – Amélie" becomes "lete amelie". A text that has only signs, such as the title
 * "$", stays unchanged.
 */
export function folded(text: string): string {
    const lower = text.toUpperCase().toLowerCase();
    const plain = lower
        .normalize("NFKD")
        .replace(dots, "")
        .replace(/[\p{M}'’]/gu, "")
        .replace(/[æðđıłøœþ]/g, (letter) => plainLetters[letter] ?? letter);
    const words = plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    return words || lower.replace(/\s+/g, " ").trim();
}

/** Kinds of matches of a title, the best first. */
const ways = ["equal", "begins", "words begin", "inside words"] as const;
type Match = (typeof ways)[number];

/**
 * Creates a search over titles. Each word of the query must be in the title. The result has at most `count` numbers for
 * which `shows` is true; equal matches are in the order of the titles' numbers. All titles are one string, because it
 * needs less memory than many. The search for a usual word in 60,000 titles takes some milliseconds.
 */
export function titleIndex(
    titles: readonly string[],
): (query: string, count: number, shows?: (number: number) => boolean) => number[] {
    const starts = new Uint32Array(titles.length);
    let end = 1;
    const lines = titles.map((title, number) => {
        const line = folded(title);
        starts[number] = end;
        end += line.length + 1;
        return line;
    });
    const text = `\n${lines.join("\n")}\n`;

    return function search(query, count, shows = () => true) {
        const sought = folded(query);
        const words = sought.split(" ");
        const rarest = words.reduce((longest, word) => (word.length > longest.length ? word : longest));
        const numbersByMatch: Record<Match, number[]> = {
            equal: [],
            begins: [],
            "words begin": [],
            "inside words": [],
        };
        if (sought === "") return [];
        for (let at = text.indexOf(rarest); at !== -1; ) {
            const number = lastAtMost(starts, at);
            const lineEnd = text.indexOf("\n", at);
            const match = matchTitle(text.slice(starts[number], lineEnd), sought, words);
            if (match !== undefined && numbersByMatch[match].length < count && shows(number))
                numbersByMatch[match].push(number);
            at = text.indexOf(rarest, lineEnd);
        }
        return ways.flatMap((way) => numbersByMatch[way]).slice(0, count);
    };
}

function matchTitle(title: string, sought: string, words: readonly string[]): Match | undefined {
    if (title === sought) return "equal";
    if (title.startsWith(sought)) return "begins";
    if (!words.every((word) => title.includes(word))) return undefined;
    return words.every((word) => ` ${title}`.includes(` ${word}`)) ? "words begin" : "inside words";
}

/** Returns the index of the last number that is at most `wanted`. The numbers are in ascending order. */
function lastAtMost(numbers: Uint32Array, wanted: number): number {
    let [from, to] = [0, numbers.length - 1];
    while (from < to) {
        const middle = (from + to + 1) >> 1;
        if ((numbers[middle] as number) <= wanted) from = middle;
        else to = middle - 1;
    }
    return from;
}
