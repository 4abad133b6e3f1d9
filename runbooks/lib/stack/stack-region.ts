import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { askPulumi } from "./pulumi.ts";
import { configValues } from "./stack-config.ts";

/**
 * The region that a runbook is about: the one that is named, else the stack's, else AWS_REGION.
 *
 * @throws RunbookError where there is none, or no such stack.
 */
export async function regionOf({ region, stack }: { readonly region?: string; readonly stack?: string }) {
    const found = region ?? (await stackRegion(stack)) ?? process.env.AWS_REGION;
    if (!found) {
        throw new RunbookError("Which region? Name it by --region, or a stack by --stack.", exitCodes.usage);
    }
    return found;
}

async function stackRegion(stack: string | undefined): Promise<string | undefined> {
    const which = stack === undefined ? [] : ["--stack", stack];
    const { exitCode, stdout, stderr } = await askPulumi("config", "--json", ...which);
    if (exitCode !== 0 && stack !== undefined) {
        throw /no stack named/.test(stderr)
            ? new RunbookError(
                  `There is no such stack as ${stack}. See them by \`pulumi stack ls\`, and name one with --stack.`,
                  exitCodes.noStack,
              )
            : new RunbookError(stderr);
    }
    return exitCode === 0 ? configValues(stdout).get("aws:region") : undefined;
}
