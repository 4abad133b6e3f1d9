import {
    bindFilter as bind,
    type Clause,
    type Columns,
    type Condition,
    checkLiterals,
    FilterError,
    type FilterExpression,
    FilterValueError,
    isNumeric,
    parseExpression,
    placeholderNames,
    plainName,
    readFilterValues as readValues,
    requireColumn,
} from "filter-grammar";
import type { Field } from "../control/avro.ts";
import { invalidInput, limitExceeded, notEmulated, type ServiceError } from "../errors.ts";

/** Returns the function with the service's errors in place of the grammar's: each is an InvalidInputException. */
const withServiceErrors =
    <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Result => {
        try {
            return call(...args);
        } catch (error) {
            if (error instanceof FilterValueError) throw invalidInput(error.message);
            if (!(error instanceof FilterError)) throw error;
            const { message, column, placeholder } = error;
            if (placeholder === undefined) throw invalidExpression(message, column);
            throw invalidInput(
                `Could not create filter. Invalid input symbol: $${placeholder}. Placeholders are not allowed with NOT_IN operator.`,
            );
        }
    };

/** Parses a filter expression. Throws InvalidInputException with the error and the position of its character. */
export const parseFilter = withServiceErrors(parseExpression);
/** Parses `filterValues` for a filter. Throws InvalidInputException for values that the filter cannot take. */
export const readFilterValues = withServiceErrors(readValues);
/** Turns a filter into predicates. Throws InvalidInputException for a value that its field cannot be compared with. */
export const bindFilter = withServiceErrors(bind);
/**
 * Checks an expression against the existing columns. Throws InvalidInputException for a field that does not exist or
 * that filters cannot use, and for a value of another type than its field. Throws LimitExceededException for more than
 * 10 distinct fields. Returns the fields, such as `Items.GENRES`.
 */
export const checkFilter = withServiceErrors(check);

/** Returns the error for an expression: the service's text, followed by the emulator's explanation. */
function invalidExpression(why: string, at?: number): ServiceError {
    const place = at === undefined ? "" : ` (character ${at})`;
    return invalidInput(`Could not create filter. Invalid Expression: ${why}${place}`);
}

const mostFields = 10;
const longestPlaceholder = 50;

function check(filter: FilterExpression, columns: Columns<Field>): string[] {
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

function checkClause(clause: Clause, columns: Columns<Field>): void {
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

function checkAttributeCondition(condition: Condition, columns: Columns<Field>): void {
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
function checkCurrentItem(condition: Condition, field: string, columns: Columns<Field>): void {
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
