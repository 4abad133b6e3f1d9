import { nearest } from "terminal-text";

/**
 * The grammar of filter expressions (Developer Guide, "Filter expression structure and elements", read 2026-11-27).
 * Keywords and dataset names may have any case. The grammar, with a period after each rule.
 *
 *     expression = clause { "|" clause }.
 *     clause     = ("INCLUDE" | "EXCLUDE") ("ItemID" | "ActionID" | "UserID") "WHERE" conditions [ "IF" conditions ].
 *     conditions = condition { ("AND" | "OR") condition }.
 *     condition  = dataset "." field ( ["NOT"] "IN" list | comparison value ).
 */

/** A syntax error in an expression: its column, from 1, and the reason. */
export interface FilterFault {
    readonly column: number;
    readonly reason: string;
}

const datasets = ["Interactions", "Items", "Users", "Actions", "Action_Interactions", "CurrentUser"];
const subjects = ["ItemID", "ActionID", "UserID"];
const sign = /\s*(?:("(?:[^"\\]|\\.)*")|(\$\w+)|([A-Za-z_]\w*)|(-?\d+(?:\.\d+)?)(?![\w.])|([<>!]=|[=<>().,|*]))/suy;

interface Sign {
    readonly kind: "text" | "placeholder" | "word" | "number" | "symbol" | "end";
    readonly text: string;
    readonly column: number;
}

class Fault extends Error {
    readonly column: number;
    constructor(column: number, reason: string) {
        super(reason);
        this.column = column;
    }
}

/** A field in an expression. `CurrentUser` refers to the dataset Users, and `CurrentItem` to Items. */
export interface FilterField {
    readonly dataset: string;
    readonly field: string;
    /** The column of the field in the expression, from 1. */
    readonly column: number;
}

/** Parses a filter expression. Returns its fields, or its first syntax error. */
export function parseFilter(expression: string): FilterFault | readonly FilterField[] {
    try {
        const parser = new Parser(signsOf(expression));
        parser.expression();
        return parser.fields;
    } catch (error) {
        if (error instanceof Fault) {
            return { column: error.column, reason: error.message };
        }
        throw error;
    }
}

/** Returns the first syntax error of a filter expression; undefined if it is valid. */
export function filterFault(expression: string): FilterFault | undefined {
    const result = parseFilter(expression);
    return "reason" in result ? result : undefined;
}

const kindOf = ["text", "placeholder", "word", "number", "symbol"] as const;

function signsOf(expression: string): Sign[] {
    const signs: Sign[] = [];
    const end = expression.trimEnd().length;
    for (let at = 0; at < end; at = sign.lastIndex) {
        sign.lastIndex = at;
        const [whole, ...parts] = sign.exec(expression) ?? [];
        const index = parts.findIndex((part) => part !== undefined);
        const kind = kindOf[index];
        if (whole === undefined || kind === undefined) {
            const column = at + 1 + (/^\s*/.exec(expression.slice(at))?.[0].length ?? 0);
            throw new Fault(column, unreadable(expression.slice(column - 1)));
        }
        const text = parts[index] ?? "";
        signs.push({ kind, text, column: at + whole.length - text.length + 1 });
    }
    return [...signs, { kind: "end", text: "the end", column: end + 1 }];
}

