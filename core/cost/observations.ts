import type { ServingObservations } from "./serving-spend.ts";
import type { RequestWindows } from "./spend.ts";

/** What the guard observed about the stack. An undefined part failed to load, and never counts as empty. */
export interface Observations {
    readonly campaign: { readonly found: ObservedCampaign | undefined } | undefined;
    /** Number of requests by window, starting at the time that `requestsSince` calculates. */
    readonly requests: RequestWindows | undefined;
    /** Observations of the API and the page; undefined if the stack has none. */
    readonly serving?: ServingObservations | undefined;
    /**
     * Requests of the stack's own prefetch function, which do not count as use. Empty for a stack without a prefetch
     * function.
     */
    readonly prefetched: RequestWindows | undefined;
    /** Whether the campaign has the tag `keep`. */
    readonly kept: boolean | undefined;
    /**
     * Whether an address other than the stack's own queue has confirmed the notifications. False without a reason to
     * ask: if config `idle.action` is not `park`.
     */
    readonly isAddressConfirmed: boolean | undefined;
    /** The parked flag. */
    readonly parked: { readonly flag: ObservedParking | undefined } | undefined;
    readonly solutions: readonly ObservedSolution[] | undefined;
}

export interface ObservedCampaign {
    /** Personalize's status. */
    readonly status: string;
    readonly createdAt: number;
    readonly updatedAt: number;
    readonly minProvisionedTPS: number;
}

export interface ObservedParking {
    readonly since: number;
    readonly cause: ParkingCause;
    /** ARN of the solution that `resume` needs; undefined if no campaign existed. */
    readonly solution: string | undefined;
}

/** Why a campaign is parked: an operator parked it, the month's spend reached the limit, or it had no requests. */
export type ParkingCause =
    | { readonly by: "operator" }
    | { readonly by: "limit"; readonly limitUsd: number }
    | { readonly by: "idle"; readonly since: number };

/** A solution with the stack's tags. */
export interface ObservedSolution {
    /** Personalize's status. */
    readonly status: string;
    readonly arn: string;
    /** Time of the last change of the solution or its newest version. */
    readonly changedAt: number;
    readonly hasCampaign: boolean;
    readonly kept: boolean;
}

/** Checks whether a resource is being deleted, by Personalize's status. */
export const isLeaving = ({ status }: { readonly status: string }): boolean => status.startsWith("DELETE");
