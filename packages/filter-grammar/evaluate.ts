import type { Clause, Condition, FilterExpression, Literal, Operator } from "./parse.ts";
import { FilterError, withoutEscapes } from "./tokens.ts";

/** An error in the values of a request's placeholders, or a value that its field cannot be compared with. */
export class FilterValueError extends Error {
    override readonly name = "FilterValueError";
}

/** A column of a dataset. Its Avro type is without `null`. */
export interface Column {
    name: string;
    type: string;
    /** Whether the column is a text of several values, separated by `|`. */
    categorical?: boolean;
}

/** The columns of a dataset group's Items and Users datasets; absent without such a dataset. */
export interface Columns<Field extends Column = Column> {
    items?: readonly Field[] | undefined;
    users?: readonly Field[] | undefined;
}

const numeric = ["int", "long", "float", "double"];

/** Returns whether values of an Avro type are compared as numbers. */
export const isNumeric = (type: string) => numeric.includes(type);

/** Returns a column's name without case and punctuation, which do not distinguish columns. */
export const plainName = (name: string) => name.replace(/[^A-Za-z0-9]/g, "").toUpperCase();

/** Returns the names of a clause's placeholders, without `$`. */
export function placeholderNames({ where, onlyIf }: Clause): string[] {
    return [...where.flat(), ...onlyIf].flatMap(({ operand }) =>
        "placeholder" in operand ? [operand.placeholder] : [],
    );
}

/** Returns the column of a condition, regardless of case. Throws FilterError if it does not exist. */
export function requireColumn<Field extends Column>(
    { dataset, field, at }: Condition,
    { items, users }: Columns<Field>,
): Field {
    const owner = dataset === "CurrentUser" ? "Users" : dataset;
    const columns = owner === "Users" ? users : items;
    if (!columns) throw new FilterError(at, `the dataset group has no ${owner} dataset`);
    const column = columns.find(({ name }) => plainName(name) === plainName(field));
    if (column) return column;
    const all = columns.map(({ name }) => name).join(", ");
    throw new FilterError(at, `the ${owner} dataset has no field ${field}; it has ${all}`);
}

/** Returns literals in the type of the column, such as numbers. Throws FilterValueError if that is impossible. */
export function checkLiterals(literals: Literal[], { name, type }: Column): Literal[] {
    if (!isNumeric(type)) return literals.map(String);
    return literals.map((literal) => {
        const value = Number(literal);
        if (literal !== "" && Number.isFinite(value)) return value;
        throw new FilterValueError(`${name} is a number (${type}), and cannot be compared with "${literal}".`);
    });
}

/**
 * A number, or the values of a text. A text in a categorical column has several values; any other text is one value.
 */
export type AttributeValue = number | string[];

/** The attributes of an item or a user, by column, without null values. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** What a filter reads of an item or a user. */
export type AttributeReader = Pick<Attributes, "get">;

/** A row as imported or streamed: values by column. */
export type RawAttributes = Record<string, string | number | boolean | null>;

/** Parses a value that is not empty by its column, so that filters can compare it. */
export const readAttribute = (text: string, { type, categorical }: Column): AttributeValue =>
    isNumeric(type) ? Number(text) : categorical ? text.split("|") : [text];

/** Parses a row by the columns of its dataset, so that filters can compare its values. */
export function readAttributes(raw: RawAttributes, fields: readonly Column[]): Attributes {
    const attributes = new Map<string, AttributeValue>();
    for (const column of fields) {
        const { name } = column;
        const value = Object.hasOwn(raw, name) ? raw[name] : null;
        if (value === null || value === undefined || value === "") continue;
        attributes.set(name, readAttribute(String(value), column));
    }
    return attributes;
}

/** The parsed `filterValues` of a request: literals by placeholder. */
type FilterValues = Map<string, Literal[]>;

