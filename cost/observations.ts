import type { RequestWindows } from "./spend.ts";

/** What the guard saw of a campaign; a part that it could not see is undefined, and is never taken for empty. */
export interface CampaignObservations {
    readonly campaign: { readonly found: ObservedCampaign | undefined } | undefined;
    /** Of the times that `requestsSince` asks for. */
    readonly requests: RequestWindows | undefined;
}

/** What the guard saw of the world: of the campaign, and of what is around it. */
export interface Observations extends CampaignObservations {
    /** Of the campaign that orders given films; undefined where the stack's config has none. */
    readonly ranking: CampaignObservations | undefined;
    /** Whether the campaign carries the tag that protects it. */
    readonly kept: boolean | undefined;
    /** What is noted as parked. */
    readonly parked: { readonly flag: ObservedParking | undefined } | undefined;
    readonly solutions: readonly ObservedSolution[] | undefined;
}

export interface ObservedCampaign {
    /** The service's word. */
    readonly status: string;
    readonly createdAt: number;
    readonly updatedAt: number;
    readonly minProvisionedTPS: number;
}

export interface ObservedParking {
    /** ARNs of the solutions by whose campaigns it comes back. */
    readonly solutions: readonly string[];
}

/** A solution that carries the stack's tags. */
export interface ObservedSolution {
    /** The service's word. */
    readonly status: string;
    readonly arn: string;
    /** When it, or its newest version, was made or changed. */
    readonly changedAt: number;
    readonly hasCampaign: boolean;
    readonly kept: boolean;
}

export const isLeaving = ({ status }: { readonly status: string }): boolean => status.startsWith("DELETE");
