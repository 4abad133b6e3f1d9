import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { formatError, hasName, isInUse, isNotFound } from "./errors.ts";
import type { Removable } from "./resource.ts";
import { isOurs, listTags } from "./tags.ts";
import { type WaitDeps, waitFor } from "./wait.ts";

/**
 * Deadline of every deletion in minutes, independent of the stack's deadlines. The deletion of a campaign takes 16 to
 * 18 minutes.
 */
const deleteDeadlineMinutes = 60;

/** The IDs of the resources that the stack keeps in this run. */
export interface LiveResources {
    has(id: string): boolean;
}

export interface RemoveDeps extends WaitDeps {
    /**
     * Resources that the stack keeps. The program does not delete them, even if they use the resource that it deletes.
     * If absent, there are none.
     */
    readonly live?: LiveResources;
}

/** A resource to delete: its ARN, its name in messages, the seconds between two polls, and the stack's owner tag. */
export interface Leaving {
    readonly arn: string;
    readonly what: string;
    readonly pollSeconds: number;
    readonly owner: string | undefined;
}

/** Waits until Personalize no longer finds the resource. */
export async function waitUntilGone(
    kind: Removable,
    deps: WaitDeps,
    client: PersonalizeClient,
    leaving: Leaving,
): Promise<void> {
    await waitFor(
        deps,
        createWaitPlan(leaving),
        async () => kind.describe(client, leaving.arn).catch(goneOrThrow),
        (description) => (description === undefined ? { done: true } : { state: description.status }),
    );
}

/**
 * Deletes a resource and waits until it is gone; retries while other resources use it. First deletes the stack's own
 * resources that use it: a killed engine may not have recorded its new campaign, which would be billed forever.
 */
export async function remove(
    kind: Removable,
    deps: RemoveDeps,
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
            return [formatError(error), ...inTheWay].join("; ");
        }
    };
    await waitFor(deps, createWaitPlan(leaving), ask, (answer) =>
        answer === "accepted" ? { done: true } : { state: answer },
    );
    await waitUntilGone(kind, deps, client, leaving);
}

/**
 * Deletes the stack's own resources that use the resource to delete. Returns a message to the operator for each
 * resource of another owner that uses it.
 */
async function clearTheWay(kind: Removable, deps: RemoveDeps, client: PersonalizeClient, leaving: Leaving) {
    const others: string[] = [];
    for await (const [dependent, arn] of kind.dependents?.(client, leaving.arn) ?? []) {
        const what = `${dependent.noun} ${arn.split("/").slice(1).join("/")}`;
        const inTheWay = { ...leaving, arn, what };
        if (deps.live?.has(arn)) {
            throw new Error(
                `${what} belongs to this stack and uses ${leaving.what}, so ${leaving.what} is not deleted`,
            );
        }
        if (!dependent.delete) {
            await stop(dependent, deps, client, inTheWay);
        } else if (isOurs(await listTags(client, arn).catch(goneOrThrow), leaving.owner)) {
            deps.log(`${what} belongs to this stack and uses ${leaving.what}; deleting it first`);
            await remove(dependent, deps, client, inTheWay);
        } else {
            others.push(`${what} uses it and does not belong to this stack: delete it, then this deletion continues`);
        }
    }
    return others;
}

/**
 * Checks whether Personalize refuses to stop a training because the training has ended or is gone. The error code is
 * not documented; the caller reads the training's status again.
 */
const isOfItsState = (error: unknown) => isInUse(error) || isNotFound(error) || hasName(error, "InvalidInputException");

/** Stops a running, billed training and waits for its end. Does nothing if the training has ended. */
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
            return kind.stop?.(client, leaving.arn).then(
                () => status,
                (error) => {
                    if (!isOfItsState(error)) {
                        throw error;
                    }
                    return `${status}; ${formatError(error)}`;
                },
            );
        }
        return status === "CREATE STOPPING" ? status : undefined;
    };
    await waitFor(deps, createWaitPlan(leaving), ask, (state) => (state === undefined ? { done: true } : { state }));
}

/** Returns `undefined` for the service's "not found" and throws every other error. */
export function goneOrThrow(error: unknown): undefined {
    if (!isNotFound(error)) {
        throw error;
    }
    return undefined;
}

const createWaitPlan = ({ what, pollSeconds }: Leaving) => ({
    what,
    pollSeconds,
    usual: "minutes",
    deadlineMinutes: deleteDeadlineMinutes,
    goOn: "Run the same command again to continue the deletion.",
});
