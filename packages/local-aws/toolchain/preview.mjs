import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Returns arguments and variables with which `pulumi preview` writes its events to a file. Call `tell` once, also after
 * a failure: it explains the planned changes and deletes the file. After `pulumi up`, `tell` names the resources that
 * an earlier, interrupted one may have created. Returns undefined for other commands, and for options such as `--json`
 * that would conflict.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ args: string[], env: Record<string, string>, tell(root: string, node: string, env: NodeJS.ProcessEnv):
 * void } | undefined}
 */
export function recordedPreview(command, args) {
    const verb = args.find((argument) => !argument.startsWith("-"));
    const other = ["--json", "-j", "--event-log", "--help", "-h", "--cwd", "-C"];
    if (command !== "pulumi" || args.some((argument) => other.includes(argument))) return undefined;
    /** @type {(root: string, node: string, env: NodeJS.ProcessEnv, script: string, args: string[]) => void} */
    const run = (root, node, env, script, scriptArgs) => {
        const path = join(root, "runbooks", "lib", script);
        spawnSync(node, [path, ...scriptArgs], { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    };
    if (verb === "up") {
        const at = args.findIndex((argument) => /^(--stack|-s)(=|$)/.test(argument));
        const which = at < 0 ? [] : args[at]?.includes("=") ? [args[at]] : args.slice(at, at + 2);
        return {
            args: [...args],
            env: {},
            tell: (root, node, env) => run(root, node, env, "audit/after-up.ts", which),
        };
    }
    if (verb !== "preview") return undefined;
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
                run(root, node, env, "preview/tell.ts", [file, ...targetsIn(args)]);
            } finally {
                rmSync(folder, { recursive: true, force: true });
            }
        },
    };
}

/**
 * Returns the URNs of the options `--target`. Empty if one of them is a pattern.
 * @param {readonly string[]} args
 */
function targetsIn(args) {
    const targets = args.flatMap((argument, index) => {
        if (argument.startsWith("--target=")) return [argument.slice("--target=".length)];
        return ["--target", "-t"].includes(argument) ? [args[index + 1] ?? ""] : [];
    });
    return targets.some((target) => target.includes("*")) ? [] : targets;
}
