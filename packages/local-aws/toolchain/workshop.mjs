import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { isAlive } from "./lock.mjs";

const TAIL_LINES = 20;

/** A failure that a person can fix: its message is shown as it is, without a stack. */
export class SetupError extends Error {}

/**
 * The folder in which parts are built before they are renamed into place, and the programs that build them.
 * Open it only while you hold the lock.
 */
export function openWorkshop(root) {
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
         * Runs a program to its end, with its output in `.tools/logs/<log>.log`.
         *
         * @throws {SetupError} with the end of the log when it cannot be started or fails
         */
        run(log, file, args, options) {
            if (stopped) return Promise.reject(new SetupError("The set-up was stopped"));
            const logFile = join(tools, "logs", `${log}.log`);
            const output = openSync(logFile, "a");
            return new Promise((resolve, reject) => {
                const fail = (how) => reject(new SetupError(describeFailure(root, basename(file), args, how, logFile)));
                // A process group of its own: stop() then also ends the programs that the child starts.
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

        /** Moves a finished folder to its place. The old one is moved away first, and deleted with the workshop. */
        place(built, target) {
            this.retire(target);
            mkdirSync(dirname(target), { recursive: true });
            renameSync(built, target);
        },

        /** Moves a folder away in one step. */
        retire(target) {
            if (existsSync(target)) renameSync(target, join(build, `old-${basename(target)}`));
        },

        /** Ends every running program, and starts no other. */
        stop() {
            stopped = true;
            for (const child of children) {
                try {
                    process.kill(-child.pid, "SIGTERM");
                } catch {
                    // It has already ended.
                }
            }
        },

        close() {
            removeFolder(build);
        },
    };
}

/**
 * Removes the folders of killed set-ups. Safe without the lock, and cheap enough for every run. An installer may
 * outlive its killed set-up, and leave a folder after the next set-up has cleaned.
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
        // A program that outlived its killed set-up still writes there; a later set-up removes the folder.
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
