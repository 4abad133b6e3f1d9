import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { describe, isInUse, isNotFound } from "./errors.ts";
import type { CommonInputs, ResourceKind } from "./resource.ts";
import { type WaitDeps, waitFor } from "./wait.ts";

/** Deleting a campaign takes 16 to 18 minutes; whatever the stack's deadlines are, a delete gets this long. */
const deleteDeadlineMinutes = 60;

/** A resource on its way out: which, as a person calls it, and how often to look (seconds). */
export interface Leaving {
    readonly arn: string;
    readonly what: string;
    readonly pollSeconds: number;
}

/** Waits until the service does not know the resource any more. */
export async function waitUntilGone<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: WaitDeps,
    client: PersonalizeClient,
    leaving: Leaving,
): Promise<void> {
    await waitFor(
        deps,
        planOf(leaving),
        async () => kind.look(client, leaving.arn).catch(goneOrThrow),
        (look) => (look === undefined ? { done: true } : { state: look.status }),
    );
}

/** Deletes a resource, again and again while something still uses it, and waits until it is gone. */
export async function remove<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: WaitDeps,
    client: PersonalizeClient,
    leaving: Leaving,
): Promise<void> {
    const ask = async () => {
        try {
            await kind.delete?.(client, leaving.arn);
            return "accepted" as const;
        } catch (error) {
            if (isNotFound(error)) {
                return "accepted" as const;
            }
            if (!isInUse(error)) {
                throw error;
            }
            const look = await kind.look(client, leaving.arn).catch(goneOrThrow);
            return look === undefined || look.status.startsWith("DELETE") ? ("accepted" as const) : describe(error);
        }
    };
    await waitFor(deps, planOf(leaving), ask, (answer) => (answer === "accepted" ? { done: true } : { state: answer }));
    await waitUntilGone(kind, deps, client, leaving);
}

/**
 * Stops work that is under way and billed, and waits until it has ended; work that has ended is left as it is.
 */
export async function stop<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: WaitDeps,
    client: PersonalizeClient,
    leaving: Leaving,
): Promise<void> {
    const ask = async () => {
        const look = await kind.look(client, leaving.arn).catch(goneOrThrow);
        const status = look?.status ?? "";
        if (status === "CREATE PENDING" || status === "CREATE IN_PROGRESS") {
            // It may end by itself in between: then the service says that it is not in progress any more.
            await kind.stop?.(client, leaving.arn).catch((error) => {
                if (!isInUse(error)) {
                    throw error;
                }
            });
            return status;
        }
        return status === "CREATE STOPPING" ? status : undefined;
    };
    await waitFor(deps, planOf(leaving), ask, (state) => (state === undefined ? { done: true } : { state }));
}

/** Turns the service's "not found" into `undefined`, and lets every other error through. */
export function goneOrThrow(error: unknown): undefined {
    if (!isNotFound(error)) {
        throw error;
    }
    return undefined;
}

const planOf = ({ what, pollSeconds }: Leaving) => ({
    what,
    pollSeconds,
    usual: "minutes",
    deadlineMinutes: deleteDeadlineMinutes,
    goOn: "Run the same command again to go on with its deletion.",
});
