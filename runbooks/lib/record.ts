import { askPulumi } from "./pulumi.ts";
import type { ExportedStack } from "./stack.ts";

/**
 * Brings what the stack's state says of the campaign up to what stands in AWS. A runbook changes the campaign beside
 * Pulumi, and `pulumi up` compares with its state alone: it would see nothing to do where there is something. Where the
 * state cannot be written (no pulumi, another `up` under way) it says how to do it later.
 */
export async function recordCampaign(stack: string, configFile: string | undefined): Promise<void> {
    const exported = await askPulumi("stack", "export", "--stack", stack);
    const { deployment } = exported.exitCode === 0 ? (JSON.parse(exported.stdout) as ExportedStack) : {};
    const recorded = deployment?.resources?.find(({ type }) => type === "pulumi-nodejs:dynamic/personalize:Campaign");
    if (exported.exitCode === 0 && recorded === undefined) {
        return;
    }
    const where = configFile === undefined ? [] : ["--config-file", configFile];
    const target = ["--target", recorded?.urn ?? ""];
    const answer = recorded
        ? await askPulumi("refresh", "--yes", "--skip-preview", ...target, "--stack", stack, ...where)
        : exported;
    if (answer.exitCode !== 0) {
        const why = answer.stderr.split("\n").find((line) => line.startsWith("error:")) ?? answer.stderr;
        process.stderr.write(`Pulumi's state does not know of it yet (${why}). Record it by: pulumi refresh\n`);
    }
}
