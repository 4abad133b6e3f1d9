import { askPulumi } from "./pulumi.ts";
import type { ExportedStack } from "./stack.ts";

const typeOf = (kind: string) => `pulumi-nodejs:dynamic/personalize:${kind}`;

/**
 * Updates the campaign in the stack's state after a runbook has changed it in AWS. `pulumi up` compares only with
 * the state, so without this step it would not notice the change. If the state has no campaign, for example after park,
 * runs `pulumi up` for the campaign only, which adds it to the state. If the state cannot be updated (no Pulumi CLI, or
 * another `up` is running), prints the command to run later.
 */
export async function recordCampaign(
    stack: string,
    configFile: string | undefined,
    { isThere }: { readonly isThere: boolean } = { isThere: true },
): Promise<void> {
    const where = ["--stack", stack, ...(configFile === undefined ? [] : ["--config-file", configFile])];
    const exported = await askPulumi("stack", "export", "--stack", stack);
    const { deployment } = exported.exitCode === 0 ? (JSON.parse(exported.stdout) as ExportedStack) : {};
    const urnOf = (kind: string) => deployment?.resources?.find(({ type }) => type === typeOf(kind))?.urn;
    const recorded = urnOf("Campaign");
    if (exported.exitCode === 0 && recorded === undefined && !isThere) {
        return;
    }
    const target = recorded ?? urnOf("SolutionVersion")?.replace(typeOf("SolutionVersion"), typeOf("Campaign"));
    const answer = target
        ? await askPulumi(recorded ? "refresh" : "up", "--yes", "--skip-preview", "--target", target, ...where)
        : exported;
    if (answer.exitCode !== 0) {
        const output = `${answer.stdout}\n${answer.stderr}`.split("\n").map((line) => line.trim());
        const why = output.find((line) => line.startsWith("error:")) ?? answer.stderr;
        const later = recorded ? "pulumi refresh" : "pulumi up";
        process.stderr.write(`The Pulumi state does not have this change yet (${why}). Record it with: ${later}\n`);
    }
}
