import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface CommandAnswer {
    readonly exitCode: number;
    readonly stdout: string;
}

/**
 * Runs commands one after another in one environment, isolated from the terminal's Ctrl-C. `interrupt` sends Ctrl-C
 * only to the running command, so that an engine can end in order while its providers continue.
 */
export function commands(cwd: string, env: NodeJS.ProcessEnv, say: (text: string) => void) {
    let running: ChildProcess | undefined;
    return {
        /** Runs a command. Passes its output to `say`; with `quiet`, only stderr. */
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

export type Commands = ReturnType<typeof commands>;
