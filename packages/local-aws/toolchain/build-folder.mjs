import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { isAlive } from "./lock.mjs";

const TAIL_LINES = 20;

/** A failure that the user can fix. Its message is shown without a stack trace. */
export class SetupError extends Error {}

/**
 * Creates a build folder, runs installation programs, and moves finished parts to their final place. The caller must
 * hold the clone's lock.
 */
export function openBuildFolder(root) {
    const tools = join(root, ".tools");
    const build = join(tools, `build-${process.pid}`);
    const children = new Set();
    let stopped = false;
    removeFolder(build);
    mkdirSync(build, { recursive: true });
    mkdirSync(join(tools, "logs"), { recursive: true });

    return {
        build,

        /**
         * Runs a program until it ends and writes its output to `.tools/logs/<log>.log`.
         * @throws {SetupError} with the end of the log if the program cannot be started or fails
         */
        run(log, file, args, options) {
            if (stopped) return Promise.reject(new SetupError("The installation was stopped"));
            const logFile = join(tools, "logs", `${log}.log`);
            const output = openSync(logFile, "a");
            return new Promise((resolve, reject) => {
                const fail = (how) => reject(new SetupError(describeFailure(root, basename(file), args, how, logFile)));
                // The child gets its own process group, so that stop() also ends the programs that it starts.
                const child = spawn(file, args, { ...options, stdio: ["ignore", output, output], detached: true });
                children.add(child);
                child.on("error", (error) => fail(error.message));
                child.on("exit", (code, signal) => {
                    children.delete(child);
                    if (code === 0) resolve();
                    else fail(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
                });
            }).finally(() => closeSync(output));
        },

        /**
         * Moves a finished folder to its destination. The previous folder moves to the build folder, which is deleted
         * at the end.
         */
        place(built, target) {
            this.retire(target);
            mkdirSync(dirname(target), { recursive: true });
            renameSync(built, target);
        },

        /** Moves a folder to the build folder by a rename. */
        retire(target) {
            if (existsSync(target)) renameSync(target, join(build, `old-${basename(target)}`));
        },

        /** Ends every running program, and rejects later calls of `run`. */
        stop() {
            stopped = true;
            for (const child of children) {
                try {
                    process.kill(-child.pid, "SIGTERM");
                } catch {
                    // The child process has already ended.
                }
            }
        },

        close() {
            removeFolder(build);
        },
    };
}

/**
 * Deletes the build folders of killed installations. Needs no lock and is fast enough for every run. A program of a
 * killed installation may continue and create its build folder again.
 */
export function removeLeftovers(root) {
    const tools = join(root, ".tools");
    if (!existsSync(tools)) return;
    for (const name of readdirSync(tools)) {
        const pid = /^(?:build|lock|lock-dead)-(\d+)$/.exec(name)?.[1];
        if (pid !== undefined && !isAlive(Number(pid))) removeFolder(join(tools, name));
    }
}

function removeFolder(folder) {
    try {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
        // A program of a killed installation may still write into the folder. A later run deletes the folder.
    }
}

function describeFailure(root, program, args, how, logFile) {
    const tail = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-TAIL_LINES);
    return [
        `${program} ${args.slice(0, 2).join(" ")} ${how}. The end of ${relative(root, logFile)}:`,
        ...tail.map((line) => `    ${line}`),
        "Fix that, then run the command again: it continues where it stopped.",
    ].join("\n");
}
