import { invalidInput, type ServiceError } from "../errors.ts";

/** A token of a filter expression; `at` is its position, from 1. The last token is always `end`. */
export interface Token {
    kind: "word" | "number" | "string" | "placeholder" | "symbol" | "end";
    /** A string without its quotes, a placeholder without its `$`. */
    text: string;
    at: number;
}

const space = /\s*/y;
// Each alternative begins with another character, so the match never backtracks.
const piece =
    /(?<word>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d+)?(?![\w.]))|"(?<string>(?:[^"\\]|\\.)*)"|\$(?<placeholder>\w+)|(?<symbol><=|>=|!=|[=<>().,|*])/suy;

/** Splits an expression into tokens, in linear time. Throws InvalidInputException for a text that is not a token. */
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

/** The text between the quotes; `\` escapes a quote or a backslash. */
export const withoutEscapes = (text: string) => text.replace(/\\(.)/gsu, "$1");

/** The refusal of an expression: the service's text, followed by ours. */
export function invalidExpression(why: string, at?: number): ServiceError {
    const place = at === undefined ? "" : ` (character ${at})`;
    return invalidInput(`Could not create filter. Invalid Expression: ${why}${place}`);
}
