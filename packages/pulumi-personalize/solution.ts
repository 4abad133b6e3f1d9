import * as sdk from "@aws-sdk/client-personalize";
import { campaign } from "./campaign.ts";
import { isEqualValue } from "./diff.ts";
import {
    type CommonInputs,
    firstMatch,
    firstNamed,
    nameProblems,
    problemUnless,
    type ResourceKind,
    requireArn,
    standing,
} from "./resource.ts";
import { solutionVersion } from "./solution-version.ts";
import { tagList } from "./tags.ts";

export interface SolutionInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** ARN of the dataset group. */
    readonly datasetGroupArn: string;
    /** ARN of the recipe. Absent with AutoML, because Personalize then chooses the recipe. */
    readonly recipeArn?: string;
    /**
     * Whether `recipeArn` is a default. A deployed solution then keeps its recipe, because another recipe would replace
     * the solution with its versions. Default: false.
     */
    readonly recipeIsDefault?: boolean;
    /** Whether Personalize chooses the recipe. Default: false. */
    readonly performAutoML: boolean;
    /** Whether Personalize trains new versions on a schedule, each of them billed. Default: false. */
    readonly performAutoTraining: boolean;
    /** Schedule of automatic training, for example `rate(7 days)`; only with `performAutoTraining`. */
    readonly schedulingExpression?: string;
    /** Events to train on, only with a recipe of version 2. If absent, all events count equally. */
    readonly eventParameters?: readonly sdk.EventParameters[];
}

/** Returns the schedule of automatic trainings (API reference, AutoTrainingConfig). */
export const everyDays = (days: number) => `rate(${days} ${days === 1 ? "day" : "days"})`;

/**
 * Returns a schedule in the spelling of `everyDays`, such as `rate(7 days)` or `rate(1 day)`. Personalize also accepts
 * `rate(7 day)` and `rate(1 days)`.
 */
function spellingOfSchedule(schedulingExpression: string): string {
    const days = /^\s*rate\(\s*(\d+)\s+days?\s*\)\s*$/i.exec(schedulingExpression)?.[1];
    return days === undefined ? schedulingExpression : everyDays(Number(days));
}

/** Converts the config key `eventWeights` to Personalize's event parameters. */
export const toEventParameters = (weights: Readonly<Record<string, number>>): readonly sdk.EventParameters[] =>
    Object.entries(weights).map(([eventType, weight]) => ({ eventType, weight }));

/**
 * Returns the member `solutionConfig` of CreateSolution, or `solutionUpdateConfig` of UpdateSolution; undefined if it
 * would be empty.
 */
function configuration({ schedulingExpression, eventParameters }: Partial<SolutionInputs>) {
    const parts = {
        ...(schedulingExpression !== undefined && { autoTrainingConfig: { schedulingExpression } }),
        ...(eventParameters && { eventsConfig: { eventParametersList: [...eventParameters] } }),
    };
    return Object.keys(parts).length > 0 ? parts : undefined;
}

/** Returns a solution's event parameters as an input; returns no input for an empty list. */
function eventParametersIn(config: sdk.SolutionConfig | undefined) {
    const list = config?.eventsConfig?.eventParametersList ?? [];
    return list.length === 0 ? {} : { eventParameters: list };
}

/** Sorts event parameters by event type. Personalize may return another order than it received. */
const sorted = (list: readonly sdk.EventParameters[]) =>
    [...list].sort((a, b) => ((a.eventType ?? "") < (b.eventType ?? "") ? -1 : 1));

