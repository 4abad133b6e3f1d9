import { BrokenCircuitError, TaskCancelledError } from "cockatiel";
import type { FilmListReason } from "../api/names.ts";

/** Errors of an AWS client, as much of them as is read here. */
interface ServiceError {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
}

export type CampaignFailure = "gone" | "throttled" | "slow" | "refused" | "resting" | "failed";

const slowNames = new Set(["AbortError", "TimeoutError", "RequestAbortedError"]);

/**
 * What an error of the campaign means. `refused`: the service does not take this request, filter values for instance,
 * and would take another.
 */
export function failureOf(error: unknown): CampaignFailure {
    const { name = "", $metadata } = (error ?? {}) as ServiceError;
    const status = $metadata?.httpStatusCode;
    if (error instanceof BrokenCircuitError) return "resting";
    if (error instanceof TaskCancelledError || slowNames.has(name)) return "slow";
    if (name === "ResourceNotFoundException") return "gone";
    if (name === "ThrottlingException" || name === "TooManyRequestsException" || status === 429 || status === 503) {
        return "throttled";
    }
    return name === "InvalidInputException" || name === "ValidationException" ? "refused" : "failed";
}

const reasons = {
    gone: "away",
    throttled: "throttled",
    slow: "slow",
    refused: "failed",
    resting: "failed",
    failed: "failed",
} as const satisfies Record<CampaignFailure, FilmListReason>;

/** As an answer says it. */
export const reasonOf = (failure: CampaignFailure): FilmListReason => reasons[failure];

/** Whether an error says something of the campaign as it is, so that it counts against it. */
export const isOfCampaign = (error: unknown): boolean => !["gone", "refused"].includes(failureOf(error));
