import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LocalError } from "./failure.ts";
import { environment, type Instance, makePrivateFolders, paths } from "./instance.ts";
import { isAlive } from "./toolchain/lock.mjs";

const project = "movie-recommender";
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface CommandResult {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** What to do with a command's output: show it on the terminal, pass each line to a function, or only return it. */
export type Output = "terminal" | "captured" | ((line: string) => void);

/** Runs a command in the project's folder with the instance's environment. */
export function run(
    instance: Instance,
    command: string,
    args: readonly string[],
    output: Output,
    extra: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
        // On a signal, this process waits until the command ends. On a terminal, Ctrl-C reaches the command directly,
        // so do not send it again. Add the listeners before the command starts, so that no signal is lost.
        const onTerminal = process.stdin.isTTY || process.stderr.isTTY;
        const passOn = (signal: NodeJS.Signals) => {
            if (signal !== "SIGINT" || !onTerminal) {
                child.kill(signal);
            }
        };
        for (const signal of signals) {
            process.on(signal, passOn);
        }
        const piped = output !== "terminal";
        const child = spawn(command, args, {
            cwd: instance.root,
            env: { ...environment(instance), ...extra },
            stdio: piped ? ["ignore", "pipe", "pipe"] : "inherit",
        });
        const text = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"] as const) {
            let rest = "";
            child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
                text[stream] += chunk;
                if (typeof output === "function") {
                    const lines = (rest + chunk).split("\n");
                    rest = lines.pop() ?? "";
                    lines.forEach(output);
                }
            });
        }
        child.once("error", (error) => reject(new LocalError(`${command} cannot be run: ${error.message}`)));
        child.once("close", (code, endedBy) => {
            for (const signal of signals) {
                process.off(signal, passOn);
            }
            resolve({ ...text, exitCode: code ?? (endedBy === "SIGINT" ? 130 : 1) });
        });
    });
}

/** Returns the path of the configuration of stack `local`, which `config set` changes and git ignores. */
export const localConfig = ({ root }: Instance): string => join(root, "Pulumi.local.yaml");

/**
 * Creates and selects the stack in the instance's own file backend, and the configuration of stack `local` if it is
 * missing. Also removes the locks of killed engines.
 */
export async function ensureStack(instance: Instance, stack = "local"): Promise<void> {
    const { pulumiBackend, pulumiHome } = paths(instance);
    makePrivateFolders(instance);
    const configFile = localConfig(instance);
    if (!existsSync(configFile)) copyFileSync(join(import.meta.dirname, "Pulumi.local.yaml"), configFile);
    removeDeadLocks(pulumiBackend, stack);
    const exists = existsSync(join(pulumiBackend, ".pulumi", "stacks", project, `${stack}.json`));
    if (exists && existsSync(join(pulumiHome, "workspaces"))) {
        return;
    }
    const result = await run(
        instance,
        "pulumi",
        ["stack", "select", "--create", stack, "--non-interactive"],
        "captured",
    );
    if (result.exitCode !== 0) {
        throw new LocalError(`The stack ${stack} could not be created:\n${result.stderr.trim()}`);
    }
}

/** Removes locks of ended processes: a killed engine leaves its lock in the file backend. */
function removeDeadLocks(backend: string, stack: string): void {
    const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
    const locks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
    for (const name of locks) {
        const holder = readLockHolder(join(folder, name));
        if (holder === undefined || !isAlive(holder)) {
            rmSync(join(folder, name), { force: true });
            rmSync(join(folder, `${name}.attrs`), { force: true });
        }
    }
}

/**
 * Returns the id of the process that wrote a lock; undefined if the lock file is incomplete, for example after a power
 * failure.
 */
function readLockHolder(lock: string): number | undefined {
    try {
        return (JSON.parse(readFileSync(lock, "utf8")) as { pid?: number }).pid;
    } catch {
        return undefined;
    }
}

/** Returns the stack's outputs as JSON values. */
export async function outputs(instance: Instance, stack = "local"): Promise<Record<string, unknown>> {
    const result = await run(instance, "pulumi", ["stack", "output", "--json", "--stack", stack], "captured");
    if (result.exitCode !== 0) {
        throw new LocalError(`The outputs of stack ${stack} could not be read:\n${result.stderr.trim()}`);
    }
    return JSON.parse(result.stdout) as Record<string, unknown>;
}
