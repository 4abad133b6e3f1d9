import * as aws from "@pulumi/aws";
import { parseStateFlags, type StateFlags, stateFlagsPath } from "../../personalize/operations/state-flags.ts";
import { warn } from "../common/messages.ts";

/**
 * Reads the stack's state flags before the program declares resources, and logs them in preview and `up`. With the
 * flags, the program leaves out a parked campaign and keeps a held version, so that `up` does not undo what a runbook
 * did.
 */
export async function stackStateFlags(stack: string, previousStack: string): Promise<StateFlags> {
    // Read the flags under both names, because in the preview of a renamed stack they are still under the previous
    // name.
    const paths = [previousStack, stack].filter((name) => name !== "").map(stateFlagsPath);
    const parameterSets = await Promise.all(paths.map((path) => aws.ssm.getParametersByPath({ path })));
    const stateFlags = parseStateFlags(
        parameterSets.flatMap(({ names, values }) =>
            names.map((name, index) => ({ name, value: values[index] ?? "" })),
        ),
    );
    const { closed, parked, serving } = stateFlags;
    if (closed) {
        warn(
            `the API and the storefront page have been closed since ${closed.since} (${closed.reason}), so this run keeps them closed. ` +
                "To open them: npm run resume",
        );
    }
    if (parked) {
        warn(
            `the campaign has been parked since ${parked.since} (${parked.reason}), so this run creates no campaign. ` +
                "To resume it: npm run resume",
        );
    }
    if (serving?.hold) {
        warn(
            `the campaign has been held at version ${serving.solutionVersionArn} since ${serving.since} (${serving.reason}), so this run keeps that version. ` +
                "To serve the newest version again: npm run rollback -- --release",
        );
    }
    return stateFlags;
}
