import { invalidInput, type ServiceError } from "../errors.ts";

/**
 * A parsed filter. An item passes if an INCLUDE clause selects it (or the filter has none), and no EXCLUDE clause does.
 */
export interface FilterExpression {
    clauses: Clause[];
}

export interface Clause {
    keep: "INCLUDE" | "EXCLUDE";
    subject: "ItemID" | "ActionID" | "UserID";
    /**
     * Groups of conditions. At least one group must hold. In a group, all conditions must hold, because AND binds
     * closer than OR.
     */
    where: Condition[][];
    /** Conditions on the current user that must all hold. Otherwise the clause has no effect. */
    onlyIf: Condition[];
}

export type Operator = "IN" | "NOT IN" | "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Condition {
    /** Name of the dataset in the condition, such as `Interactions`, `Items` or `CurrentUser`. */
    dataset: string;
    field: string;
    operator: Operator;
    operand: Operand;
    /** Position of the condition in the expression, from 1. */
    at: number;
}

export type Literal = string | number;

/** The right side of a comparison: literals (one, unless the operator is IN), any value (`*`), or a placeholder. */
type Operand = { literals: Literal[] } | { anything: true } | { placeholder: string } | { currentItem: string };

/** Returns the names of a clause's placeholders, without `$`. */
export function placeholdersOf({ where, onlyIf }: Clause): string[] {
    return [...where.flat(), ...onlyIf].flatMap(({ operand }) =>
        "placeholder" in operand ? [operand.placeholder] : [],
    );
}

/** A token of a filter expression; `at` is its position, from 1. The last token is always `end`. */
interface Token {
    kind: "word" | "number" | "string" | "placeholder" | "symbol" | "end";
    /** A string without its quotes, a placeholder without its `$`. */
    text: string;
    at: number;
}

const space = /\s*/y;
// No two alternatives begin with the same character, so the regular expression never backtracks.
const piece =
    /(?<word>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d+)?(?![\w.]))|"(?<string>(?:[^"\\]|\\.)*)"|\$(?<placeholder>\w+)|(?<symbol><=|>=|!=|[=<>().,|*])/suy;

