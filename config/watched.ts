/** Type of a viewing: data-prep writes it into the interactions, and the page sends it. */
const watchEvent = "Watch";

/** Expression of the filter that leaves out what a user has watched (Developer Guide, "Filter expressions"). */
export const watchedFilterExpression = `EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("${watchEvent}")`;

/** Whether an event is a viewing. Filters compare event types without case. */
export const isWatch = (eventType: string): boolean => eventType.toLowerCase() === watchEvent.toLowerCase();

/** Whether a filter's list has items because the user watched them: an INCLUDE by interactions. */
export const includesWatched = (filterExpression: string): boolean =>
    /\bINCLUDE\b[^|]*\bInteractions\s*\./i.test(filterExpression);
