import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../packages/local-aws/instance.ts";

/** Folder of the tools that only drills use. */
export const judgeTools = join(root, ".tools", "access-judge");
/**
 * The third-party IAM evaluator. Its licence is AGPL, so it is no dependency of the project; only drills install it.
 */
const evaluator = "@cloud-copilot/iam-simulate@0.1.173";

/**
 * Installs the third-party IAM evaluator with its copy of the Service Authorization Reference.
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

/** Runs an installation command unless the folder that it creates exists. */
export function installOnce(place: string, command: string, args: readonly string[]): void {
    mkdirSync(join(judgeTools, "bin"), { recursive: true });
    if (existsSync(join(judgeTools, place))) return;
    // Without this package.json, npm would use the project's.
    writeFileSync(join(judgeTools, "package.json"), '{"private":true}\n');
    const done = spawnSync(command, args, { cwd: judgeTools, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${command} cannot install the judge's tools: ${done.stderr}`);
}
