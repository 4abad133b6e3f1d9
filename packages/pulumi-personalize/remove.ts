import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { formatError, hasName, messageOf } from "terminal-text";
import { isInUse, isNotFound } from "./errors.ts";
import type { CommonInputs, Removable } from "./resource.ts";
import { isOurs, listTags } from "./tags.ts";
import { type WaitDeps, waitFor } from "./wait.ts";

/** Default deadline of a deletion in minutes. The deletion of a campaign takes 16 to 18 minutes. */
const deleteDeadlineMinutes = 60;

/** A resource to delete: its client, ARN and name in messages, and the recorded inputs that a deletion needs. */
export interface Leaving
    extends Pick<CommonInputs, "pollSeconds">,
        Partial<Pick<CommonInputs, "owner" | "adopt" | "deleteDeadlineMinutes" | "inUseSeconds">> {
    readonly client: PersonalizeClient;
    readonly arn: string;
    readonly what: string;
}

/** Waits until Personalize no longer finds the resource. */
export async function waitUntilGone(kind: Removable, deps: WaitDeps, leaving: Leaving): Promise<void> {
    await waitFor(
        deps,
        createWaitPlan(leaving),
        async () => kind.describe(leaving.client, leaving.arn).catch(goneOrThrow),
        (description) => (description === undefined ? { done: true } : { state: description.status }),
    );
}

/**
 * Deletes a resource and waits until it is gone. Deletes no resource that uses it, because a provider cannot know
 * whether the engine deletes that resource too: with `--target`, `protect` or `retainOnDelete`, it stays. The engine
 * may be deleting it at the same time, because it deletes a pending resource and the resources that use it in parallel.
 * So this function waits while a resource that uses this one is being deleted, and for `inUseSeconds` otherwise.
 *
 * @throws Error that names each resource that still uses it, with the command that deletes that resource
 */
export async function remove(kind: Removable, deps: WaitDeps, leaving: Leaving): Promise<void> {
    const { client, arn, what, owner, pollSeconds, inUseSeconds = Math.max(5, 20 * pollSeconds) } = leaving;
    let unchangedSince: number | undefined;
    const ask = async () => {
        const refusal = await requestDeletion(kind, client, arn);
        if (refusal === undefined) return "accepted" as const;
        const users = await findUsers(kind, deps, leaving);
        if (kind.isShared && (await hasOtherOwner(client, users.staying, owner))) {
            deps.log(`${what} remains in AWS, because it is in use by ${users.staying.join(" and ")} of another owner`);
            return "left" as const;
        }
        unchangedSince = users.areLeaving || users.staying.length === 0 ? undefined : (unchangedSince ?? deps.now());
        if (unchangedSince !== undefined && deps.now() - unchangedSince >= inUseSeconds) {
            throw new Error(inUseText(what, users.staying));
        }
        return { state: users.staying.length > 0 ? `in use by ${users.staying.join(" and ")}` : refusal };
    };
    const answer = await waitFor(deps, createWaitPlan(leaving), ask, (state) =>
        typeof state === "string" ? { done: state } : state,
    );
    if (answer === "accepted") await waitUntilGone(kind, deps, leaving);
}

/**
 * Requests the deletion. Returns the service's refusal if other resources use the resource; else undefined. Leaves out
 * the request's ID, because each new text is a line of progress.
 */
async function requestDeletion(
    { delete: request, describe }: Removable,
    client: PersonalizeClient,
    arn: string,
): Promise<string | undefined> {
    try {
        await request?.(client, arn);
        return undefined;
    } catch (error) {
        if (isNotFound(error)) return undefined;
        if (!isInUse(error)) throw error;
        const description = await describe(client, arn).catch(goneOrThrow);
        return description === undefined || description.status.startsWith("DELETE") ? undefined : messageOf(error);
    }
}

/**
 * Returns the ARNs of resources that use the resource and are not being deleted, and whether others are being deleted.
 * If there are none, stops running trainings of a solution, and deletes the dataset that Personalize itself created in
 * a dataset group of the stack: the engine does not delete them. Not before, because the resource may have to stay.
 */
async function findUsers(kind: Removable, deps: WaitDeps, leaving: Leaving) {
    const { client } = leaving;
    const staying: string[] = [];
    const parts: (() => Promise<void>)[] = [];
    let areLeaving = false;
    for await (const [user, arn] of kind.dependents?.(client, leaving.arn) ?? []) {
        const part = { ...leaving, arn, what: `${user.noun} ${arn.split("/").slice(1).join("/")}` };
        if (!user.delete) {
            parts.push(() => stop(user, deps, part));
        } else if (user.isOfService && leaving.adopt === undefined) {
            parts.push(() => remove(user, deps, part));
        } else if (await isBeingDeleted(user, client, arn)) {
            areLeaving = true;
        } else {
            staying.push(arn);
        }
    }
    if (staying.length === 0 && !areLeaving) for (const end of parts) await end();
    return { staying, areLeaving };
}

/** Checks whether a resource is being deleted, or waits for the deletion of resources that use it. */
async function isBeingDeleted(kind: Removable, client: PersonalizeClient, arn: string): Promise<boolean> {
    const description = await kind.describe(client, arn).catch(goneOrThrow);
    if (description === undefined || description.status.startsWith("DELETE")) return true;
    for await (const [user, userArn] of kind.dependents?.(client, arn) ?? []) {
        if (user.delete && (await isBeingDeleted(user, client, userArn))) return true;
    }
    return false;
}

async function hasOtherOwner(client: PersonalizeClient, arns: readonly string[], owner: string | undefined) {
    for (const arn of arns) {
        if (!isOurs(await listTags(client, arn).catch(goneOrThrow), owner)) return true;
    }
    return false;
}

function inUseText(what: string, users: readonly string[]): string {
    const commands = users.map((arn) => {
        const [, , , region, , resource = ""] = arn.split(":");
        const noun = resource.split("/")[0];
        return `\n  aws personalize delete-${noun} --${noun}-arn ${arn} --region ${region}`;
    });
    return (
        `${what} is not deleted, because it is in use by ${users.join(" and ")}, and this command does not delete what ` +
        `uses it. If you no longer need what uses it, delete that and run the command again:${commands.join("")}`
    );
}

/**
 * Checks whether Personalize refuses to stop a training because the training has ended or is gone. The error code is
 * not documented; the caller reads the training's status again.
 */
const isOfItsState = (error: unknown) => isInUse(error) || isNotFound(error) || hasName(error, "InvalidInputException");

/** Stops a running, billed training and waits for its end. Does nothing if the training has ended. */
export async function stop(kind: Removable, deps: WaitDeps, leaving: Leaving): Promise<void> {
    const { client, arn } = leaving;
    const ask = async () => {
        const description = await kind.describe(client, arn).catch(goneOrThrow);
        const status = description?.status ?? "";
        if (status === "CREATE PENDING" || status === "CREATE IN_PROGRESS") {
            return kind.stop?.(client, arn).then(
                () => status,
                (error) => {
                    if (!isOfItsState(error)) throw error;
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
    if (!isNotFound(error)) throw error;
    return undefined;
}

const createWaitPlan = ({ what, pollSeconds, deleteDeadlineMinutes: deadlineMinutes }: Leaving) => ({
    what,
    pollSeconds,
    usual: "minutes",
    deadlineMinutes: deadlineMinutes ?? deleteDeadlineMinutes,
    goOn: "Run the same command again to continue the deletion.",
});