export const solution: ResourceKind<SolutionInputs> = {
    noun: "solution",
    usual: "a minute",
    deadlineMinutes: 30,
    replaces: ["region", "name", "datasetGroupArn", "recipeArn", "performAutoML"],
    updates: ["performAutoTraining", "schedulingExpression", "eventParameters"],
    noted: ["recipeIsDefault"],
    notes: ({ recipeArn }, { recipeIsDefault }) => (recipeIsDefault && recipeArn ? { recipeArn } : {}),
    identity: ["region", "name"],
    spellings: { schedulingExpression: spellingOfSchedule, eventParameters: sorted },
    taggable: true,
    displayName: ({ name }) => name,
    defaults: () => ({ performAutoML: false, performAutoTraining: false }),
    problems: ({ name, recipeArn, performAutoML }) => [
        ...nameProblems(name),
        ...problemUnless(
            !performAutoML || recipeArn === undefined,
            "recipeArn",
            "with performAutoML the service chooses the recipe: leave recipeArn out",
        ),
        ...problemUnless(
            performAutoML || recipeArn !== undefined,
            "recipeArn",
            "a solution needs a recipe, or performAutoML",
        ),
    ],
    // Search in all groups: a solution's name is unique in the account, so a solution in another group also conflicts.
    find: async (client, { name }) =>
        (await firstNamed(sdk.paginateListSolutions({ client }, {}), "solutions", name))?.solutionArn,
    async create(client, inputs) {
        const { name, datasetGroupArn, recipeArn, performAutoML, performAutoTraining, tags } = inputs;
        const command = new sdk.CreateSolutionCommand({
            name,
            datasetGroupArn,
            recipeArn,
            performAutoML,
            // Personalize's default is true, which bills a training every week.
            performAutoTraining,
            solutionConfig: configuration(inputs),
            tags: tagList(tags),
        });
        return requireArn((await client.send(command)).solutionArn);
    },
    async describe(client, solutionArn) {
        const { solution: description } = await client.send(new sdk.DescribeSolutionCommand({ solutionArn }));
        const update = description?.latestSolutionUpdate;
        return {
            ...standing(description),
            properties: {
                name: description?.name,
                datasetGroupArn: description?.datasetGroupArn,
                performAutoML: description?.performAutoML ?? false,
                ...autoTraining(description),
                ...eventParametersIn(description?.solutionConfig),
                // Omit the recipe that Personalize chose with AutoML, because the inputs do not contain it.
                ...(!description?.performAutoML && { recipeArn: description?.recipeArn }),
            },
            update: update && standing(update),
        };
    },
    async update(client, solutionArn, inputs) {
        const { performAutoTraining } = inputs;
        const { solution: description } = await client.send(new sdk.DescribeSolutionCommand({ solutionArn }));
        const current: Partial<SolutionInputs> = {
            ...autoTraining(description),
            ...eventParametersIn(description?.solutionConfig),
        };
        // Send an update only if an input has changed: Personalize rejects an update without a change, and a new
        // training frequency restarts the schedule.
        if (solution.updates.some((key) => !isEqualValue(solution, key, current[key], inputs[key]))) {
            // To remove event parameters, send an empty list. Personalize accepts an update that repeats the current
            // training frequency.
            const { eventParameters = current.eventParameters && [] } = inputs;
            const solutionUpdateConfig = configuration({ ...inputs, ...(eventParameters && { eventParameters }) });
            await client.send(
                new sdk.UpdateSolutionCommand({ solutionArn, performAutoTraining, solutionUpdateConfig }),
            );
        }
    },
    /** Yields the solution's campaigns and running trainings. */
    async *dependents(client, solutionArn) {
        for await (const { campaigns = [] } of sdk.paginateListCampaigns({ client }, { solutionArn })) {
            yield* campaigns.map(({ campaignArn = "" }) => [campaign, campaignArn] as const);
        }
        for await (const { solutionVersions = [] } of sdk.paginateListSolutionVersions({ client }, { solutionArn })) {
            const underWay = solutionVersions.filter(({ status }) => /PENDING|IN_PROGRESS|STOPPING/.test(status ?? ""));
            yield* underWay.map(({ solutionVersionArn = "" }) => [solutionVersion, solutionVersionArn] as const);
        }
    },
    async holdsData(client, solutionArn) {
        const trained = await firstMatch(
            sdk.paginateListSolutionVersions({ client }, { solutionArn }),
            "solutionVersions",
            ({ status }) => status === "ACTIVE",
        );
        return trained !== undefined;
    },
    delete: (client, solutionArn) => client.send(new sdk.DeleteSolutionCommand({ solutionArn })),
};

/** Returns the settings of automatic training, without the schedule if automatic training is off. */
function autoTraining(solution: sdk.Solution | undefined) {
    const performAutoTraining = solution?.performAutoTraining ?? false;
    const schedulingExpression = solution?.solutionConfig?.autoTrainingConfig?.schedulingExpression;
    return { performAutoTraining, ...(performAutoTraining && schedulingExpression && { schedulingExpression }) };
}
