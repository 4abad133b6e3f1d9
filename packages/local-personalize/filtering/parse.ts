import { type Clause, FilterError, type FilterExpression, parseExpression } from "filter-grammar";
import { invalidInput, type ServiceError } from "../errors.ts";

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
export function invalidExpression(why: string, at?: number): ServiceError {
    const place = at === undefined ? "" : ` (character ${at})`;
    return invalidInput(`Could not create filter. Invalid Expression: ${why}${place}`);
}

/** Returns the names of a clause's placeholders, without `$`. */
export function placeholderNames({ where, onlyIf }: Clause): string[] {
    return [...where.flat(), ...onlyIf].flatMap(({ operand }) =>
        "placeholder" in operand ? [operand.placeholder] : [],
    );
}
