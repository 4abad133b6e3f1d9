import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../packages/local-aws/instance.ts";

/** The folder of the drills' own tools. */
export const judgeTools = join(root, ".tools", "access-judge");
/** AGPL, and the drills' alone: no clone, no package and no user's run contains it. */
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

/** Runs an installation if its place in the folder of tools does not exist. */
export function installOnce(place: string, command: string, args: readonly string[]): void {
    mkdirSync(join(judgeTools, "bin"), { recursive: true });
    if (existsSync(join(judgeTools, place))) return;
    // Its own package file, or npm would look for one in the project.
    writeFileSync(join(judgeTools, "package.json"), '{"private":true}\n');
    const done = spawnSync(command, args, { cwd: judgeTools, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${command} cannot install the judge's tools: ${done.stderr}`);
}
