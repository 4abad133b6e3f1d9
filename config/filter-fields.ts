import { nearest } from "terminal-text";
import type { ConfigProblem } from "./config.ts";
import { type FilterField, parseFilter } from "./filter-grammar.ts";

/** Fields of each dataset of the stack; undefined for a dataset that the stack does not have. */
export interface DatasetFields {
    readonly Interactions: readonly string[];
    readonly Items: readonly string[] | undefined;
    readonly Users: readonly string[] | undefined;
}

const datasetOf: Readonly<Record<string, keyof DatasetFields>> = {
    interactions: "Interactions",
    items: "Items",
    users: "Users",
    currentitem: "Items",
    currentuser: "Users",
};

/** Returns the problems of filters that name a dataset or a field that the stack does not have. CreateFilter would reject them. */
export function filterFieldProblems(
    filters: Readonly<Record<string, string>>,
    datasets: DatasetFields,
): readonly ConfigProblem[] {
    return Object.entries(filters).flatMap(([name, expression]) => {
        const parsed = parseFilter(expression);
        const problem = "reason" in parsed ? undefined : firstProblem(parsed, datasets);
        return problem === undefined ? [] : [{ path: `filters.${name}`, reason: problem }];
    });
}

function firstProblem(fields: readonly FilterField[], datasets: DatasetFields): string | undefined {
    for (const { dataset, field, column } of fields) {
        const kind = datasetOf[dataset.toLowerCase()];
        const knownFields = kind && datasets[kind];
        const uses = `uses ${dataset}.${field} (column ${column})`;
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
