import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parseStateFlags, type StateFlags, stateFlagsPath } from "../../personalize/operations/state-flags.ts";

/**
 * What runbooks noted for this stack, read before the program decides what there shall be: a parked campaign is left
 * out, and a held one stays at its version, so that `up` never fights a runbook. Says so in preview and up.
 */
export async function stackStateFlags(stack: string): Promise<StateFlags> {
    const { names, values } = await aws.ssm.getParametersByPath({ path: stateFlagsPath(stack) });
    const stateFlags = parseStateFlags(names.map((name, index) => ({ name, value: values[index] ?? "" })));
    const { parked, serving } = stateFlags;
    if (parked) {
        pulumi.log.warn(
            `the campaign is parked since ${parked.since} (${parked.reason}), so it is left out. ` +
                "It comes back by: npm run resume",
        );
    }
    if (serving?.hold) {
        pulumi.log.warn(
            `the campaign is held at version ${serving.solutionVersionArn} since ${serving.since} (${serving.reason}). ` +
                "It follows the newest one again after: npm run rollback -- --release",
        );
    }
    return stateFlags;
}
