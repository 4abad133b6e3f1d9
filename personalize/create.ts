import { adoptable } from "./adopt.ts";
import { alreadyExists, BusyError, isRoleNotReady, isTransient, messageOf } from "./errors.ts";
import type { RemoveDeps } from "./remove.ts";
import type { ClientOf, CommonInputs, ResourceKind } from "./resource.ts";
import { pause } from "./wait.ts";

/** Seconds for which parts of IAM may not know a new role. */
const roleGraceSeconds = 60;
/** Seconds for which a create call without an answer is repeated. */
const unansweredSeconds = 120;
/** Seconds for which a create call is repeated while the service is busy. A filter takes up to 6 minutes. */
const busySeconds = 900;

/**
 * The ARN of the resource, which this run creates unless an earlier attempt already did. If the answer of a create call
 * is lost, AWS may have accepted it. A second training would be billed. Therefore every repeated call first looks for
 * the resource.
 *
 * @throws Error from the service, or if a resource of another owner has the name.
 */
export async function createOrAdopt<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: RemoveDeps & { readonly client: ClientOf },
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
                (error instanceof BusyError && seconds < busySeconds) ||
                (isRoleNotReady(error) && seconds < roleGraceSeconds) ||
                (isTransient(error) && seconds < unansweredSeconds);
            if (!again) {
                throw error;
            }
            deps.log(
                `${kind.noun} ${kind.displayName(inputs)}: ${messageOf(error)}; checking for it before the next attempt`,
            );
            await deps.sleep(pause(deps, inputs.pollSeconds));
        }
    }
}
