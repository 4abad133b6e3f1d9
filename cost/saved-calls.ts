import { billedTpsHours, isV2, servingUsd } from "../config/prices.ts";
import { hour } from "./time.ts";

/** Personal lists that an API answered in a time, and the calls of the campaign that it made for them. */
export interface ServedWindow {
    readonly lists: number;
    readonly calls: number;
}

export interface SavedCalls extends ServedWindow {
    /** US dollars. */
    readonly usd: number;
}

/**
 * What the campaign would have billed more for, had it been asked for each list: by windows of `length` milliseconds, for a campaign bills
 * the larger of its minimum and what is asked. Below the minimum a call that is saved saves nothing.
 */
export function savedCalls(
    windows: readonly ServedWindow[],
    length: number,
    { recipe, minProvisionedTPS }: { readonly recipe: string | undefined; readonly minProvisionedTPS: number },
): SavedCalls {
    const usdOf = (requestsOf: (window: ServedWindow) => number) => {
        const tpsHours = windows.reduce(
            (sum, one) => sum + billedTpsHours({ hours: length / hour, minProvisionedTPS, requests: requestsOf(one) }),
            0,
        );
        return servingUsd(isV2(recipe) ? { tpsHours: 0, tpsHoursV2: tpsHours } : { tpsHours, tpsHoursV2: 0 });
    };
    const sum = (of: keyof ServedWindow) => windows.reduce((total, one) => total + one[of], 0);
    return {
        lists: sum("lists"),
        calls: sum("calls"),
        usd: usdOf(({ lists, calls }) => Math.max(lists, calls)) - usdOf(({ calls }) => calls),
    };
}
