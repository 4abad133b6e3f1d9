import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface CommandAnswer {
    readonly exitCode: number;
    readonly stdout: string;
}

/**
 * Returns functions that run commands which do not receive the terminal's Ctrl-C. `interrupt` sends Ctrl-C to the
 * running command only, so that a Pulumi engine can stop while its providers complete their calls.
 */
export function commands(cwd: string, env: NodeJS.ProcessEnv, say: (text: string) => void) {
    let running: ChildProcess | undefined;
    return {
        /** Runs a command and passes its output to `say`. With `quiet`, passes only stderr. */
        async run(
            command: string,
            args: readonly string[],
            how: { readonly quiet?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
        ): Promise<CommandAnswer> {
            const child = spawn(command, args, {
                cwd,
                env: how.env ?? env,
                stdio: ["ignore", "pipe", "pipe"],
                detached: true,
            });
            running = child;
            let stdout = "";
            child.stdout.setEncoding("utf8").on("data", (text: string) => {
                stdout += text;
                if (!how.quiet) say(text);
            });
            child.stderr.setEncoding("utf8").on("data", say);
            try {
                const [code] = (await once(child, "close")) as [number | null];
                return { exitCode: code ?? 1, stdout };
            } finally {
                running = undefined;
            }
        },
        interrupt(): void {
            running?.kill("SIGINT");
        },
    };
}