function unreadable(rest: string): string {
    if (rest.startsWith('"')) {
        return "a text begins here, and its closing quote is missing";
    }
    return /^['“”‘’`]/u.test(rest)
        ? `a text needs straight double quotes ("…"), not ${rest[0]}`
        : `${rest.slice(0, 10)} does not belong into a filter expression`;
}

/** A parser in which each method reads the grammar rule of the same name. */
class Parser {
    private at = 0;
    private readonly signs: readonly Sign[];
    readonly fields: FilterField[] = [];
    constructor(signs: readonly Sign[]) {
        this.signs = signs;
    }

    expression(): void {
        do {
            this.clause();
        } while (this.takes("|"));
        if (this.next.kind !== "end") {
            this.fail("AND, OR, IF, | or the end");
        }
    }

    private clause(): void {
        this.word(["INCLUDE", "EXCLUDE"]);
        this.word(subjects);
        this.word(["WHERE"]);
        let first: string | undefined;
        this.conditions(({ text, column }) => {
            if (/^CurrentUser$/i.test(text)) {
                throw new Fault(column, "CurrentUser is allowed only after IF, at the end");
            }
            first ??= text.toLowerCase();
            if (text.toLowerCase() !== first) {
                throw new Fault(
                    column,
                    "all conditions after WHERE must be of one dataset. Join two expressions with |",
                );
            }
        });
        if (this.takes("IF")) {
            this.conditions(({ text, column }) => {
                if (!/^CurrentUser$/i.test(text)) {
                    throw new Fault(column, `IF takes only conditions of CurrentUser, not of ${text}`);
                }
            });
        }
    }

    private conditions(check: (dataset: Sign) => void): void {
        do {
            const dataset = this.word(datasets);
            check(dataset);
            this.field(dataset.text);
            this.condition();
        } while (this.takes("AND") || this.takes("OR"));
    }

    private condition(): void {
        const { column } = this.next;
        const not = this.takes("NOT");
        if (this.takes("IN")) {
            this.list(not ? column : undefined);
        } else if (not) {
            this.fail("IN");
        } else if (["=", "!=", "<", "<=", ">", ">="].some((symbol) => this.takes(symbol))) {
            const bracket = this.takes("(");
            this.value();
            if (bracket) {
                this.symbol(")");
            }
        } else {
            this.fail("IN, NOT IN, =, !=, <, <=, > or >=");
        }
    }

    /** Reads values in brackets, or a field of the current item. Personalize rejects a placeholder after NOT IN. */
    private list(notAt: number | undefined): void {
        if (/^CurrentItem$/i.test(this.next.text)) {
            this.value();
            return;
        }
        this.symbol("(");
        do {
            if (notAt !== undefined && this.next.kind === "placeholder") {
                throw new Fault(notAt, "NOT IN takes no placeholder. Use IN, and EXCLUDE for INCLUDE, or the reverse");
            }
            if (!this.takes("*")) {
                this.value();
            }
        } while (this.takes(","));
        this.symbol(")");
    }

    private value(): void {
        if (this.takes("CurrentItem")) {
            this.field("CurrentItem");
        } else if (["text", "number", "placeholder"].includes(this.next.kind)) {
            this.at++;
        } else {
            this.fail('a value such as "Comedy", 10 or $GENRE');
        }
    }

    private field(dataset: string): void {
        this.symbol(".");
        const { text: field, column } = this.next;
        this.one("word", "the name of a field");
        this.fields.push({ dataset, field, column });
    }

    private get next(): Sign {
        return this.signs[this.at] as Sign;
    }

    private takes(text: string): boolean {
        const { kind, text: given } = this.next;
        const taken = (kind === "word" || kind === "symbol") && given.toUpperCase() === text.toUpperCase();
        this.at += taken ? 1 : 0;
        return taken;
    }

    private word(allowed: readonly string[]): Sign {
        const { next } = this;
        if (allowed.some((word) => this.takes(word))) {
            return next;
        }
        const meant = next.kind === "word" ? nearest(next.text, allowed) : undefined;
        return this.fail(allowed.join(" or "), meant && `. Did you mean ${meant}?`);
    }

    private symbol(text: string): void {
        if (!this.takes(text)) {
            this.fail(text);
        }
    }

    private one(kind: Sign["kind"], wanted: string): void {
        if (this.next.kind !== kind) {
            this.fail(wanted);
        }
        this.at++;
    }

    private fail(wanted: string, hint = ""): never {
        throw new Fault(this.next.column, `${wanted} is expected, but found ${this.next.text.slice(0, 40)}${hint}`);
    }
}