/**
 * Parses `filterValues` for a filter: each value is a list of strings in double quotes or numbers, between commas.
 * Throws FilterValueError for any other text, and for a key that is not a placeholder of the filter
 * (case-sensitive). If a placeholder of an INCLUDE has no value, also throws FilterValueError. If a placeholder of
 * an EXCLUDE has no value, the EXCLUDE has no effect.
 */
export function readFilterValues(filter: FilterExpression, given: Record<string, string> = {}): FilterValues {
    const placeholders = new Set(filter.clauses.flatMap(placeholderNames));
    const unknown = Object.keys(given).find((key) => !placeholders.has(key));
    if (unknown !== undefined) {
        const all = [...placeholders].map((name) => `$${name}`).join(", ") || "none";
        throw new FilterValueError(`The filter has no placeholder $${unknown}; it has: ${all}`);
    }
    const needed = filter.clauses.filter(({ keep }) => keep === "INCLUDE").flatMap(placeholderNames);
    const missing = needed.find((name) => !Object.hasOwn(given, name));
    if (missing !== undefined)
        throw new FilterValueError(`The filter's placeholder $${missing} needs a value in filterValues.`);
    return new Map(Object.entries(given).map(([key, text]) => [key, readLiterals(key, text)]));
}

const literal = /\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?))\s*(,|$)/suy;

function readLiterals(key: string, text: string): Literal[] {
    const literals: Literal[] = [];
    let separator = ",";
    literal.lastIndex = 0;
    while (separator === ",") {
        const match = literal.exec(text);
        if (!match) {
            throw new FilterValueError(
                `The filterValues of $${key} must be strings in double quotes or numbers, between commas: "\\"Comedy\\",\\"Drama\\""`,
            );
        }
        const [, string, number] = match;
        literals.push(string === undefined ? Number(number) : withoutEscapes(string));
        separator = match[3] ?? "";
    }
    return literals;
}

/**
 * A clause whose placeholders are replaced by values. It tests either the attributes of an item or user, or the events
 * of a user.
 */
export interface BoundClause {
    keep: Clause["keep"];
    subject: Clause["subject"];
    /** Whether the clause compares with the item of the request (`CurrentItem`). */
    usesCurrentItem: boolean;
    /** Checks whether the clause applies to a user with these attributes; absent: the clause applies to every user. */
    appliesTo?: (user: AttributeReader | undefined) => boolean;
    /**
     * Checks whether the clause selects an item (or user), from the attributes of the item (or user) and of the
     * request's item.
     */
    item?: AttributeTest;
    /** Checks whether the clause selects the items of a user's events of this type, which is in lower case. */
    event?: (eventType: string) => boolean;
}

/**
 * Turns a filter that checkFilter accepted into predicates. Omits an EXCLUDE whose placeholder has no value. Throws
 * FilterValueError for a value that its field cannot be compared with.
 */
export function bindFilter(filter: FilterExpression, values: FilterValues, columns: Columns): BoundClause[] {
    return filter.clauses
        .filter((clause) => hasValues(clause, values))
        .map((clause) => {
            const { keep, where, onlyIf } = clause;
            const usesCurrentItem = where.flat().some(({ operand }) => "currentItem" in operand);
            const bound: BoundClause = { keep, subject: clause.subject, usesCurrentItem };
            if (where[0]?.[0]?.dataset === "Interactions") {
                const tests = where.map((all) => all.map((condition) => eventTest(condition, values)));
                bound.event = (eventType) => tests.some((all) => all.every((test) => test(eventType)));
            } else {
                const tests = where.map((all) => all.map((condition) => attributeTest(condition, values, columns)));
                bound.item = (item, current) => tests.some((all) => all.every((test) => test(item, current)));
            }
            if (onlyIf.length > 0) {
                const tests = onlyIf.map((condition) => attributeTest(condition, values, columns));
                bound.appliesTo = (user) => tests.every((test) => test(user));
            }
            return bound;
        });
}

type AttributeTest = (subject: AttributeReader | undefined, currentItem?: AttributeReader) => boolean;

/**
 * Checks whether a filter tests only the attributes of items, so that neither a user nor events are needed to apply it.
 */