/** Splits an expression into tokens, in linear time. Throws InvalidInputException for a text that is not a token. */
function tokenize(expression: string): Token[] {
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

/** Returns the text between the quotes; `\` escapes a quote or a backslash. */
export const withoutEscapes = (text: string) => text.replace(/\\(.)/gsu, "$1");

/** Returns the error for an expression: the service's text, followed by the emulator's explanation. */
export function invalidExpression(why: string, at?: number): ServiceError {
    const place = at === undefined ? "" : ` (character ${at})`;
    return invalidInput(`Could not create filter. Invalid Expression: ${why}${place}`);
}

const datasets = ["Interactions", "Items", "Users", "Actions", "Action_Interactions", "CurrentUser", "CurrentItem"];
const subjects = ["ItemID", "ActionID", "UserID"] as const;
const comparisons = ["=", "!=", "<", "<=", ">", ">="];

/**
 * Parses a filter expression by the guide's grammar: clauses between `|`, each
 * `INCLUDE|EXCLUDE ItemID WHERE <conditions> [IF <conditions of CurrentUser>]`. Keywords and dataset names may have any
 * case. Throws InvalidInputException with the error and the position of its character.
 */
export function parseFilter(expression: string): FilterExpression {
    const reader = readTokens(tokenize(expression));
    const clauses = [readClause(reader)];
    while (reader.take("|")) clauses.push(readClause(reader));
    reader.expectEnd();
    return { clauses };
}

type Reader = ReturnType<typeof readTokens>;

function readTokens(tokens: Token[]) {
    let place = 0;
    const current = (): Token => tokens[place] as Token;
    const is = (text: string) => {
        const { kind, text: given } = current();
        return (kind === "word" || kind === "symbol") && given.toUpperCase() === text.toUpperCase();
    };
    const fail = (wanted: string): never => {
        const { kind, text, at } = current();
        const shown =
            kind === "end" ? text : kind === "string" ? `"${text}"` : kind === "placeholder" ? `$${text}` : text;
        throw invalidExpression(`${wanted} is expected, but found ${shown.slice(0, 50)}`, at);
    };
    const next = (): Token => {
        const token = current();
        if (token.kind !== "end") place++;
        return token;
    };
    return {
        current,
        is,
        fail,
        next,
        /** Consumes the next token if it is `text`. */
        take(text: string): boolean {
            const there = is(text);
            if (there) next();
            return there;
        },
        expect(text: string): void {
            if (!is(text)) fail(text);
            next();
        },
        /**
         * Consumes the next token if it is one of `words` in upper or lower case, and returns that word as `words`
         * spells it.
         */
        oneOf<Word extends string>(words: readonly Word[]): Word {
            const word = words.find(is);
            if (word === undefined) return fail(words.join(" or "));
            next();
            return word;
        },
        expectEnd(): void {
            if (current().kind !== "end") fail("AND, OR, IF, | or the end");
        },
    };
}

function readClause(reader: Reader): Clause {
    const keep = reader.oneOf(["INCLUDE", "EXCLUDE"] as const);
    const subject = reader.oneOf(subjects);
    reader.expect("WHERE");
    const where: Condition[][] = [[readCondition(reader)]];
    for (;;) {
        if (reader.take("AND")) where.at(-1)?.push(readCondition(reader));
        else if (reader.take("OR")) where.push([readCondition(reader)]);
        else break;
    }
    const onlyIf: Condition[] = [];
    if (reader.take("IF")) {
        do onlyIf.push(readCondition(reader));
        while (reader.take("AND"));
    }
    checkDatasets(where.flat(), onlyIf);
    return { keep, subject, where, onlyIf };
}

function checkDatasets(where: Condition[], onlyIf: Condition[]): void {
    const first = where[0];
    for (const { dataset, at } of where) {
        if (dataset === "CurrentUser" || dataset === "CurrentItem") {
            throw invalidExpression(
                `${dataset} cannot be a condition of WHERE; conditions of CurrentUser follow IF`,
                at,
            );
        }
        if (dataset !== first?.dataset) {
            const why = `an expression has conditions of one dataset only, and this one has ${first?.dataset} and ${dataset}; join two with |`;
            throw invalidExpression(why, at);
        }
    }
    for (const { dataset, at } of onlyIf) {
        if (dataset !== "CurrentUser") throw invalidExpression("IF takes conditions of CurrentUser only", at);
    }
}

function readCondition(reader: Reader): Condition {
    const { at } = reader.current();
    const dataset = reader.oneOf(datasets);
    reader.expect(".");
    const field = readName(reader);
    const operator = readOperator(reader);
    if (operator !== "IN" && operator !== "NOT IN") {
        return { dataset, field, operator, operand: readValue(reader), at };
    }
    reader.expect("(");
    const operand = readList(reader);
    reader.expect(")");
    if (operator === "NOT IN" && "placeholder" in operand) {
        throw invalidInput(
            `Could not create filter. Invalid input symbol: $${operand.placeholder}. Placeholders are not allowed with NOT_IN operator.`,
        );
    }
    return { dataset, field, operator, operand, at };
}

function readName(reader: Reader): string {
    if (reader.current().kind !== "word") reader.fail("a field's name");
    return reader.next().text;
}

function readOperator(reader: Reader): Operator {
    if (reader.take("IN")) return "IN";
    if (reader.take("NOT")) {
        reader.expect("IN");
        return "NOT IN";
    }
    const { kind, text } = reader.current();
    if (kind !== "symbol" || !comparisons.includes(text)) reader.fail("IN, NOT IN, =, !=, <, <=, > or >=");
    return reader.next().text as Operator;
}

function readValue(reader: Reader): Operand {
    return readVariable(reader) ?? { literals: [readLiteral(reader)] };
}

/** Consumes a placeholder or a column of the current item, if that is the next token. */
function readVariable(reader: Reader): Operand | undefined {
    if (reader.current().kind === "placeholder") return { placeholder: reader.next().text };
    if (!reader.take("CurrentItem")) return undefined;
    reader.expect(".");
    return { currentItem: readName(reader) };
}

function readList(reader: Reader): Operand {
    const only = reader.take("*") ? { anything: true as const } : readVariable(reader);
    if (only) return only;
    const literals = [readLiteral(reader)];
    while (reader.take(",")) literals.push(readLiteral(reader));
    return literals.length === 1 && literals[0] === "*" ? { anything: true } : { literals };
}

function readLiteral(reader: Reader): Literal {
    const { kind } = reader.current();
    if (kind !== "string" && kind !== "number") reader.fail('a value, such as "Comedy", 10 or $GENRE');
    const { text } = reader.next();
    return kind === "number" ? Number(text) : text;
}
