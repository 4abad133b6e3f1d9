import {
    anyKind,
    type CommonInputs,
    everyDays,
    findDifferences,
    isEqualValue,
    isLeaving,
    kinds,
} from "pulumi-personalize/core";
import type { StackConfig } from "../../../config/config.ts";
import { type Adoptable, adoptables } from "../../../config/keys/data.ts";
import type { Group, Part } from "./survey.ts";

/** The configuration of the stack that will own the adopted resources. */
export interface AdoptingConfig extends StackConfig {
    /** The schema of the stack's interactions, as text for Personalize. */
    readonly interactionsSchema: string;
}

/** A property whose value in AWS (`has`) differs from the program's value (`wants`). */
export interface Difference {
    readonly property: string;
    readonly has: unknown;
    readonly wants: unknown;
}

/** The effect of adopting one resource. */
export interface PartPlan {
    readonly key: Adoptable;
    readonly noun: string;
    readonly arn: string;
    readonly name: string;
    readonly status: string;
    /** Whether the resource keeps its present name although the program would choose another one. */
    readonly keepsName: boolean;
    /** Reasons why the resource cannot be adopted; empty if it can. */
    readonly refusals: readonly Difference[];
    /** Properties that `up` updates. */
    readonly changes: readonly Difference[];
    /** Tags that `up` sets; empty for a resource without tags. */
    readonly tagsSet: readonly string[];
}

/** The effect of adopting a dataset group. */
export interface AdoptionPlan {
    readonly datasetGroupArn: string;
    readonly parts: readonly PartPlan[];
    /** Resources of the group that are not adopted. `destroy` cannot delete the group while they exist. */
    readonly outside: readonly { readonly noun: string; readonly name: string; readonly why: string }[];
}

/** Returns true if a resource of the plan cannot be adopted. */
export const isRefused = ({ parts }: AdoptionPlan) => parts.some(({ refusals }) => refusals.length > 0);

/**
 * Plans the adoption of a group's resources. If the group has several solutions, chooses the one with the fewest
 * changes.
 */
export function planAdoption(config: AdoptingConfig, content: Group): AdoptionPlan {
    const candidates = content.solutions.length > 0 ? content.solutions : [undefined];
    const plans = candidates.flatMap((solution) => {
        const campaigns = config.campaignEnabled ? (solution?.campaigns ?? []) : [];
        return (campaigns.length > 0 ? campaigns : [undefined]).map((campaign) =>
            planWith(config, content, solution?.solution, campaign),
        );
    });
    return plans.toSorted((a, b) => weightOf(a) - weightOf(b))[0] as AdoptionPlan;
}

/** Returns a sort key for plans. Refused resources count most, then missing resources, then changes. */
function weightOf({ parts }: AdoptionPlan): number {
    const count = (of: (part: PartPlan) => readonly unknown[]) => parts.reduce((sum, part) => sum + of(part).length, 0);
    return 1000 * count(({ refusals }) => refusals) - 100 * parts.length + count(({ changes }) => changes);
}

function planWith(
    config: AdoptingConfig,
    { group, schema, interactions, metadata, solutions, eventTracker }: Group,
    solution: Part | undefined,
    campaign: Part | undefined,
): AdoptionPlan {
    const taken: Partial<Record<Adoptable, Part | undefined>> = {
        schema,
        datasetGroup: group,
        dataset: interactions,
        solution,
        campaign,
        eventTracker: config.eventTracker ? eventTracker : undefined,
    };
    const chosen = Object.fromEntries(
        Object.entries(taken).flatMap(([key, part]) => (part ? [[key, part.arn]] : [])),
    ) as Chosen;
    const wanted = createWantedInputs(config, chosen);
    const left = (part: Part, why: string) => ({ noun: nounOf(part), name: part.name, why });
    const others = solutions.flatMap((one) => [one.solution, ...one.campaigns]);
    return {
        datasetGroupArn: group.arn,
        parts: withConsequences(
            (Object.keys(adoptables) as Adoptable[]).flatMap((key) => {
                const part = taken[key];
                return part ? [comparison(key, part, wanted[key])] : [];
            }),
        ),
        outside: [
            ...metadata.map((part) => left(part, "config adopt supports the dataset of interactions only")),
            ...others
                .filter((part) => part !== solution && part !== campaign)
                .map((part) => left(part, "the program has one solution, and one campaign at most")),
            ...(eventTracker && !config.eventTracker
                ? [left(eventTracker, "the program makes none while eventTracker is false")]
                : []),
        ],
    };
}

