import { parseFilter } from "../filter-fields.ts";
import { decimal, flag, members, numbers, oneOf, orNone, type Refuse, texts, whole } from "../kinds.ts";

const recipes = ["aws-user-personalization", "aws-user-personalization-v2", "aws-hrnn"] as const;
const recipeChange = {
    changes: ["+- Solution, SolutionVersion, Campaign"],
    effect: "a training, during which there is no campaign",
};
const schedule = { changes: ["~ Solution"] };

/** Maximum number of event types in a solution's `eventsConfig` (API reference, EventsConfig). */
const maxTypes = 10;
const longestType = 256;

/** Personalize's default quota of requests per second to a campaign (Developer Guide, "Quotas"). */
const mostTps = 500;

/**
 * Checks config `eventWeights`: a weight for each event type to train on. Source: Developer Guide, "Optimizing a
 * solution with events configuration".
 */
function checkWeights(weights: Readonly<Record<string, number>>, refuse: Refuse): void {
    const types = Object.keys(weights);
    if (types.length > maxTypes) refuse(`has ${types.length} event types; Personalize allows at most ${maxTypes}`);
    for (const type of types.filter((name) => name === "" || name.length > longestType)) {
        refuse(`is not an event type: 1 to ${longestType} characters`, type.slice(0, 20));
    }
    if (types.length > 0 && types.every((type) => weights[type] === 0)) {
        refuse("has only weights of 0. Give at least one event type a weight above 0");
    }
}

/** Configuration keys for recipe, training, campaign and related resources. */
export const trainingKeys = {
    recipe: orNone(
        oneOf(recipes, "aws-user-personalization", {
            description:
                "with version 2 an idle campaign costs 2.7 times as much; AWS creates no new solutions with [`aws-hrnn`](setups.md#automl-and-legacy-recipes)",
            ...recipeChange,
            other: "aws-user-personalization-v2",
            otherNeeds: { monthlyLimitUsd: 1000 },
        }),
    ),
    performAutoML: flag(false, {
        description:
            'Personalize chooses one of its legacy recipes, so only for a deployed solution; needs `recipe` `""`',
        ...recipeChange,
        otherNeeds: { recipe: "" },
    }),
    performAutoTraining: flag(false, {
        description: "Personalize trains automatically; preview prints the monthly price",
        ...schedule,
    }),
    autoTrainingDays: whole(7, {
        least: 1,
        most: 30,
        description: "days between automatic trainings",
        ...schedule,
        otherNeeds: { performAutoTraining: true },
    }),
    syncWithLatestSolutionVersion: flag(false, {
        description: "the campaign serves the newest version, including automatic ones; requires `performAutoTraining`",
        changes: ["~ Campaign", "+- SolutionVersion"],
        effect: "setting `false` after a new import starts a training",
        otherNeeds: { performAutoTraining: true },
    }),
    eventWeights: numbers({
        least: 0,
        most: 1,
        description:
            "weights from 0 to 1 by event type: `eventWeights.Watch 0.3`. [Training ignores types without a weight](setups.md#weights-of-events); " +
            "requires recipe version 2",
        changes: ["~ Solution, Campaign", "+- SolutionVersion"],
        effect: "a training",
        other: { Watch: 1 },
        otherNeeds: { recipe: "aws-user-personalization-v2", monthlyLimitUsd: 1000 },
        check: checkWeights,
    }),
    campaignEnabled: flag(true, {
        description: "`false`: no campaign and no hourly cost; solution versions remain",
        changes: ["± Campaign"],
        effect: "no training",
    }),
    minProvisionedTPS: whole(1, {
        least: 1,
        most: mostTps,
        description: "minimum provisioned transactions per second; billed even without requests",
        changes: ["~ Campaign"],
        otherNeeds: { monthlyLimitUsd: 1000 },
    }),
    eventTracker: flag(true, {
        description: "event tracker; AWS bills events like imported data",
        changes: ["± EventTracker"],
        effect: "a new tracker has a new tracking id",
    }),
    watchedFilter: flag(true, {
        description:
            "filter `movie-recommender-unwatched`, without charge: removes items with events of the types in the [manifest's](data.md#manifest) `consumedTypes`. `false`: lists [contain watched films](serving.md#watched-items)",
        changes: ["± Filter"],
        effect: "cached lists change within an hour, or at once after `npm run flush-cache`",
    }),
    filters: texts({
        description: "expressions by name: `filters.comedies 'INCLUDE ItemID WHERE Items.GENRES IN (\"Comedy\")'`",
        changes: ["± Filter", "+- Filter"],
        effect: "a changed expression replaces its filter; in Personalize, `nameSuffix` follows the name",
        other: { recent: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Like")' },
        check: checkFilters,
    }),
    gate: members(
        {
            maximumNdcgDropPercent: decimal(15, {
                least: 0,
                most: 100,
                description: "largest accepted NDCG@10 drop below the live version",
            }),
            minimumNdcgOverPopularityPercent: decimal(0, {
                least: -100,
                most: 100_000,
                description: "smallest accepted NDCG@10 gain over popular items",
            }),
        },
        {
            description: "thresholds of the [quality gate](runbooks.md#retrain)",
        },
    ),
    pollSeconds: decimal(15, {
        least: 0.05,
        most: 600,
        description: "seconds between polls of a changing resource",
        other: 0.06,
    }),
};

function checkFilters(filters: Readonly<Record<string, string>>, refuse: Refuse): void {
    for (const [name, expression] of Object.entries(filters)) {
        if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/.test(name)) {
            refuse("is not a valid filter name: 1 to 63 letters, digits, - and _", name);
            continue;
        }
        const parsed = parseFilter(expression);
        if ("reason" in parsed) refuse(`is wrong at column ${parsed.column}: ${parsed.reason}`, name);
    }
}
