import { invalidInput } from "../errors.ts";
import type { Clause, Condition, FilterExpression, Literal, Operand, Operator } from "./expression.ts";
import { invalidExpression, type Token, tokenize } from "./tokenize.ts";

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
        /** Moves past `text` if it comes next. */
        take(text: string): boolean {
            const there = is(text);
            if (there) next();
            return there;
        },
        expect(text: string): void {
            if (!is(text)) fail(text);
            next();
        },
        /** The word of `words` that comes next, in its spelling there. */
        oneOf<Word extends string>(words: readonly Word[]): Word {
            const found = words.find(is);
            if (found === undefined) return fail(words.join(" or "));
            next();
            return found;
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
    if (reader.current().kind === "placeholder") return { placeholder: reader.next().text };
    if (reader.take("CurrentItem")) {
        reader.expect(".");
        return { currentItem: readName(reader) };
    }
    return { literals: [readLiteral(reader)] };
}

function readList(reader: Reader): Operand {
    if (reader.take("*")) return { anything: true };
    if (reader.current().kind === "placeholder") return { placeholder: reader.next().text };
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
