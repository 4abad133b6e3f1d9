import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { anyKind, type CommonInputs, goneOrThrow, kinds } from "pulumi-personalize/core";
import { nameInArn } from "../../../core/operations/operation.ts";
import type { RecordedResource } from "./stack.ts";

/** The state of a resource, and the next step. */
export interface ResourceStatus {
    readonly resource: string;
    /** ARN of the resource; null until the service has created the resource. */
    readonly arn: string | null;
    /**
     * Status that the service returns, or, for a resource that does not exist, `GONE`, `PARKED` (deleted to save its
     * cost) or `NOT YET MADE`.
     */
    readonly state: string;
    /** Seconds since the last change, including updates; null if the service returns no time. */
    readonly ageSeconds: number | null;
    readonly failureReason: string | null;
    readonly consoleUrl: string;
    readonly nextStep: string | null;
}

export type Overall = "empty" | "active" | "working" | "failed";

/** Reads the state of each recorded resource. `now` is in epoch milliseconds. */
export async function readStatus(
    clientOf: (region: string) => PersonalizeClient,
    resources: readonly RecordedResource[],
    now: number,
): Promise<ResourceStatus[]> {
    return Promise.all(
        resources.map(async (recorded) => {
            const { noun, displayName, find, describe } = anyKind(kinds[recorded.kind]);
            const { region } = recorded;
            const inputs = recorded.inputs as unknown as CommonInputs;
            const client = clientOf(region);
            const arn = recorded.arn ?? (await find(client, inputs).catch(goneOrThrow));
            const description = arn === undefined ? undefined : await describe(client, arn).catch(goneOrThrow);
            const pending =
                description?.update && description.update.status !== "ACTIVE"
                    ? `, update ${description.update.status}`
                    : "";
            const state = description
                ? `${description.status}${pending}`
                : recorded.arn === undefined
                  ? "NOT YET MADE"
                  : "GONE";
            return {
                resource: `${noun} ${arn === undefined ? displayName(inputs) : arn.split("/").slice(1).join("/")}`,
                arn: arn ?? null,
                state,
                ageSeconds: ageOf([description?.since, description?.update?.since], now),
                failureReason: description?.failureReason ?? description?.update?.failureReason ?? null,
                consoleUrl: `https://${region}.console.aws.amazon.com/personalize/home?region=${region}`,
                nextStep: nextStep(noun, state, recorded.makesLists, description?.properties),
            };
        }),
    );
}

/** Returns the seconds since the latest of several times; null if all of them are unknown. */
function ageOf(times: readonly (Date | undefined)[], now: number): number | null {
    const moments = times.flatMap((time) => time?.getTime() ?? []);
    return moments.length === 0 ? null : Math.max(0, Math.round((now - Math.max(...moments)) / 1000));
}

/** Returns the most severe of all states. */
export function worstState(statuses: readonly ResourceStatus[]): Overall {
    if (statuses.length === 0) return "empty";
    if (statuses.some((status) => isFailed(status) || status.state === "GONE")) return "failed";
    return statuses.every(({ state }) => state === "ACTIVE" || state === "PARKED") ? "active" : "working";
}

/** Whether the resource failed or was stopped. */
export const isFailed = ({ state }: Pick<ResourceStatus, "state">): boolean => /FAILED|STOPPED/.test(state);

function nextStep(
    noun: string,
    state: string,
    makesLists = false,
    { solutionVersionArn = "" }: Readonly<Record<string, unknown>> = {},
): string | null {
    if (state === "GONE") return "it was deleted outside Pulumi: `pulumi refresh`, then `pulumi up`";
    if (/FAILED|STOPPED/.test(state) && makesLists) {
        return "fix the cause: the stack starts another job within a day, and serves the lists before until then";
    }
    if (/FAILED|STOPPED/.test(state)) {
        const then = state.startsWith("ACTIVE") ? "the old one serves until then" : "it is created again";
        return `fix the cause, then run \`pulumi up\`: ${then}`;
    }
    if (state === "NOT YET MADE") return "`pulumi up` will create it; if none is running, run it again";
    if (/PENDING|IN_PROGRESS/.test(state)) return "wait: `npm run watch-status -- --wait`";
    return noun === "campaign"
        ? `it serves version ${nameInArn(String(solutionVersionArn))}, and costs money: \`npm run park\` deletes it and keeps the version`
        : null;
}
