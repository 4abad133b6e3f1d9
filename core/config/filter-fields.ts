import { FilterError, type FilterExpression, parseExpression, testsOnlyItems } from "filter-grammar";
import { nearest } from "terminal-text";

/** Parses a filter expression. Returns it, or its first syntax error with its column, from 1. */
export function parseFilter(
    expression: string,
): FilterExpression | { readonly column: number; readonly reason: string } {
    try {
        return parseExpression(expression);
    } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        const { column, message, word } = error;
        const meant = word && nearest(word.given, word.allowed);
        return { column, reason: meant === undefined ? message : `${message}. Did you mean ${meant}?` };
    }
}

/** Returns the filters that test only attributes of items, which the API applies without a campaign. */
export const itemFiltersOf = (filters: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(
        Object.entries(filters).filter(([, expression]) => {
            const parsed = parseFilter(expression);
            return "clauses" in parsed && testsOnlyItems(parsed);
        }),
    );

/** Fields of each dataset of the stack; undefined for a dataset that the stack does not have. */
export interface DatasetFields {
    readonly Interactions: readonly string[];
    readonly Items: readonly string[] | undefined;
    readonly Users: readonly string[] | undefined;
}

const datasetOf: Readonly<Record<string, keyof DatasetFields>> = {
    Interactions: "Interactions",
    Items: "Items",
    Users: "Users",
    CurrentItem: "Items",
    CurrentUser: "Users",
};

/**
 * Returns the problems of filter expressions that name a dataset or a field that the stack does not have. CreateFilter
 * would reject them. `expressions` are by the path of their configuration key.
 */
export function filterFieldProblems(
    expressions: Readonly<Record<string, string>>,
    datasets: DatasetFields,
): readonly { readonly path: string; readonly reason: string }[] {
    return Object.entries(expressions).flatMap(([path, expression]) => {
        const parsed = parseFilter(expression);
        const problem = "reason" in parsed ? undefined : firstProblem(parsed, datasets);
        return problem === undefined ? [] : [{ path, reason: problem }];
    });
}

function firstProblem({ clauses }: FilterExpression, datasets: DatasetFields): string | undefined {
    const conditions = clauses.flatMap(({ where, onlyIf }) => [...where.flat(), ...onlyIf]);
    const fields = conditions.flatMap(({ dataset, field, operand, at }) => [
        { dataset, field, at },
        ...("currentItem" in operand ? [{ dataset: "CurrentItem", field: operand.currentItem, at }] : []),
    ]);
    for (const { dataset, field, at } of fields) {
        const kind = datasetOf[dataset];
        const knownFields = kind && datasets[kind];
        const uses = `uses ${dataset}.${field} (column ${at})`;
        if (knownFields === undefined) {
            const key = kind && `${kind.toLowerCase()}File`;
            const next = key === undefined ? "" : `. Set it: \`pulumi config set ${key} <file>\``;
            return `${uses}, and the stack has no ${kind ?? dataset} dataset${next}`;
        }
        if (!knownFields.some((one) => one.toLowerCase() === field.toLowerCase())) {
            const meant = nearest(field, knownFields);
            const hint = meant === undefined ? `Its fields are ${knownFields.join(", ")}` : `Did you mean ${meant}?`;
            return `${uses}, and the schema of dataset ${kind} has no field ${field}. ${hint}`;
        }
    }
    return undefined;
}