/**
 * References between resources: a resource, its property with the reference, and the resource to which it refers. If
 * the referred resource cannot be adopted, the referring one cannot be adopted either. A dataset group has at most one
 * interactions dataset, so a dataset that cannot be adopted also excludes its group.
 */
const hangsOn = [
    ["dataset", "schemaArn", "schema"],
    ["datasetGroup", "dataset", "dataset"],
    ["solution", "datasetGroupArn", "datasetGroup"],
    ["eventTracker", "datasetGroupArn", "datasetGroup"],
    ["campaign", "solutionArn", "solution"],
] as const satisfies readonly (readonly [Adoptable, string, Adoptable])[];

function withConsequences(parts: readonly PartPlan[]): PartPlan[] {
    const plans = new Map(parts.map((part) => [part.key, part]));
    for (const [key, property, on] of hangsOn) {
        const [plan, basis] = [plans.get(key), plans.get(on)];
        if (plan && basis && basis.refusals.length > 0 && plan.refusals.every((one) => one.property !== property)) {
            const refusal = { property, has: basis.arn, wants: "its own" };
            plans.set(key, { ...plan, refusals: [...plan.refusals, refusal] });
        }
    }
    return [...plans.values()];
}

const nounOf = ({ kind }: Part) => kinds[kind].noun;

function comparison(key: Adoptable, part: Part, wanted: Readonly<Record<string, unknown>>): PartPlan {
    const kind = anyKind(kinds[adoptables[key].kind]);
    const { description, arn, name, tags } = part;
    const inputs = { ...wanted, adopt: arn } as unknown as CommonInputs;
    const difference = (property: string) => ({
        property,
        has: description.properties[property],
        wants: wanted[property],
    });
    const status = isLeaving(description.status)
        ? [{ property: "status", has: description.status, wants: "ACTIVE" }]
        : [];
    const differs = (property: string) =>
        !isEqualValue(kind, property, description.properties[property], wanted[property]);
    const inPlace = kind.updates.filter((property) => property in wanted && differs(property));
    // The version's ARN is known only after training.
    const version = {
        property: "solutionVersionArn",
        has: description.properties.solutionVersionArn,
        wants: "the version that up trains",
    };
    return {
        key,
        noun: kind.noun,
        arn,
        name,
        status: description.status,
        keepsName: name !== wanted.name,
        refusals: [...status, ...findDifferences(kind, inputs, description).map(difference)],
        changes: [...inPlace.map(difference), ...(key === "campaign" ? [version] : [])],
        tagsSet: Object.entries(inputs.tags)
            .filter(([tag, value]) => tags !== undefined && tags[tag] !== value)
            .map(([tag, value]) => `${tag}=${value}`),
    };
}

/** ARNs of the resources to adopt. */
type Chosen = Partial<Readonly<Record<Adoptable, string>>>;

/**
 * Returns the inputs of each resource (components/personalize/recommender.ts) after the adoption of `chosen`. The
 * campaign's version is missing, because the program trains it first.
 */
function createWantedInputs(
    config: AdoptingConfig,
    chosen: Chosen,
): Record<Adoptable, Readonly<Record<string, unknown>>> {
    const { names, region, tags, performAutoTraining } = config;
    const common = { region, tags };
    const partition = chosen.datasetGroup?.split(":")[1];
    const datasetGroupArn = chosen.datasetGroup;
    return {
        schema: { ...common, name: names.schema, schema: config.interactionsSchema },
        datasetGroup: { ...common, name: names.datasetGroup },
        dataset: {
            ...common,
            name: names.dataset,
            datasetGroupArn,
            schemaArn: chosen.schema,
            datasetType: "INTERACTIONS",
        },
        solution: {
            ...common,
            name: names.solution,
            datasetGroupArn,
            recipeArn: config.recipe && `arn:${partition}:personalize:::recipe/${config.recipe}`,
            performAutoML: config.performAutoML,
            performAutoTraining,
            schedulingExpression: performAutoTraining ? everyDays(config.autoTrainingDays) : undefined,
        },
        campaign: {
            ...common,
            name: names.campaign,
            solutionArn: chosen.solution,
            minProvisionedTPS: config.minProvisionedTPS,
        },
        eventTracker: { ...common, name: names.eventTracker, datasetGroupArn },
    };
}
