import { invalidInput } from "../errors.ts";

/** A parameter of a recipe's training, as its page in the developer guide describes it. */
interface Parameter {
    readonly standard: string;
    /** Smallest and largest value of a numeric parameter; absent for a parameter that is true or false. */
    readonly range?: readonly [number, number];
    readonly isInteger?: true;
    /** Whether hyperparameter optimization can choose the value. */
    readonly tunable?: true;
    /** True if the emulator's models ignore the parameter. An optimization then tries only one value. */
    readonly isWithoutEffect?: true;
}

type Parameters = Readonly<Record<string, Parameter>>;

/** The values that a solution gives to its recipe's parameters, as texts. */
export interface ParameterValues {
    algorithmHyperParameters?: Record<string, string>;
    featureTransformationParameters?: Record<string, string>;
}

/** A solution's `hpoConfig`. */
export interface HpoConfig {
    hpoResourceConfig?: { maxNumberOfTrainingJobs?: string; maxParallelTrainingJobs?: string };
    algorithmHyperParameterRanges?: {
        integerHyperParameterRanges?: Range[];
        continuousHyperParameterRanges?: Range[];
        categoricalHyperParameterRanges?: { name?: string; values?: string[] }[];
    };
}

interface Range {
    name?: string;
    minValue?: number;
    maxValue?: number;
}

const integers = (standard: string, range: [number, number]): Parameter => ({
    standard,
    range,
    isInteger: true,
    tunable: true,
});
const unused = (standard: string, range: [number, number]): Parameter => ({
    ...integers(standard, range),
    isWithoutEffect: true,
});
const share = (standard: string): Parameter => ({ standard, range: [0, 1] });

const network: Parameters = {
    hidden_dimension: unused("149", [32, 256]),
    bptt: unused("32", [2, 32]),
    recency_mask: { standard: "true", tunable: true },
};
const version2: Parameters = { apply_recency_bias: { standard: "true" } };
const userShares: Parameters = {
    min_user_history_length_percentile: share("0.0"),
    max_user_history_length_percentile: share("0.99"),
};

/** `algorithmHyperParameters` by recipe. */
const algorithms: Readonly<Record<string, Parameters>> = {
    "aws-user-personalization": network,
    "aws-user-personalization-v2": version2,
    "aws-personalized-ranking": network,
    "aws-personalized-ranking-v2": version2,
    "aws-hrnn": network,
    "aws-hrnn-metadata": network,
    "aws-hrnn-coldstart": network,
    "aws-similar-items": {
        popularity_discount_factor: { ...share("0.0"), tunable: true },
        item_id_hidden_dim: unused("100", [30, 200]),
        item_metadata_hidden_dim: unused("100", [30, 200]),
    },
    "aws-sims": {
        popularity_discount_factor: { ...share("0.5"), tunable: true },
        min_cointeraction_count: integers("3", [0, 10]),
    },
};

/**
 * `featureTransformationParameters` by recipe. Does not contain the one of aws-trending-now,
 * `trend_discovery_frequency`.
 */
const transformations: Readonly<Record<string, Parameters>> = {
    "aws-user-personalization": userShares,
    "aws-personalized-ranking": userShares,
    "aws-hrnn": userShares,
    "aws-hrnn-metadata": userShares,
    "aws-hrnn-coldstart": userShares,
    "aws-sims": {
        min_user_history_length_percentile: share("0.005"),
        max_user_history_length_percentile: share("0.995"),
        min_item_interaction_count_percentile: share("0.01"),
        max_item_interaction_count_percentile: share("0.9"),
    },
};

/** Maximum number of trainings of an optimization in the emulator; the quota of the service is 40. */
const MOST_CANDIDATES = 8;

const parametersOf = (table: Readonly<Record<string, Parameters>>, recipeName: string): Parameters =>
    Object.hasOwn(table, recipeName) ? (table[recipeName] ?? {}) : {};
const defaultsOf = (parameters: Parameters) =>
    Object.fromEntries(Object.entries(parameters).map(([name, { standard }]) => [name, standard]));

/** Returns the default hyperparameters and feature transformation parameters of a recipe. */
export const defaultHyperParameters = (recipeName: string) => defaultsOf(parametersOf(algorithms, recipeName));
export const defaultTransformation = (recipeName: string) => defaultsOf(parametersOf(transformations, recipeName));

/** Returns a recipe's default ranges of hyperparameters, in the form of DescribeAlgorithm. */
export function defaultRanges(recipeName: string) {
    const all = Object.entries(parametersOf(algorithms, recipeName));
    const numeric = (wantsIntegers: boolean) =>
        all.flatMap(([name, { range, isInteger = false, tunable: isTunable = false }]) =>
            range && isInteger === wantsIntegers ? [{ name, minValue: range[0], maxValue: range[1], isTunable }] : [],
        );
    return {
        integerHyperParameterRanges: numeric(true),
        continuousHyperParameterRanges: numeric(false),
        categoricalHyperParameterRanges: all.flatMap(([name, { range, tunable: isTunable = false }]) =>
            range ? [] : [{ name, values: ["true", "false"], isTunable }],
        ),
    };
}

