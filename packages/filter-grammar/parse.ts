import { FilterError, type Token, tokenize } from "./tokens.ts";

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
     * Groups of conditions, of which at least one must hold. In a group, all conditions must hold, because AND binds
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

/**
 * The right side of a comparison: literals (one, unless the operator is IN), any value (`*`), a placeholder, a field of
 * the current item, or a list of several values that are not all literals (`mixed`).
 */
type Operand =
    | { literals: Literal[] }
    | { anything: true }
    | { placeholder: string }
    | { currentItem: string }
    | { mixed: true };

const datasets = ["Interactions", "Items", "Users", "Actions", "Action_Interactions", "CurrentUser"];
const subjects = ["ItemID", "ActionID", "UserID"] as const;
const comparisons = ["=", "!=", "<", "<=", ">", ">="];

/**
 * Parses a filter expression by the developer guide's grammar: clauses between `|`, each
 * `INCLUDE|EXCLUDE ItemID WHERE <conditions> [IF <conditions of CurrentUser>]`. Keywords and dataset names may have any
 * case. Throws FilterError.
 *
 * @see https://docs.aws.amazon.com/personalize/latest/dg/creating-filter-expressions.html (read 2026-11-29)
 */
export function parseExpression(expression: string): FilterExpression {
    const reader = readTokens(tokenize(expression));
    const clauses = [readClause(reader)];
    while (reader.take("|")) clauses.push(readClause(reader));
    if (reader.current().kind !== "end") reader.fail("AND, OR, IF, | or the end");
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
    const fail = (wanted: string, allowed?: readonly string[]): never => {
        const { kind, text, at } = current();
        const shown = kind === "string" ? `"${text}"` : kind === "placeholder" ? `$${text}` : text;
        const word = allowed && kind === "word" ? { given: text, allowed } : undefined;
        throw new FilterError(at, `${wanted} is expected, but found ${shown.slice(0, 50)}`, { word });
    };
    const next = (): Token => {
        const token = current();
        if (token.kind !== "end") place++;
        return token;
    };
    return {
        current,
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
            if (word === undefined) return fail(words.join(" or "), words);
            next();
            return word;
        },
    };
}

function readClause(reader: Reader): Clause {
    const keep = reader.oneOf(["INCLUDE", "EXCLUDE"] as const);
    const subject = reader.oneOf(subjects);
    reader.oneOf(["WHERE"]);
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
    for (const { dataset, at } of where) {
        if (dataset === "CurrentUser") throw new FilterError(at, "CurrentUser is allowed only after IF, at the end");
        if (dataset !== where[0]?.dataset) {
            throw new FilterError(at, "all conditions after WHERE must be of one dataset. Join two expressions with |");
        }
    }
    for (const { dataset, at } of onlyIf) {
        if (dataset !== "CurrentUser")
            throw new FilterError(at, `IF takes only conditions of CurrentUser, not of ${dataset}`);
    }
}

function readCondition(reader: Reader): Condition {
    const { at } = reader.current();
    const dataset = reader.oneOf(datasets);
    reader.expect(".");
    const field = readName(reader);
    const { at: operatorAt } = reader.current();
    const operator = readOperator(reader);
    const operand = operator.endsWith("IN") ? readList(reader) : readCompared(reader);
    if (operator === "NOT IN" && "placeholder" in operand) {
        const { placeholder } = operand;
        const reason = "NOT IN takes no placeholder. Use IN, and EXCLUDE for INCLUDE, or the reverse";
        throw new FilterError(operatorAt, reason, { placeholder });
    }
    return { dataset, field, operator, operand, at };
}

function readName(reader: Reader): string {
    if (reader.current().kind !== "word") reader.fail("the name of a field");
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

/** Reads the one value of a comparison, with or without brackets. */
function readCompared(reader: Reader): Operand {
    const hasBracket = reader.take("(");
    const operand = readValue(reader);
    if (hasBracket) reader.expect(")");
    return operand;
}

/** Reads values in brackets, or a field of the current item with or without them. */
function readList(reader: Reader): Operand {
    if (!reader.take("(")) return readCurrentItem(reader) ?? reader.fail("(");
    const operands = [readElement(reader)];
    while (reader.take(",")) operands.push(readElement(reader));
    reader.expect(")");
    const [only, second] = operands;
    if (only && !second) return "literals" in only && only.literals[0] === "*" ? { anything: true } : only;
    const literals = operands.flatMap((operand) => ("literals" in operand ? operand.literals : []));
    return literals.length === operands.length ? { literals } : { mixed: true };
}

const readElement = (reader: Reader): Operand => (reader.take("*") ? { anything: true } : readValue(reader));

function readCurrentItem(reader: Reader): Operand | undefined {
    if (!reader.take("CurrentItem")) return undefined;
    reader.expect(".");
    return { currentItem: readName(reader) };
}

function readValue(reader: Reader): Operand {
    const currentItem = readCurrentItem(reader);
    if (currentItem) return currentItem;
    const { kind } = reader.current();
    if (kind !== "string" && kind !== "number" && kind !== "placeholder")
        return reader.fail('a value such as "Comedy", 10 or $GENRE');
    const { text } = reader.next();
    return kind === "placeholder" ? { placeholder: text } : { literals: [kind === "number" ? Number(text) : text] };
}
