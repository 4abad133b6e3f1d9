/** A syntax error of an expression, with its column, from 1. */
export class FilterError extends Error {
    override readonly name = "FilterError";
    readonly column: number;
    /** The word at that column, and the words that are allowed there, if only some are allowed. */
    readonly word: { readonly given: string; readonly allowed: readonly string[] } | undefined;
    /** The placeholder after NOT IN, if that is the error. */
    readonly placeholder: string | undefined;

    constructor(column: number, reason: string, { word, placeholder }: Partial<FilterError> = {}) {
        super(reason);
        this.column = column;
        this.word = word;
        this.placeholder = placeholder;
    }
}

/** A token of a filter expression; `at` is its position, from 1. The last token is always `end`. */
export interface Token {
    kind: "word" | "number" | "string" | "placeholder" | "symbol" | "end";
    /** A string without its quotes, a placeholder without its `$`. */
    text: string;
    at: number;
}

const space = /\s*/y;
// Each alternative begins with another character, so the regular expression never backtracks.
const piece =
    /(?<word>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d+)?(?![\w.]))|"(?<string>(?:[^"\\]|\\.)*)"|\$(?<placeholder>\w+)|(?<symbol><=|>=|!=|[=<>().,|*])/suy;

/** Splits an expression into tokens, in linear time. Throws FilterError for a text that is not a token. */
export function tokenize(expression: string): Token[] {
    const tokens: Token[] = [];
    for (let at = skipSpace(expression, 0); at < expression.length; at = skipSpace(expression, piece.lastIndex)) {
        piece.lastIndex = at;
        const groups = piece.exec(expression)?.groups;
        if (!groups) throw new FilterError(at + 1, unreadable(expression.slice(at)));
        const [kind, text] = Object.entries(groups).find(([, text]) => text !== undefined) as [Token["kind"], string];
        tokens.push({ kind, text: kind === "string" ? withoutEscapes(text) : text, at: at + 1 });
    }
    tokens.push({ kind: "end", text: "the end", at: expression.length + 1 });
    return tokens;
}

function skipSpace(expression: string, at: number): number {
    space.lastIndex = at;
    space.exec(expression);
    return space.lastIndex;
}

function unreadable(rest: string): string {
    if (rest.startsWith('"')) return "a text begins here, and its closing quote is missing";
    return /^['“”‘’`]/u.test(rest)
        ? `a text needs straight double quotes ("…"), not ${rest[0]}`
        : `${rest.slice(0, 10)} does not belong into a filter expression`;
}

/** Returns the text between the quotes; `\` escapes a quote or a backslash. */
export const withoutEscapes = (text: string) => text.replace(/\\(.)/gsu, "$1");
