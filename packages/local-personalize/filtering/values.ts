import { invalidInput } from "../errors.ts";
import { type FilterExpression, type Literal, placeholdersOf } from "./expression.ts";
import { withoutEscapes } from "./tokenize.ts";

/** The parsed `filterValues` of a caller: literals by placeholder. */
export type FilterValues = Map<string, Literal[]>;

/**
 * Parses `filterValues` for a filter: each value is a list of strings in double quotes or numbers, between commas.
 * Throws
 * InvalidInputException for any other text, a key that is not a placeholder of the filter (case counts), and a
 * placeholder of an INCLUDE without a value. If one of an EXCLUDE has no value, that clause has no effect.
 */
export function readFilterValues(filter: FilterExpression, given: Record<string, string> = {}): FilterValues {
    const known = new Set(filter.clauses.flatMap(placeholdersOf));
    const unknown = Object.keys(given).find((key) => !known.has(key));
    if (unknown !== undefined) {
        const all = [...known].map((name) => `$${name}`).join(", ") || "none";
        throw invalidInput(`The filter has no placeholder $${unknown}; it has: ${all}`);
    }
    const needed = filter.clauses.filter(({ keep }) => keep === "INCLUDE").flatMap(placeholdersOf);
    const missing = needed.find((name) => !Object.hasOwn(given, name));
    if (missing !== undefined)
        throw invalidInput(`The filter's placeholder $${missing} needs a value in filterValues.`);
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
            throw invalidInput(
                `The filterValues of $${key} must be strings in double quotes or numbers, between commas: "\\"Comedy\\",\\"Drama\\""`,
            );
        }
        const [, string, number] = match;
        literals.push(string === undefined ? Number(number) : withoutEscapes(string));
        separator = match[3] ?? "";
    }
    return literals;
}