export const testsOnlyItems = ({ clauses }: FilterExpression): boolean =>
    clauses.every(
        ({ subject, where, onlyIf }) =>
            subject === "ItemID" &&
            onlyIf.length === 0 &&
            where
                .flat()
                .every(
                    ({ dataset, operand }) =>
                        dataset === "Items" && !("currentItem" in operand) && !("mixed" in operand),
                ),
    );

/** Checks whether an INCLUDE clause selects a subject, or there is none, and no EXCLUDE clause selects the subject. */
export function passes(clauses: readonly BoundClause[], selects: (clause: BoundClause) => boolean): boolean {
    const included = clauses.filter(({ keep }) => keep === "INCLUDE");
    return (
        (included.length === 0 || included.some(selects)) &&
        !clauses.some((clause) => clause.keep === "EXCLUDE" && selects(clause))
    );
}

type Test<Subject> = (subject: Subject) => boolean;

const hasValues = ({ where, onlyIf }: Clause, values: FilterValues) =>
    [...where.flat(), ...onlyIf].every(({ operand }) => !("placeholder" in operand) || values.has(operand.placeholder));

/** Returns the values with which the condition compares an attribute; undefined for `*`, which stands for any value. */
function literalsOf({ operand }: Condition, values: FilterValues): Literal[] | undefined {
    if ("literals" in operand) return operand.literals;
    return "placeholder" in operand ? values.get(operand.placeholder) : undefined;
}

function eventTest(condition: Condition, values: FilterValues): Test<string> {
    const literals = literalsOf(condition, values);
    const negative = isNegative(condition.operator);
    if (literals === undefined || literals.includes("*")) return () => !negative;
    // Only event types are compared without regard to case.
    const types = new Set(literals.map((literal) => String(literal).toLowerCase()));
    return (eventType) => types.has(eventType) !== negative;
}

function attributeTest(condition: Condition, values: FilterValues, columns: Columns): AttributeTest {
    const column = requireColumn(condition, columns);
    const { operand } = condition;
    if ("currentItem" in operand) {
        const { name } = requireColumn({ ...condition, field: operand.currentItem }, columns);
        const compare = isNumeric(column.type) ? numberTest : wordTest;
        return (attributes, currentItem) => {
            const value = currentItem?.get(name) ?? [];
            const literals = Array.isArray(value) ? value : [value];
            return compare(condition.operator, literals as never)(attributes?.get(column.name));
        };
    }
    const literals = checkLiterals(literalsOf(condition, values) ?? [], column);
    if (literals.length > 1 && !condition.operator.endsWith("IN")) {
        throw new FilterValueError(
            `${column.name} ${condition.operator} takes one value, and is given ${literals.length}.`,
        );
    }
    const test = isNumeric(column.type)
        ? numberTest(condition.operator, literals as number[])
        : wordTest(condition.operator, literals as string[]);
    return (attributes) => test(attributes?.get(column.name));
}

const isNegative = (operator: Operator) => operator === "NOT IN" || operator === "!=";

/** Returns the test for the values of a text column. An item without a value passes only NOT IN and !=. */
function wordTest(operator: Operator, literals: string[]): Test<AttributeValue | undefined> {
    const wanted = new Set(literals);
    const negative = isNegative(operator);
    return (value) => (Array.isArray(value) && value.some((word) => wanted.has(word))) !== negative;
}

function numberTest(operator: Operator, literals: number[]): Test<AttributeValue | undefined> {
    const bound = literals[0] ?? Number.NaN;
    const compare = comparisons[operator];
    if (compare) return (value) => typeof value === "number" && compare(value, bound);
    const wanted = new Set<unknown>(literals);
    const negative = isNegative(operator);
    return (value) => wanted.has(value) !== negative;
}

const comparisons: Partial<Record<Operator, (value: number, bound: number) => boolean>> = {
    "<": (value, bound) => value < bound,
    "<=": (value, bound) => value <= bound,
    ">": (value, bound) => value > bound,
    ">=": (value, bound) => value >= bound,
};
