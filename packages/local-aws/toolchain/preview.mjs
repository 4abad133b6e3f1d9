import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Returns arguments and variables with which `pulumi preview` writes its events to a file. Call `tell` once, also after
 * a failure: it explains the planned changes and deletes the file. Returns undefined for other commands, and for
 * options such as `--json` that would conflict.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ args: string[], env: Record<string, string>, tell(root: string, node: string, env: NodeJS.ProcessEnv):
 * void } | undefined}
 */
export function recordedPreview(command, args) {
    const verb = args.find((argument) => !argument.startsWith("-"));
    const other = ["--json", "-j", "--event-log", "--help", "-h", "--cwd", "-C"];
    if (command !== "pulumi" || verb !== "preview" || args.some((argument) => other.includes(argument))) {
        return undefined;
    }
    // Only this user can read the folder, because events contain resource inputs.
    const folder = mkdtempSync(join(tmpdir(), "preview-"));
    const file = join(folder, "events.json");
    return {
        args: [...args, "--event-log", file],
        // This variable enables --event-log; the Automation API sets it for the same purpose.
        env: { PULUMI_DEBUG_COMMANDS: "true" },
        tell(root, node, env) {
            try {
                if (!existsSync(file)) return;
                const script = join(root, "runbooks", "lib", "preview", "tell.ts");
                spawnSync(node, [script, file], { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
            } finally {
                rmSync(folder, { recursive: true, force: true });
            }
        },
    };
}
