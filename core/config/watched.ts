/** Event types that count as viewings in data without a manifest. */
const usualWatchedTypes: readonly string[] = ["Watch"];

/** Type of the event with which a viewer refuses an item. */
export const notInterested = "NotInterested";

/**
 * Returns the expression of the filter that excludes items that a user has watched or refused (Developer Guide, "Filter
 * expressions").
 */
export const watchedFilterExpression = (types = usualWatchedTypes): string =>
    `EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (${[...new Set([...types, notInterested])].map((type) => `"${type}"`).join(", ")})`;

/** Checks whether an event is a viewing. Filters compare event types case-insensitively. */
export function isWatch(eventType: string, types = usualWatchedTypes): boolean {
    return types.some((type) => type.toLowerCase() === eventType.toLowerCase());
}

/** Checks whether an event refuses an item. */
export const isRefusal = (eventType: string): boolean => isWatch(eventType, [notInterested]);

/** Checks whether a filter includes items because the user watched them (an INCLUDE by interactions). */
export const includesWatched = (filterExpression: string): boolean =>
    /\bINCLUDE\b[^|]*\bInteractions\s*\./i.test(filterExpression);
