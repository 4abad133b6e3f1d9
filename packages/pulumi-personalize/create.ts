import { formatError } from "terminal-text";
import { adoptable } from "./adopt.ts";
import type { LifecycleDeps } from "./deps.ts";
import { alreadyExists, BusyError, isRoleNotReady, isTransient } from "./errors.ts";
import type { CommonInputs, ResourceKind } from "./resource.ts";
import { allTags } from "./tags.ts";
import { pause } from "./wait.ts";

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
export async function createOrAdopt<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: LifecycleDeps,
    inputs: I,
): Promise<{ readonly arn: string; readonly adopted: boolean; readonly isForeign?: boolean }> {
    const tagged = { ...inputs, tags: allTags(kind, inputs) };
    const start = deps.now();
    let taken = 0;
    for (;;) {
        await deps.assertEngineAlive();
        try {
            const existing = await adoptable(kind, deps, deps.client(inputs.region), inputs);
            if (existing !== undefined) {
                return { ...existing, adopted: true };
            }
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
            if (!again) {
                throw error;
            }
            deps.log(
                `${kind.noun} ${kind.displayName(inputs)}: ${formatError(error)}; looking for an existing one before the next attempt`,
            );
            await deps.sleep(pause(deps, inputs.pollSeconds));
        }
    }
}
