import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { hasCode } from "terminal-text";
import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { waitingFor } from "../cli/waits.ts";
import { openEngineLog } from "./engine-output.ts";

const projectDir = join(import.meta.dirname, "..", "..", "..");

const noPulumi = 'There is no pulumi on the PATH. See "On AWS" in README.md.';

/** The exit code if PATH has no pulumi, as in a shell. */
export const noSuchCommand = 127;

/** The result of a Pulumi command. `exitCode` is `noSuchCommand` if PATH has no pulumi. */
export interface PulumiAnswer {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs a Pulumi command in the project's folder without prompts. Returns failures as results. */
export function askPulumi(...args: readonly string[]): Promise<PulumiAnswer> {
    const options = { cwd: projectDir, maxBuffer: 64 * 1024 * 1024 };
    const answer = new Promise<PulumiAnswer>((resolve) => {
        execFile("pulumi", [...args, "--non-interactive"], options, (error, stdout, stderr) => {
            const missing = error?.code === "ENOENT";
            const exitCode =
                error === null ? 0 : missing ? noSuchCommand : typeof error.code === "number" ? error.code : 1;
            resolve({ exitCode, stdout, stderr: missing ? "there is no pulumi on the PATH" : stderr.trim() });
        });
    });
    return waitingFor(`pulumi ${args.slice(0, 2).join(" ")}`, answer);
}

/**
 * Runs a Pulumi command on a stack, by default the selected one, and returns its output.
 * @throws RunbookError without pulumi, a login or the stack, before the stack's first deployment, or with Pulumi's error
 */
export async function pulumi(args: readonly string[], stack: string | undefined): Promise<string> {
    const which = stack === undefined ? [] : ["--stack", stack];
    const { exitCode, stdout, stderr } = await askPulumi(...args, ...which);
    if (exitCode === 0) return stdout;
    if (exitCode === noSuchCommand) throw new RunbookError(noPulumi, exitCodes.usage);
    if (/PULUMI_ACCESS_TOKEN must be set|not logged in/i.test(stderr)) {
        throw new RunbookError(
            "Pulumi is not logged in, so no stack can be read. Log in with: pulumi login",
            exitCodes.noStack,
        );
    }
    if (/no stack named|no stack selected|no previous deployment/.test(stderr)) {
        const list = "List the stacks with `pulumi stack ls`, and name one with --stack";
        throw new RunbookError(
            stack
                ? `There is no stack ${stack}. ${list}, or create it: pulumi stack init ${stack}`
                : `No stack is selected. ${list}, or select one: pulumi stack select`,
            exitCodes.noStack,
        );
    }
    throw new RunbookError(`pulumi ${args.join(" ")} failed: ${stderr}`);
}

/** What `pulumiUp` needs: the stack, and the options of the runbook. */
interface UpOptions {
    readonly stack: string;
    readonly configFile?: string | undefined;
    /** Whether to print the engine's whole output. */
    readonly verbose?: boolean | undefined;
    readonly signal: AbortSignal;
}

/**
 * Runs `pulumi up` without prompts, and prints a summary of its output to stderr. A file, which the summary names, has
 * the whole output. On Ctrl-C, waits until the engine has finished its current step.
 * @returns the engine's exit code
 */
export async function pulumiUp({ stack, configFile, verbose, signal }: UpOptions): Promise<number> {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--stack", stack];
    const file = configFile === undefined ? [] : ["--config-file", configFile];
    const folder = await mkdtemp(join(tmpdir(), "movie-recommender-"));
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const output = openEngineLog({ folder, command: "up", verbose, say });
    const child = spawn("pulumi", [...args, ...file], { cwd: projectDir, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", output.take);
    // On a terminal, Ctrl-C also reaches the Pulumi engine, so do not send it again.
    const interrupt = () => void (process.stdin.isTTY || child.kill("SIGINT"));
    signal.addEventListener("abort", interrupt, { once: true });
    try {
        const [code] = await waitingFor(output.progress, once(child, "close"));
        const exitCode = code ?? exitCodes.problem;
        output.end(exitCode === 0);
        return exitCode;
    } catch (error) {
        throw hasCode(error, "ENOENT") ? new RunbookError(noPulumi, exitCodes.usage) : error;
    } finally {
        signal.removeEventListener("abort", interrupt);
    }
}
