import { billedService, type CostRecord, toRecord } from "local-personalize";
import { invalid } from "./input.ts";

type Holds = (record: CostRecord) => boolean;

const dimensions: Readonly<Record<string, (record: CostRecord) => string>> = {
    // On the local AWS, Amazon Personalize is the only service with costs.
    SERVICE: () => billedService,
    USAGE_TYPE: ({ usageType }) => usageType,
    REGION: ({ region }) => region,
};

/**
 * Returns a function that reads a dimension of a record.
 * @throws CostExplorerError ValidationException for an unsupported dimension
 */
export function requireDimension(key: unknown): (record: CostRecord) => string {
    const dimension = typeof key === "string" && Object.hasOwn(dimensions, key) ? dimensions[key] : undefined;
    if (dimension) return dimension;
    throw invalid(
        `The local AWS does not support the dimension ${key}. Supported dimensions: ${Object.keys(dimensions).join(", ")}.`,
    );
}

/**
 * Converts a filter expression to a predicate.
 * @throws CostExplorerError ValidationException for an invalid or unsupported expression
 */
export function readFilter(expression: unknown): Holds {
    if (expression === undefined) return () => true;
    const members = Object.entries(toRecord(expression));
    const [member] = members;
    if (!member || members.length > 1)
        throw invalid("Expression should have exactly one root: And, Or, Not, Dimensions or Tags.");
    const [kind, given] = member;
    switch (kind) {
        case "And":
        case "Or": {
            const parts = (Array.isArray(given) ? given : []).map(readFilter);
            if (parts.length < 2) throw invalid(`${kind} should have at least two expressions.`);
            return (record) =>
                kind === "And" ? parts.every((part) => part(record)) : parts.some((part) => part(record));
        }
        case "Not": {
            const part = readFilter(given ?? {});
            return (record) => !part(record);
        }
        case "Dimensions": {
            const { values } = readValues(given);
            const dimension = requireDimension(toRecord(given).Key);
            return (record) => values.includes(dimension(record));
        }
        case "Tags": {
            const { key, values } = readValues(given);
            return ({ tags }) => values.includes(tags[key] ?? "");
        }
        default:
            throw invalid(`The local AWS does not support ${kind}; it supports And, Or, Not, Dimensions and Tags.`);
    }
}

function readValues(given: unknown): { key: string; values: readonly unknown[] } {
    const { Key, Values, MatchOptions = ["EQUALS"] } = toRecord(given);
    if (typeof Key !== "string" || !Array.isArray(Values)) throw invalid("An expression requires Key and Values.");
    if (
        !Array.isArray(MatchOptions) ||
        MatchOptions.some((option) => option !== "EQUALS" && option !== "CASE_SENSITIVE")
    ) {
        throw invalid(
            `The local AWS does not support the MatchOptions ${JSON.stringify(MatchOptions)}; it supports EQUALS.`,
        );
    }
    return { key: Key, values: Values };
}
