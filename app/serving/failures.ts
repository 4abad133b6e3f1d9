import { BrokenCircuitError, TaskCancelledError } from "cockatiel";
import type { ItemListReason } from "../api/names.ts";
import type { Log } from "./ports.ts";
import type { Trace } from "./request-line.ts";

/** The fields of an AWS client's error that this file reads. */
interface ServiceError extends Error {
    readonly $metadata?: { readonly httpStatusCode?: number };
}

export type CampaignFailure = "gone" | "throttled" | "slow" | "refused" | "resting" | "failed";

/** The error for a viewer who has used up the allowed requests. The API did not call the campaign. */
export class NoAllowanceError extends Error {
    override readonly name = "NoAllowanceError";
}

const slowNames = new Set(["AbortError", "TimeoutError", "RequestAbortedError"]);

/**
 * Classifies an error of the campaign. `refused`: Personalize rejects this request, for example because of its filter
 * values, but would accept another one.
 */
export function classifyFailure(error: unknown): CampaignFailure {
    const { name, $metadata }: ServiceError = error instanceof Error ? error : new Error();
    const status = $metadata?.httpStatusCode;
    if (error instanceof BrokenCircuitError) return "resting";
    if (error instanceof NoAllowanceError) return "throttled";
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
} as const satisfies Record<CampaignFailure, ItemListReason>;

/** Converts a failure of the campaign to the reason that the API's answer states. */
export const toListReason = (failure: CampaignFailure): ItemListReason => reasons[failure];

/** Checks whether an error is about the campaign itself, so that it counts as a failure. */
export const isOfCampaign = (error: unknown): boolean => !["gone", "refused"].includes(classifyFailure(error));

/** Returns the error's name. Its message may contain a viewer's ID. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : "no error");

/** Returns a function that counts and logs the error of a call to the table. `failed` says what the call was for. */
export const tableFailure =
    (log: Log, trace: Pick<Trace, "tableFailures">, failed: string) =>
    (error: unknown): undefined => {
        trace.tableFailures += 1;
        log({ failed, error: errorName(error) });
    };
