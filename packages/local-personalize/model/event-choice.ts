/** An entry of a solution's `eventsConfig.eventParametersList`. */
export interface EventParameters {
    eventType?: string;
    /** Minimum value of events that count. Events without a value do not count. */
    eventValueThreshold?: number;
    /** Weight from 0 to 1; absent: 1, which is a guess. */
    weight?: number;
}

/**
 * The events on which a solution trains: the events of one type, or the events that its `eventsConfig` describes. If a
 * solution has neither, it trains on all events.
 */
export interface EventChoice {
    eventType?: string | undefined;
    /** Minimum value of events that count. Events without a value do not count. */
    eventValueThreshold?: number | undefined;
    eventParameters?: readonly EventParameters[] | undefined;
}

/**
 * Returns a text with the event types on which a solution trains, in the format of the service's messages; undefined if
 * all events count.
 */
export function chosenTypes({ eventType, eventValueThreshold, eventParameters }: EventChoice): string | undefined {
    const least = eventValueThreshold === undefined ? undefined : `any, with a value of ${eventValueThreshold} or more`;
    return eventParameters === undefined
        ? (eventType ?? least)
        : eventParameters.map(({ eventType = "" }) => eventType).join(", ");
}

/**
 * Returns the function that returns an event's weight from its type and value (NaN if it has no value); undefined if
 * the event does not count. Weights are divided by their mean, because only ratios matter: 0.3 and 0.1 become 1.5 and
 * 0.5. Source: Developer Guide, "Optimizing a solution with events configuration".
 */
export function weighing({ eventType: only, eventValueThreshold: least, eventParameters }: EventChoice) {
    if (eventParameters === undefined) {
        return (eventType: string, value: number): number | undefined =>
            (only === undefined || eventType === only) && (least === undefined || value >= least) ? 1 : undefined;
    }
    const weights = eventParameters.map(({ weight = 1 }) => weight);
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    const byType = new Map(
        eventParameters.map(({ eventType = "", eventValueThreshold = Number.NEGATIVE_INFINITY }, index) => [
            eventType,
            { least: eventValueThreshold, weight: mean > 0 ? (weights[index] ?? 1) / mean : 1 },
        ]),
    );
    return (eventType: string, value: number): number | undefined => {
        const choice = byType.get(eventType);
        const counts = choice && (choice.least === Number.NEGATIVE_INFINITY || value >= choice.least);
        return counts ? choice.weight : undefined;
    };
}
