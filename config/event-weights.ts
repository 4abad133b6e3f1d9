import { approximately, campaignUsdPerMonth, isV2 } from "./prices.ts";
import type { configValues } from "./values.ts";

/** Most event types in a solution's `eventsConfig` (API reference, EventsConfig). */
const mostTypes = 10;
const longestType = 256;
const v2Recipe = "aws-user-personalization-v2";

/**
 * Reads config `eventWeights`: a weight from 0 to 1 for each event type to train on. Source: Developer Guide,
 * "Optimizing a solution with events configuration".
 *
 * @returns weights by event type, sorted by name; undefined if there are none.
 */
export function parseEventWeights(
    { bad, numbers }: ReturnType<typeof configValues>,
    recipe: string,
    minProvisionedTPS: number,
): Readonly<Record<string, number>> | undefined {
    const weights = numbers("eventWeights", 0, 1);
    const types = Object.keys(weights);
    if (types.length === 0) {
        return undefined;
    }
    if (!isV2(recipe)) {
        const month = approximately(campaignUsdPerMonth(v2Recipe, minProvisionedTPS));
        bad(
            "eventWeights",
            `is set, and only recipes of version 2 have event weights. Run \`pulumi config set recipe ${v2Recipe}\` ` +
                `(its idle campaign costs ${month} a month), or \`pulumi config rm eventWeights\``,
            ["recipe", "performAutoML", "minProvisionedTPS"],
        );
    }
    if (types.length > mostTypes) {
        bad("eventWeights", `has ${types.length} event types; Personalize allows at most ${mostTypes}`);
    }
    for (const type of types.filter((name) => name === "" || name.length > longestType)) {
        bad(`eventWeights.${type.slice(0, 20)}`, `is not an event type: 1 to ${longestType} characters`);
    }
    if (Object.values(weights).every((weight) => weight === 0)) {
        bad("eventWeights", "has only weights of 0. Give at least one event type a weight above 0");
    }
    return Object.fromEntries(types.toSorted().map((type) => [type, weights[type] ?? 0]));
}
