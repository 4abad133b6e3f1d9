import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../packages/local-aws/instance.ts";

/** Folder of the tools that only drills use. */
export const judgeTools = join(root, ".tools", "access-judge");
/** The third-party policy evaluator. Its licence is AGPL, so only drills install it: no clone, package or user's run contains it. */
const evaluator = "@cloud-copilot/iam-simulate@0.1.173";

/**
 * Installs another author's evaluator of IAM, with its copy of the Service Authorization Reference.
 *
 * @throws Error with the output of npm.
 */
export const installEvaluator = () =>
    installOnce(join("node_modules", "@cloud-copilot"), "npm", [
        "install",
        "--prefix",
        judgeTools,
        "--no-save",
        evaluator,
    ]);

/** Runs an installation if its folder does not exist yet. */
export function installOnce(place: string, command: string, args: readonly string[]): void {
    mkdirSync(join(judgeTools, "bin"), { recursive: true });
    if (existsSync(join(judgeTools, place))) return;
    // Create a package.json, because npm would otherwise use the project's.
    writeFileSync(join(judgeTools, "package.json"), '{"private":true}\n');
    const done = spawnSync(command, args, { cwd: judgeTools, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${command} cannot install the judge's tools: ${done.stderr}`);
}
