import { adoptable } from "./adopt.ts";
import type { ClientOf } from "./clients.ts";
import { alreadyExists, isRoleNotReady, isTransient, messageOf } from "./errors.ts";
import type { CommonInputs, ResourceKind } from "./resource.ts";
import { pause, type WaitDeps } from "./wait.ts";

/** Seconds for which a new role may be unknown in some of the places where IAM answers. */
const roleGraceSeconds = 60;
/** Seconds for which a create call that is not answered is tried again. */
const unansweredSeconds = 120;

/**
 * The ARN of the resource, made by us unless an earlier try left it. A create call whose answer is lost may have been
 * accepted, and a second training would be billed: so nothing is sent twice without looking for the first in between.
 *
 * @throws Error what the service said, or that something which is not ours is in the way.
 */
export async function createOrAdopt<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: WaitDeps & { readonly client: ClientOf },
    inputs: I,
): Promise<{ readonly arn: string; readonly adopted: boolean }> {
    const start = deps.now();
    let taken = 0;
    for (;;) {
        await deps.assertEngineAlive();
        try {
            const existing = await adoptable(kind, deps, deps.client(inputs.region), inputs);
            if (existing !== undefined) {
                return { arn: existing, adopted: true };
            }
            await deps.assertEngineAlive();
            return { arn: await kind.create(deps.client(inputs.region, "once"), inputs), adopted: false };
        } catch (error) {
            const seconds = deps.now() - start;
            taken += alreadyExists(error) ? 1 : 0;
            const again =
                (alreadyExists(error) && taken === 1) ||
                (isRoleNotReady(error) && seconds < roleGraceSeconds) ||
                (isTransient(error) && seconds < unansweredSeconds);
            if (!again) {
                throw error;
            }
            deps.log(`${kind.noun} ${kind.displayName(inputs)}: ${messageOf(error)}; looking again before another try`);
            await deps.sleep(pause(deps, inputs.pollSeconds));
        }
    }
}