/** Throws InvalidInputException for parameters that the recipe does not have, and for values outside their range. */
export function checkParameters(recipeName: string, values: ParameterValues): void {
    const { algorithmHyperParameters = {}, featureTransformationParameters = {} } = values;
    checkValues(recipeName, "hyperparameter", parametersOf(algorithms, recipeName), algorithmHyperParameters);
    const { trend_discovery_frequency: frequency, ...others } = featureTransformationParameters;
    if (frequency !== undefined && recipeName !== "aws-trending-now")
        throw unknownParameter(recipeName, "feature transformation parameter", "trend_discovery_frequency", {});
    checkValues(recipeName, "feature transformation parameter", parametersOf(transformations, recipeName), others);
}

function checkValues(recipeName: string, what: string, parameters: Parameters, values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
        const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
        if (!parameter) throw unknownParameter(recipeName, what, name, parameters);
        checkValue(name, value, parameter);
    }
}

function checkValue(name: string, value: string, { range, isInteger }: Parameter): void {
    if (!range) {
        if (!/^(true|false)$/i.test(value)) throw invalidInput(`${name} must be true or false, not ${value}.`);
        return;
    }
    const number = Number(value || Number.NaN);
    if (number >= range[0] && number <= range[1] && (!isInteger || Number.isInteger(number))) return;
    const kind = isInteger ? "an integer" : "a number";
    throw invalidInput(`${name} must be ${kind} from ${range[0]} to ${range[1]}, not ${value}.`);
}

function unknownParameter(recipeName: string, what: string, name: string, parameters: Parameters) {
    const all = Object.keys(parameters).join(", ") || "none";
    return invalidInput(`The recipe ${recipeName} has no ${what} ${name}; it has: ${all}.`);
}

/**
 * Returns the settings that an optimization tries, the defaults first: for each tunable parameter the ends and the
 * middle of its range, up to the job limit. Throws InvalidInputException for a recipe without tunable parameters, and
 * for a range of a parameter that the recipe does not tune.
 */
export function hpoCandidates(
    recipeName: string,
    { hpoResourceConfig = {}, algorithmHyperParameterRanges: given = {} }: HpoConfig,
): Record<string, string>[] {
    const tunables = Object.entries(parametersOf(algorithms, recipeName)).filter(([, { tunable }]) => tunable);
    if (tunables.length === 0)
        throw invalidInput(`The recipe ${recipeName} has no hyperparameters that performHPO could tune.`);
    const most = jobLimit("maxNumberOfTrainingJobs", hpoResourceConfig.maxNumberOfTrainingJobs, 40);
    jobLimit("maxParallelTrainingJobs", hpoResourceConfig.maxParallelTrainingJobs, 10);
    const ranges = new Map(
        [
            ...(given.integerHyperParameterRanges ?? []),
            ...(given.continuousHyperParameterRanges ?? []),
            ...(given.categoricalHyperParameterRanges ?? []),
        ].map((range) => [range.name ?? "", range]),
    );
    const unknown = [...ranges.keys()].find((name) => !tunables.some(([other]) => other === name));
    if (unknown !== undefined)
        throw unknownParameter(recipeName, "tunable hyperparameter", unknown, Object.fromEntries(tunables));
    const choices = tunables.map(([name, parameter]) => chooseValues(name, parameter, ranges.get(name) ?? {}));
    const all = choices.reduce<string[][]>(
        (settings, values) => settings.flatMap((setting) => values.map((value) => [...setting, value])),
        [[]],
    );
    const names = tunables.map(([name]) => name);
    return all
        .slice(0, Math.min(most, MOST_CANDIDATES))
        .map((setting) => Object.fromEntries(setting.map((value, index) => [names[index] ?? "", value])));
}

function chooseValues(name: string, parameter: Parameter, given: Range & { values?: string[] }): string[] {
    const { standard, range, isInteger, isWithoutEffect } = parameter;
    if (!range) {
        const values = given.values ?? [standard, standard === "true" ? "false" : "true"];
        for (const value of values) checkValue(name, value, parameter);
        return values;
    }
    const { minValue: least = range[0], maxValue: most = range[1] } = given;
    for (const value of [least, most]) checkValue(name, String(value), parameter);
    if (least > most) throw invalidInput(`The range of ${name} begins at ${least}, after its end ${most}.`);
    const middle = Math.min(most, Math.max(least, Number(standard)));
    const values = isWithoutEffect ? [middle] : [middle, least, most];
    return [...new Set(values.map((value) => String(isInteger ? Math.round(value) : value)))];
}

function jobLimit(name: string, text: string | undefined, most: number): number {
    const count = Number(text ?? most);
    if (Number.isInteger(count) && count >= 1 && count <= most) return count;
    throw invalidInput(`${name} must be from 1 to ${most}, not ${text}.`);
}
