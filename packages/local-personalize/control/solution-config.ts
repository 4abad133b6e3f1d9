import { isNumeric } from "filter-grammar";
import { invalidInput } from "../errors.ts";
import type { Objective } from "../model/catalogue.ts";
import type { EventChoice, EventParameters } from "../model/event-choice.ts";
import { trendInterval } from "../model/trends.ts";
import { findFields } from "./datasets.ts";
import { checkParameters, type HpoConfig, hpoCandidates, type ParameterValues } from "./hyperparameters.ts";
import type { TrainingDataConfig } from "./properties.ts";
import { autoMlRecipe } from "./recipes.ts";
import type { Call } from "./resources.ts";

/** A solution's training configuration, with the members of CreateSolution and DescribeSolution. */
export interface SolutionConfiguration {
    performHPO: boolean;
    performAutoML: boolean;
    performAutoTraining: boolean;
    performIncrementalUpdate: boolean;
    recipeArn?: string;
    eventType?: string;
    solutionConfig?: SolutionConfig;
}

/** The members of solutionConfig that UpdateSolution changes. The other members stay unchanged. */
interface ChangeableConfig {
    autoTrainingConfig?: { schedulingExpression?: string };
    eventsConfig?: { eventParametersList?: EventParameters[] };
}

/** The members of solutionConfig that the emulator supports. */
export interface SolutionConfig extends ChangeableConfig, ParameterValues {
    /** Minimum EVENT_VALUE of the events in the training, as text. */
    eventValueThreshold?: string;
    hpoConfig?: HpoConfig;
    optimizationObjective?: Partial<Objective>;
    trainingDataConfig?: TrainingDataConfig;
}

/** The members that UpdateSolution may change. */
export interface SolutionChanges {
    performAutoTraining?: boolean;
    performIncrementalUpdate?: boolean;
    solutionUpdateConfig?: ChangeableConfig;
}

const defaultDays = 7;
const mostDays = 30;

/** Returns the number of days between automatic trainings: n of `rate(n days)`, 7 by default. */
export function trainingDays({ solutionConfig }: SolutionConfiguration): number {
    const days = solutionConfig?.autoTrainingConfig?.schedulingExpression?.match(/\d+/)?.[0];
    return days === undefined ? defaultDays : Number(days);
}

/** Throws InvalidInputException for errors in a solution's configuration that the service model does not cover. */
export function checkConfiguration(configuration: SolutionConfiguration): void {
    const { recipeArn, solutionConfig = {} } = configuration;
    const recipeName = recipeArn?.replace(/^.*\//, "") ?? autoMlRecipe;
    const days = trainingDays(configuration);
    if (days < 1 || days > mostDays) {
        throw invalidInput(`A schedulingExpression must be from rate(1 day) to rate(${mostDays} days), not ${days}.`);
    }
    checkParameters(recipeName, solutionConfig);
    const { eventValueThreshold, featureTransformationParameters, hpoConfig, optimizationObjective } = solutionConfig;
    if (configuration.performHPO) hpoCandidates(recipeName, hpoConfig ?? {});
    else if (hpoConfig) throw invalidInput("An hpoConfig needs performHPO: it has no effect without.");
    if (optimizationObjective && !isObjective(optimizationObjective)) {
        throw invalidInput("An optimizationObjective needs an itemAttribute and an objectiveSensitivity.");
    }
    if (eventValueThreshold !== undefined && !Number.isFinite(Number(eventValueThreshold || Number.NaN))) {
        throw invalidInput(`The eventValueThreshold ${eventValueThreshold} is not a number.`);
    }
    const frequency = featureTransformationParameters?.trend_discovery_frequency;
    if (frequency !== undefined && trendInterval(frequency) === undefined) {
        throw invalidInput(
            `The trend_discovery_frequency ${frequency} does not exist: use 30 minutes, 1 hour, 2 hours, 3 hours or 1 day.`,
        );
    }
    if (solutionConfig.eventsConfig && !recipeArn?.endsWith("-v2")) {
        throw invalidInput("An eventsConfig is only for recipes of version 2, such as aws-user-personalization-v2.");
    }
}

/** Checks whether an objective is complete: the service does not document defaults. */
export const isObjective = (objective: Partial<Objective> | undefined): objective is Objective =>
    objective?.itemAttribute !== undefined && objective.objectiveSensitivity !== undefined;

/**
 * Returns the event types that a solution trains on. An empty eventParametersList counts as absent, which is a guess.
 */
export function toEventChoice({ eventType, solutionConfig }: SolutionConfiguration): EventChoice {
    const { eventParametersList = [] } = solutionConfig?.eventsConfig ?? {};
    if (eventParametersList.length > 0) return { eventParameters: eventParametersList };
    const threshold = solutionConfig?.eventValueThreshold;
    return { eventType, ...(threshold !== undefined && { eventValueThreshold: Number(threshold) }) };
}

/** Returns the length in seconds of the intervals of aws-trending-now; undefined for other recipes. */
export function findTrendInterval(
    configuration: Pick<SolutionConfiguration, "recipeArn" | "solutionConfig">,
): number | undefined {
    if (!configuration.recipeArn?.endsWith("aws-trending-now")) return undefined;
    return trendInterval(configuration.solutionConfig?.featureTransformationParameters?.trend_discovery_frequency);
}

/**
 * Returns a configuration after an update: members that the update does not contain stay unchanged, and eventsConfig is
 * replaced as a whole.
 */
export function withChanges<Configuration extends SolutionConfiguration>(
    before: Configuration,
    { performAutoTraining, performIncrementalUpdate, solutionUpdateConfig = {} }: SolutionChanges,
): Configuration {
    const { autoTrainingConfig, eventsConfig } = solutionUpdateConfig;
    const solutionConfig = {
        ...before.solutionConfig,
        ...(autoTrainingConfig && { autoTrainingConfig }),
        ...(eventsConfig && { eventsConfig }),
    };
    return {
        ...before,
        performAutoTraining: performAutoTraining ?? before.performAutoTraining,
        performIncrementalUpdate: performIncrementalUpdate ?? before.performIncrementalUpdate,
        ...(Object.keys(solutionConfig).length > 0 && { solutionConfig }),
    };
}

/**
 * Checks whether the schedule of automatic training restarts, because training was switched on or its period changed.
 */
export const resetsSchedule = (before: SolutionConfiguration, after: SolutionConfiguration) =>
    after.performAutoTraining && (!before.performAutoTraining || trainingDays(before) !== trainingDays(after));

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
        const columns = findFields(call.store, call.region, groupArn, "ITEMS");
        const column = columns?.find(({ name }) => name === attribute);
        if (!column) throw invalidInput(`The Items dataset has no column ${attribute} for the optimizationObjective.`);
        if (!isNumeric(column.type) || column.nullable) {
            throw invalidInput(`The itemAttribute ${attribute} must be a number that is never null.`);
        }
    }
    checkTrainingData(call, groupArn, solutionConfig?.trainingDataConfig);
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
            const fields = findFields(call.store, call.region, groupArn, type.toUpperCase());
            const unknown = names.find((name) => !fields?.some((field) => field.name === name));
            if (unknown !== undefined) throw invalidInput(`The dataset ${type} has no column ${unknown}.`);
        }
    }
    if (Object.values(excludedDatasetColumns).flat().includes("EVENT_TYPE")) {
        throw invalidInput("EVENT_TYPE cannot be excluded from training.");
    }
}
