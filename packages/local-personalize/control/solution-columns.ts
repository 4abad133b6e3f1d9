import { invalidInput } from "../errors.ts";
import { isNumeric } from "../filtering/resolve.ts";
import type { Field } from "./avro.ts";
import { findDataset, readSchemaFields } from "./datasets.ts";
import type { TrainingDataConfig } from "./properties.ts";
import type { Call } from "./resources.ts";
import type { SolutionConfiguration } from "./solution-config.ts";

const withObjective = ["aws-user-personalization", "aws-personalized-ranking"];

/**
 * Throws InvalidInputException for columns in a solution's configuration that its datasets do not have. An objective's
 * item attribute must also be a number that is never null.
 */
export function checkColumns(call: Call, groupArn: string, configuration: SolutionConfiguration): void {
    const { recipeArn, solutionConfig } = configuration;
    const attribute = solutionConfig?.optimizationObjective?.itemAttribute;
    if (attribute !== undefined) {
        if (!withObjective.includes(recipeArn?.replace(/^.*\//, "") ?? "")) {
            throw invalidInput(`An optimizationObjective is only for ${withObjective.join(" and ")}.`);
        }
        const column = columnsOf(call, groupArn, "ITEMS").find(({ name }) => name === attribute);
        if (!column) throw invalidInput(`The Items dataset has no column ${attribute} for the optimizationObjective.`);
        if (!isNumeric(column.type) || column.nullable) {
            throw invalidInput(`The itemAttribute ${attribute} must be a number that is never null.`);
        }
    }
    checkTrainingData(call, groupArn, solutionConfig?.trainingDataConfig);
}

function columnsOf(call: Call, groupArn: string, type: string): Field[] {
    const dataset = findDataset(call.store, call.region, groupArn, type.toUpperCase());
    return dataset ? readSchemaFields(call.store, dataset) : [];
}

/**
 * Throws InvalidInputException for columns that the group's datasets do not have, or that a training cannot exclude.
 */
export function checkTrainingData(
    call: Call,
    groupArn: string,
    { excludedDatasetColumns = {}, includedDatasetColumns = {} }: TrainingDataConfig = {},
): void {
    for (const columns of [excludedDatasetColumns, includedDatasetColumns]) {
        for (const [type, names] of Object.entries(columns)) {
            const columnNames = columnsOf(call, groupArn, type).map(({ name }) => name);
            const unknown = names.find((name) => !columnNames.includes(name));
            if (unknown !== undefined) throw invalidInput(`The dataset ${type} has no column ${unknown}.`);
        }
    }
    if (Object.values(excludedDatasetColumns).flat().includes("EVENT_TYPE")) {
        throw invalidInput("EVENT_TYPE cannot be excluded from training.");
    }
}
