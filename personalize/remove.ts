import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { isInUse, isNotFound, messageOf } from "./errors.ts";
import type { Removable } from "./resource.ts";
import { isOurs, type Tags, tagsOf } from "./tags.ts";
import { type WaitDeps, waitFor } from "./wait.ts";

/** Deleting a campaign takes 16 to 18 minutes; whatever the stack's deadlines are, a delete gets this long. */
const deleteDeadlineMinutes = 60;

/** A resource on its way out: which, as a person calls it, how often to look (seconds), and our stack's tags. */
export interface Leaving {
    readonly arn: string;
    readonly what: string;
    readonly pollSeconds: number;
    readonly tags: Tags;
}

/** Waits until the service does not know the resource any more. */
export async function waitUntilGone(
    kind: Removable,
    deps: WaitDeps,
    client: PersonalizeClient,
    leaving: Leaving,
): Promise<void> {
    await waitFor(
        deps,
        planOf(leaving),
        async () => kind.describe(client, leaving.arn).catch(goneOrThrow),
        (description) => (description === undefined ? { done: true } : { state: description.status }),
    );
}

/**
 * Deletes a resource, again and again while something still uses it, and waits until it is gone. What stands on it and
 * is of our stack goes first: an engine that was killed while it made a campaign has not recorded it, and it would bill
 * on for ever.
 */
export async function remove(
    kind: Removable,
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
            const description = await kind.describe(client, leaving.arn).catch(goneOrThrow);
            if (description === undefined || description.status.startsWith("DELETE")) {
                return "accepted" as const;
            }
            const inTheWay = await clearTheWay(kind, deps, client, leaving);
            return [messageOf(error), ...inTheWay].join("; ");
        }
    };
    await waitFor(deps, planOf(leaving), ask, (answer) => (answer === "accepted" ? { done: true } : { state: answer }));
    await waitUntilGone(kind, deps, client, leaving);
}

/** Removes what stands on a resource and is ours; says of the rest what it is, for a person to remove. */
async function clearTheWay(kind: Removable, deps: WaitDeps, client: PersonalizeClient, leaving: Leaving) {
    const others: string[] = [];
    for await (const [dependent, arn] of kind.dependents?.(client, leaving.arn) ?? []) {
        const what = `${dependent.noun} ${arn.split("/").slice(1).join("/")}`;
        const inTheWay = { ...leaving, arn, what };
        if (!dependent.delete) {
            await stop(dependent, deps, client, inTheWay);
        } else if (isOurs(await tagsOf(client, arn).catch(goneOrThrow), leaving.tags)) {
            deps.log(`${what} is of this stack and stands on ${leaving.what}; it is deleted first`);
            await remove(dependent, deps, client, inTheWay);
        } else {
            others.push(`${what} stands on it and is not of this stack: delete it, and this goes on`);
        }
    }
    return others;
}

/**
 * Stops work that is under way and billed, and waits until it has ended; work that has ended is left as it is.
 */
export async function stop(
    kind: Removable,
    deps: WaitDeps,
    client: PersonalizeClient,
    leaving: Leaving,
): Promise<void> {
    const ask = async () => {
        const description = await kind.describe(client, leaving.arn).catch(goneOrThrow);
        const status = description?.status ?? "";
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
