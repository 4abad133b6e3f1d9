import {
    type Clause,
    type Condition,
    FilterError,
    type FilterExpression,
    type Literal,
    parseExpression,
} from "filter-grammar";
import { type Field, plainName } from "../control/avro.ts";
import { invalidInput, limitExceeded, notEmulated, type ServiceError } from "../errors.ts";

/** Parses a filter expression. Throws InvalidInputException with the error and the position of its character. */
export function parseFilter(expression: string): FilterExpression {
    try {
        return parseExpression(expression);
    } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        const { message, column, placeholder } = error;
        if (placeholder === undefined) throw invalidExpression(message, column);
        throw invalidInput(
            `Could not create filter. Invalid input symbol: $${placeholder}. Placeholders are not allowed with NOT_IN operator.`,
        );
    }
}

/** Returns the error for an expression: the service's text, followed by the emulator's explanation. */
function invalidExpression(why: string, at?: number): ServiceError {
    const place = at === undefined ? "" : ` (character ${at})`;
    return invalidInput(`Could not create filter. Invalid Expression: ${why}${place}`);
}

/** Returns the names of a clause's placeholders, without `$`. */
export function placeholderNames({ where, onlyIf }: Clause): string[] {
    return [...where.flat(), ...onlyIf].flatMap(({ operand }) =>
        "placeholder" in operand ? [operand.placeholder] : [],
    );
}

/** The columns of a dataset group's Items and Users datasets; absent without such a dataset. */
export interface Columns {
    items?: Field[] | undefined;
    users?: Field[] | undefined;
}

const mostFields = 10;
const longestPlaceholder = 50;
const numeric = ["int", "long", "float", "double"];

/**
 * Checks an expression against the existing columns. Throws InvalidInputException for a field that does not exist or
 * that filters cannot use, and for a value of another type than its field. Throws LimitExceededException for more than
 * 10 distinct fields. Returns the fields, such as `Items.GENRES`.
 */
export function checkFilter(filter: FilterExpression, columns: Columns): string[] {
    const [first, ...others] = filter.clauses.map(({ subject }) => subject);
    if (others.some((subject) => subject !== first)) {
        throw invalidExpression("all clauses must have the same subject, such as ItemID");
    }
    for (const clause of filter.clauses) checkClause(clause, columns);
    const conditions = filter.clauses.flatMap(({ where, onlyIf }) => [...where.flat(), ...onlyIf]);
    const fields = [...new Set(conditions.map(({ dataset, field }) => `${dataset}.${plainName(field)}`))];
    if (fields.length > mostFields) {
        throw limitExceeded(
            `A filter can have at most ${mostFields} distinct fields, and this one has ${fields.length}.`,
        );
    }
    return fields;
}

function checkClause(clause: Clause, columns: Columns): void {
    const { subject } = clause;
    if (subject === "ActionID") throw notEmulated("A filter of ActionID");
    const long = placeholderNames(clause).find((name) => name.length > longestPlaceholder);
    if (long !== undefined) {
        throw invalidExpression(`the placeholder $${long} is longer than ${longestPlaceholder} characters`);
    }
    for (const condition of clause.where.flat()) {
        const { dataset, operand, at } = condition;
        if ("mixed" in operand) throw notEmulated("A list with several placeholders");
        const own = subject === "ItemID" ? "Items" : "Users";
        if (dataset === "Interactions") checkEventCondition(condition);
        else if (dataset === own) checkAttributeCondition(condition, columns);
        else throw invalidExpression(`${subject} can be filtered by Interactions or ${own}, and not by ${dataset}`, at);
    }
    if (subject === "UserID" && clause.onlyIf.length > 0) {
        throw invalidExpression(
            "IF is for filters of ItemID: those of UserID have no current user",
            clause.onlyIf[0]?.at,
        );
    }
    for (const condition of clause.onlyIf) checkAttributeCondition(condition, columns);
}

/** Checks a condition on events: filters can use only the event type of interactions (Developer Guide). */
function checkEventCondition({ field, operator, operand, at }: Condition): void {
    if (plainName(field) !== "EVENTTYPE") {
        throw invalidExpression(`of Interactions only EVENT_TYPE can be filtered by, and not ${field}`, at);
    }
    if (!["IN", "NOT IN", "=", "!="].includes(operator)) {
        throw invalidExpression(`an event type cannot be compared by ${operator}`, at);
    }
    if ("currentItem" in operand) throw invalidExpression("CurrentItem is for conditions of Items", at);
}

function checkAttributeCondition(condition: Condition, columns: Columns): void {
    const { dataset, field, operator, operand, at } = condition;
    const { name, type, textual } = requireColumn(condition, columns);
    if (type === "boolean" || textual) {
        const what = textual ? "textual" : "of type boolean";
        throw invalidExpression(`${dataset}.${field} is ${what}, and filters cannot use that`, at);
    }
    if ("anything" in operand) throw invalidExpression("* is for Interactions.EVENT_TYPE only", at);
    if (!isNumeric(type) && /[<>]/.test(operator)) {
        throw invalidExpression(`${dataset}.${name} is a string, which ${operator} cannot compare`, at);
    }
    if ("currentItem" in operand) checkCurrentItem(condition, operand.currentItem, columns);
    if ("literals" in operand) checkLiterals(operand.literals, { name, type });
}

/**
 * Checks a condition that compares a column of each item with a column of the item in a related-items request
 * (`CurrentItem`). Both columns must be numbers, or both texts.
 */
function checkCurrentItem(condition: Condition, field: string, columns: Columns): void {
    const { dataset, at } = condition;
    if (dataset !== "Items") throw invalidExpression("CurrentItem is for conditions of Items", at);
    const [own, other] = [requireColumn(condition, columns), requireColumn({ ...condition, field }, columns)];
    if (isNumeric(own.type) !== isNumeric(other.type)) {
        throw invalidExpression(
            `Items.${own.name} cannot be compared with CurrentItem.${other.name}, which has another type`,
            at,
        );
    }
}

/** Returns the column of a condition, regardless of case. Throws InvalidInputException if it does not exist. */
export function requireColumn({ dataset, field, at }: Condition, { items, users }: Columns): Field {
    const owner = dataset === "CurrentUser" ? "Users" : dataset;
    const columns = owner === "Users" ? users : items;
    if (!columns) throw invalidExpression(`the dataset group has no ${owner} dataset`, at);
    const column = columns.find(({ name }) => plainName(name) === plainName(field));
    if (column) return column;
    const all = columns.map(({ name }) => name).join(", ");
    throw invalidExpression(`the ${owner} dataset has no field ${field}; it has ${all}`, at);
}

/** Returns whether values of an Avro type are compared as numbers. */
export const isNumeric = (type: string) => numeric.includes(type);

/** Returns literals in the type of the column, such as numbers. Throws InvalidInputException if that is impossible. */
export function checkLiterals(literals: Literal[], { name, type }: Pick<Field, "name" | "type">): Literal[] {
    if (!isNumeric(type)) return literals.map(String);
    return literals.map((literal) => {
        const value = Number(literal);
        if (literal !== "" && Number.isFinite(value)) return value;
        throw invalidInput(`${name} is a number (${type}), and cannot be compared with "${literal}".`);
    });
}
