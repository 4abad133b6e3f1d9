import { formatError } from "terminal-text";
import { adoptable } from "./adopt.ts";
import { type AnyKind, type Inputs, isEqualValue, keepSpelling, type Properties } from "./diff.ts";
import { alreadyExists, BusyError, initFailure, isInUse, isRoleNotReady, isTransient } from "./errors.ts";
import { type CommonInputs, type Description, jsonClean } from "./resource.ts";
import { allTags } from "./tags.ts";
import { type LifecycleDeps, pause, type Verdict, verdictOn, waitFor } from "./wait.ts";

/** Seconds for which a create call is repeated while parts of IAM do not find a new role yet. */
const roleGraceSeconds = 60;
/** Seconds for which a create call is repeated after throttling, or after a failure of the service or the network. */
const unansweredSeconds = 120;
/**
 * Seconds for which a create call is repeated while the service is busy. The creation of a filter takes up to 6
 * minutes.
 */
const busySeconds = 900;

/**
 * Creates the resource, or adopts the one that an earlier attempt created. AWS may have accepted a create call whose
 * response was lost, and a second training would be billed. Therefore every attempt first looks for the resource.
 *
 * @throws Error from the service, or if the resource of this name has another owner
 */
export async function createOrAdopt(
    kind: AnyKind,
    deps: LifecycleDeps,
    inputs: CommonInputs,
): Promise<{ readonly arn: string; readonly adopted: boolean; readonly isForeign?: boolean }> {
    const tagged = { ...inputs, tags: allTags(kind, inputs) };
    const start = deps.now();
    let taken = 0;
    for (;;) {
        await deps.assertEngineAlive();
        try {
            const existing = await adoptable(kind, deps, inputs);
            if (existing !== undefined) return { ...existing, adopted: true };
            await deps.assertEngineAlive();
            return { arn: await kind.create(deps.client(inputs.region, "once"), tagged), adopted: false };
        } catch (error) {
            const seconds = deps.now() - start;
            taken += alreadyExists(error) ? 1 : 0;
            const again =
                (alreadyExists(error) && taken === 1) ||
                (error instanceof BusyError && seconds < busySeconds) ||
                (isRoleNotReady(error) && seconds < roleGraceSeconds) ||
                (isTransient(error) && seconds < unansweredSeconds);
            if (!again) throw error;
            deps.log(
                `${titleOf(kind, inputs)}: ${formatError(error)}; looking for an existing one before the next attempt`,
            );
            await deps.sleep(pause(deps, inputs.pollSeconds));
        }
    }
}

const mostUpdateAttempts = 5;

/** Returns the name of a resource in messages. */
export const titleOf = (kind: AnyKind, inputs: CommonInputs) => `${kind.noun} ${kind.displayName(inputs)}`;

/** Returns the properties that Pulumi records. */
export const createOuts = (kind: AnyKind, inputs: Properties, arn: string, description: Description): Properties =>
    jsonClean({
        ...inputs,
        // Keep the user's text in the state: a different text with the same meaning is not drift.
        ...keepSpelling(kind, inputs, description.properties),
        arn,
        status: description.status,
    });

/** Creates the parts of a lifecycle that wait for Personalize. */
export function waits(kind: AnyKind, deps: LifecycleDeps) {
    const judge =
        (updated: Inputs | undefined) =>
        (description: Description): Verdict<Description> => {
            const verdict = verdictOn(description);
            const { properties, update } = description;
            const failed = "done" in verdict && update !== undefined && update.status !== "ACTIVE";
            // Ignore the failure of an earlier update if the properties have the wanted values, because Personalize
            // still reports this failure.
            return updated &&
                failed &&
                !kind.updates.every((key) => isEqualValue(kind, key, properties[key], updated[key]))
                ? {
                      failed: `the update failed, so the previous configuration stays. Reason from Personalize: ${update?.failureReason}`,
                  }
                : verdict;
        };

    /**
     * Waits until the resource is ACTIVE. An error contains the resource's ARN and properties, so that Pulumi records
     * the resource.
     */
    async function settle(arn: string, inputs: Inputs, updated?: Inputs): Promise<Properties> {
        let last: Description = { status: "CREATE PENDING", properties: {} };
        const description = async () => {
            last = await kind.describe(deps.client(inputs.region), arn);
            return last;
        };
        try {
            const goOn = `The work continues in AWS; \`pulumi up\` resumes the wait. ${deps.advice.deadlines}`;
            const plan = { what: titleOf(kind, inputs), usual: kind.usual, goOn, ...inputs };
            const settled = await waitFor(deps, plan, description, judge(updated));
            return createOuts(kind, inputs, arn, settled);
        } catch (error) {
            throw initFailure(arn, createOuts(kind, inputs, arn, last), formatError(error));
        }
    }

    /** Repeats a failed creation once if it may succeed then; otherwise throws the failure. */
    async function repeat(arn: string, inputs: Inputs, failure: Error): Promise<Properties> {
        const why = await kind.worthRepeating?.(deps.client(inputs.region), arn, inputs);
        if (why === undefined) throw failure;
        deps.log(`${failure.message} ${why}`);
        return settle((await createOrAdopt(kind, deps, inputs)).arn, inputs);
    }

    /**
     * Requests an update and waits for it. If the response was lost or another update is running, waits for that
     * update, and then requests the values that are still missing.
     */
    async function updateAndSettle(arn: string, inputs: Inputs): Promise<Properties> {
        for (let attempt = 1; ; attempt += 1) {
            try {
                await deps.assertEngineAlive();
                await kind.update?.(deps.client(inputs.region), arn, inputs);
                break;
            } catch (error) {
                if (attempt === mostUpdateAttempts || !(isInUse(error) || isTransient(error))) throw error;
                deps.log(
                    `${titleOf(kind, inputs)}: ${formatError(error)}; waiting before the next attempt of the update`,
                );
                await deps.sleep(pause(deps, inputs.pollSeconds));
                await settle(arn, inputs);
            }
        }
        return settle(arn, inputs, inputs);
    }

    return { settle, repeat, updateAndSettle };
}
