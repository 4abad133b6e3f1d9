import { invalidInput, type ServiceError } from "../errors.ts";

/** A piece of a filter expression; `at` is its place, from 1 on. The last token is always `end`. */
export interface Token {
    kind: "word" | "number" | "string" | "placeholder" | "symbol" | "end";
    /** A string without its quotes, a placeholder without its `$`. */
    text: string;
    at: number;
}

const space = /\s*/y;
// Each alternative begins with another character, so no expression makes the match go back and forth.
const piece =
    /(?<word>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d+)?(?![\w.]))|"(?<string>(?:[^"\\]|\\.)*)"|\$(?<placeholder>\w+)|(?<symbol><=|>=|!=|[=<>().,|*])/suy;

/** Splits an expression into its pieces, in time proportional to its length. Throws InvalidInputException for what is none. */
export function tokenize(expression: string): Token[] {
    const tokens: Token[] = [];
    for (let at = skipSpace(expression, 0); at < expression.length; at = skipSpace(expression, piece.lastIndex)) {
        piece.lastIndex = at;
        const groups = piece.exec(expression)?.groups;
        if (!groups) throw invalidExpression(`what is ${expression.slice(at, at + 20)}?`, at + 1);
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

/** A string's text between its quotes, where `\` makes a quote or itself stand for itself. */
export const withoutEscapes = (text: string) => text.replace(/\\(.)/gsu, "$1");

/** The refusal of an expression: in the service's words, with ours behind them. */
export function invalidExpression(why: string, at?: number): ServiceError {
    const place = at === undefined ? "" : ` (character ${at})`;
    return invalidInput(`Could not create filter. Invalid Expression: ${why}${place}`);
}
