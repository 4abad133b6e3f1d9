import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Records a preview's events. Call `tell` once, also after a failure: it prints what the changes mean and deletes the
 * record. Returns undefined for other commands, and for a preview whose output another program reads.
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
    // Events contain resource inputs, so only this user can read the folder.
    const folder = mkdtempSync(join(tmpdir(), "preview-"));
    const file = join(folder, "events.json");
    return {
        args: [...args, "--event-log", file],
        // The Automation API uses this variable to read events, too.
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
