import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { exitCodes, RunbookError } from "../cli/runbook.ts";

const projectDir = join(import.meta.dirname, "..", "..", "..");

/**
 * Runs `pulumi up` without questions, its output on stderr. Ctrl-C is the engine's own matter: it ends after the step in
 * hand, and this waits for it.
 *
 * @returns the engine's exit code.
 */
export async function pulumiUp(stack: string, configFile: string | undefined, signal: AbortSignal): Promise<number> {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack];
    const file = configFile === undefined ? [] : ["--config-file", configFile];
    const child = spawn("pulumi", [...args, ...file], { cwd: projectDir, stdio: ["ignore", 2, 2] });
    // A terminal's Ctrl-C reaches the engine by itself.
    const interrupt = () => void (process.stdin.isTTY || child.kill("SIGINT"));
    signal.addEventListener("abort", interrupt, { once: true });
    try {
        const [code] = await once(child, "close");
        return code ?? exitCodes.problem;
    } catch (error) {
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
        throw missing
            ? new RunbookError("There is no pulumi on the PATH. See README.md, On AWS.", exitCodes.usage)
            : error;
    } finally {
        signal.removeEventListener("abort", interrupt);
    }
}
