import type { RequestWindows } from "./spend.ts";

/** What the guard saw of the world; a part that it could not see is undefined, and is never taken for empty. */
export interface Looks {
    readonly campaign: { readonly found: CampaignSeen | undefined } | undefined;
    /** Whether the campaign carries the tag that protects it. */
    readonly kept: boolean | undefined;
    /** Of the times that `requestsSince` asks for. */
    readonly requests: RequestWindows | undefined;
    /** What is noted as parked. */
    readonly parked: { readonly mark: ParkedSeen | undefined } | undefined;
    readonly solutions: readonly SolutionSeen[] | undefined;
}

export interface CampaignSeen {
    /** The service's word. */
    readonly status: string;
    readonly createdAt: number;
    readonly updatedAt: number;
    readonly minProvisionedTPS: number;
}

export interface ParkedSeen {
    /** ARN of the version that comes back; undefined where no campaign was parked. */
    readonly solutionVersionArn: string | undefined;
}

/** A solution that carries the stack's tags. */
export interface SolutionSeen {
    /** The service's word. */
    readonly status: string;
    readonly arn: string;
    /** When it, or its newest version, was made or changed. */
    readonly changedAt: number;
    readonly hasCampaign: boolean;
    readonly kept: boolean;
}

export const isLeaving = ({ status }: { readonly status: string }): boolean => status.startsWith("DELETE");
