import type { Refuse } from "./kinds.ts";

/** Maximum number of event types in a solution's `eventsConfig` (API reference, EventsConfig). */
const maxTypes = 10;
const longestType = 256;

/**
 * Checks config `eventWeights`: a weight for each event type to train on. Source: Developer Guide, "Optimizing a
 * solution with events configuration".
 */
export function checkWeights(weights: Readonly<Record<string, number>>, refuse: Refuse): void {
    const types = Object.keys(weights);
    if (types.length > maxTypes) {
        refuse(`has ${types.length} event types; Personalize allows at most ${maxTypes}`);
    }
    for (const type of types.filter((name) => name === "" || name.length > longestType)) {
        refuse(`is not an event type: 1 to ${longestType} characters`, `.${type.slice(0, 20)}`);
    }
    if (types.length > 0 && types.every((type) => weights[type] === 0)) {
        refuse("has only weights of 0. Give at least one event type a weight above 0");
    }
}
