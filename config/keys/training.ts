import { checkWeights } from "../event-weights.ts";
import { filterFault } from "../filter-grammar.ts";
import { decimal, flag, members, numbers, oneOf, orNone, type Refuse, texts, whole } from "../kinds.ts";

const recipes = ["aws-user-personalization", "aws-user-personalization-v2", "aws-hrnn"] as const;
const recipeChange = {
    changes: "+- Solution, +- SolutionVersion, +- Campaign",
    effect: "a training; the names are fixed, so there is no campaign meanwhile",
};
const nextWait = "none: the next wait uses the value";
const schedule = { changes: "~ Solution" };

/** Configuration keys for recipe, training, campaign and related resources. */
export const trainingKeys = {
    recipe: orNone(
        oneOf(recipes, "aws-user-personalization", {
            description:
                "version 2 costs 2.7 times as much for an idle campaign; AWS may reject `aws-hrnn`; must be empty with `performAutoML`",
            ...recipeChange,
            other: "aws-hrnn",
        }),
    ),
    performAutoML: flag(false, {
        description: 'Personalize chooses the recipe; AWS advises against it; needs `pulumi config set recipe ""`',
        ...recipeChange,
        otherNeeds: { recipe: "" },
    }),
    performAutoTraining: flag(false, {
        description:
            "Personalize trains automatically, and each training is billed (its own default is true); `preview` and `up` print the monthly price",
        ...schedule,
    }),
    autoTrainingDays: whole(7, {
        least: 1,
        most: 30,
        description: "days between two automatic trainings; used only with `performAutoTraining`",
        ...schedule,
        otherNeeds: { performAutoTraining: true },
    }),
    syncWithLatestSolutionVersion: flag(false, {
        description:
            "the campaign serves the newest version (`$LATEST`), including automatic ones; requires `performAutoTraining`",
        changes: "~ Campaign, +- SolutionVersion",
        effect:
            "the campaign changes to `$LATEST`. If set back: to the last version that the program trained, or, after a new import, " +
            "to a new version, which is trained and billed",
        otherNeeds: { performAutoTraining: true },
    }),
    eventWeights: numbers({
        least: 0,
        most: 1,
        description:
            "weight in training of each event type: `pulumi config set --path eventWeights.Watch 0.3`. " +
            "[Types without a weight are left out](setups.md#weights-of-events); requires `recipe` `aws-user-personalization-v2`",
        changes: "~ Solution, +- SolutionVersion, ~ Campaign",
        effect: "a training. With `syncWithLatestSolutionVersion` only the solution: the next automatic training has the weights",
        other: { Watch: 1 },
        otherNeeds: { recipe: "aws-user-personalization-v2", monthlyLimitUsd: 1000 },
        check: checkWeights,
    }),
    campaignEnabled: flag(true, {
        description:
            "`false`: no campaign, so nothing is billed by the hour; trained versions are kept, and `campaignArn` is empty",
        changes: "± Campaign",
        effect: "no training",
    }),
    minProvisionedTPS: whole(1, {
        least: 1,
        description: "minimum provisioned transactions per second of the campaign; billed even without requests",
        changes: "~ Campaign",
        otherNeeds: { monthlyLimitUsd: 1000 },
    }),
    eventTracker: flag(true, {
        description:
            "creates an event tracker; its tracking id is the output `eventTrackerId`. An event changes the next list of its user; " +
            "events are billed like imported data",
        changes: "± EventTracker",
        effect: "a new tracker has a new tracking id",
    }),
    watchedFilter: flag(true, {
        description:
            'creates the filter `movie-recommender-unwatched` (`EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch", "NotInterested")`, ' +
            "or the `consumedTypes` of the [manifest](data.md#manifest) in place of `Watch`), which is free. API, prefetch, `recommend` " +
            "and demo use it; `false`: they [return watched films too](serving.md#watched-films)",
        changes: "± Filter",
        effect: "functions of API and prefetch, and their policies, follow. Lists in the cache follow within an hour, or at once by `npm run flush-cache`",
    }),
    filters: texts({
        description:
            "filter expressions by name, `pulumi config set --path filters.comedies 'INCLUDE ItemID WHERE Items.GENRES IN (\"Comedy\")'`",
        changes: "± Filter, +- Filter",
        effect: "a changed expression replaces its filter",
        other: { recent: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Like")' },
        check: checkFilters,
    }),
    gate: members(
        {
            maximumNdcgDropPercent: decimal(15, {
                least: 0,
                most: 100,
                description: "largest accepted NDCG@10 drop of a new version below the live version",
            }),
            minimumNdcgOverPopularityPercent: decimal(0, {
                least: -100,
                description: "smallest accepted NDCG@10 gain over the most popular items",
            }),
        },
        {
            description: "quality gate of `npm run retrain`",
            effect: "read by `npm run retrain`; the alarm for lost quality",
        },
    ),
    pollSeconds: decimal(15, {
        least: 0.05,
        description: "seconds between two polls while a resource is created, updated or deleted",
        effect: nextWait,
        other: 0.06,
    }),
    deadlineMinutes: members(
        {
            import: whole(120, { least: 1, description: "for an import job" }),
            training: whole(360, { least: 1, description: "for a solution version" }),
            campaign: whole(120, { least: 1, description: "for the creation or update of the campaign" }),
        },
        {
            description:
                "minutes to wait. After them `pulumi up` ends with an error; the work continues in AWS, and the next `pulumi up` resumes the wait",
            effect: nextWait,
        },
    ),
};

function checkFilters(filters: Readonly<Record<string, string>>, refuse: Refuse): void {
    for (const [name, expression] of Object.entries(filters)) {
        if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/.test(name)) {
            refuse("is not a valid filter name: 1 to 63 letters, digits, - and _", `.${name}`);
            continue;
        }
        const fault = filterFault(expression);
        if (fault !== undefined) {
            refuse(`is wrong at column ${fault.column}: ${fault.reason}`, `.${name}`);
        }
    }
}
