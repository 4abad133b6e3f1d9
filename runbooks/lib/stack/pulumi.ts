import { execFile } from "node:child_process";
import { join } from "node:path";

const projectDir = join(import.meta.dirname, "..", "..", "..");

/** Exit code where there is no pulumi on the PATH, as a shell has it. */
export const noSuchCommand = 127;

/** What a command of Pulumi's ended with; `exitCode` is `noSuchCommand` where there is no pulumi on the PATH. */
export interface PulumiAnswer {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs a command of Pulumi's in the project's folder, asking nothing; a failure is an answer, too. */
export function askPulumi(...args: readonly string[]): Promise<PulumiAnswer> {
    const options = { cwd: projectDir, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve) => {
        execFile("pulumi", [...args, "--non-interactive"], options, (error, stdout, stderr) => {
            const missing = error?.code === "ENOENT";
            const exitCode =
                error === null ? 0 : missing ? noSuchCommand : typeof error.code === "number" ? error.code : 1;
            resolve({ exitCode, stdout, stderr: missing ? "there is no pulumi on the PATH" : stderr.trim() });
        });
    });
}
