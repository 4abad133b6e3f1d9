import { constants } from "node:os";
import { join } from "node:path";
import { openBuildFolder, removeLeftovers } from "./build-folder.mjs";
import { engine } from "./engine.mjs";
import { lighthouse } from "./lighthouse.mjs";
import { takeLock } from "./lock.mjs";
import { packages } from "./packages.mjs";
import { python, pythonTest, spark } from "./python.mjs";
import { findRequirements } from "./requirements.mjs";

// For each level, such as `engine`, lists of parts to install: the lists in parallel, and the parts of a list in their
// order.
const LANES = {
    packages: [[packages]],
    engine: [[engine], [packages]],
    local: [[engine], [packages], [python]],
    test: [[engine], [packages], [python, pythonTest]],
    spark: [[packages], [python, spark]],
    page: [[engine], [packages], [python], [lighthouse]],
};

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The installation levels. Each level up to `test` includes all levels before it. */
export const LEVELS = Object.keys(LANES);

/** Thrown if the machine lacks tools. The message has a sentence for each tool. */
export class MissingTools extends Error {
    constructor(problems) {
        super(problems.join("\n"));
    }
}

/**
 * Installs a level in the clone if needed. If the level is already installed, only compares stamps and prints nothing.
 * @throws {MissingTools} before any installation, if the machine lacks a tool
 * @throws {SetupError} if an installation fails; finished parts stay installed
 */
export async function ensure(root, level) {
    const lanes = LANES[level];
    removeLeftovers(root);
    if (missing(root, lanes).length === 0) return;
    const progress = openProgress();
    try {
        const { problems, found } = await findRequirements(root, missing(root, lanes), progress.say);
        if (problems.length > 0) throw new MissingTools(problems);
        const release = await takeLock(join(root, ".tools"), (holder) =>
            progress.say(
                `Process ${holder} is setting up this clone; waiting for it. (If that process is not a set-up: rm .tools/lock)`,
            ),
        );
        try {
            await install(root, lanes, { found, progress, release });
        } finally {
            release();
        }
    } finally {
        progress.stop();
    }
}

async function install(root, lanes, { found, progress, release }) {
    // Check again, because another process may have installed some parts during the wait for the lock.
    const todo = missing(root, lanes);
    if (todo.length === 0) return;
    progress.say(
        `Setting up in this folder: ${todo.map((part) => part.name).join(", ")}. Only the first time takes minutes.`,
    );
    const buildFolder = openBuildFolder(root);
    const ignoreSignals = onSignal((signal) => {
        buildFolder.stop();
        release();
        progress.stop();
        process.stderr.write("Installation interrupted. Run the same command again: it continues where it stopped.\n");
        process.exit(128 + constants.signals[signal]);
    });
    const installLane = async (lane) => {
        for (const part of lane) {
            if (part.isCurrent(root)) continue;
            const done = progress.start(part.name);
            await part.install(root, buildFolder, found, progress.say);
            done();
        }
    };
    let failure;
    const stopAll = (error) => {
        failure ??= error;
        buildFolder.stop();
    };
    await Promise.all(lanes.map((lane) => installLane(lane).catch(stopAll)));
    ignoreSignals();
    buildFolder.close();
    if (failure !== undefined) throw failure;
}

function onSignal(handle) {
    for (const signal of SIGNALS) process.on(signal, handle);
    return () => {
        for (const signal of SIGNALS) process.off(signal, handle);
    };
}

function missing(root, lanes) {
    return lanes.flat().filter((part) => !part.isCurrent(root));
}

const TERMINAL_MILLISECONDS = 1_000;
const PLAIN_MILLISECONDS = 12_000;

/**
 * Shows on stderr what is being installed and for how long: on a terminal as one updated line, otherwise as a line
 * every 12 seconds.
 * @returns {{ start(what: string): () => void, say(line: string): void, stop(): void }} `start` returns a function to
 * call when the installation has ended
 */
function openProgress(stream = process.stderr) {
    const running = new Map();
    const rewrite = stream.isTTY === true;
    const clear = () => rewrite && stream.write("\r\x1b[K");
    const status = () => [...running].map(([what, since]) => `${what} ${seconds(since)} s`).join(", ");
    const show = () => {
        if (running.size === 0) return;
        clear();
        stream.write(rewrite ? status().slice(0, (stream.columns ?? 80) - 1) : `  ${status()}\n`);
    };
    const say = (line) => {
        clear();
        stream.write(`${line}\n`);
    };
    const timer = setInterval(show, rewrite ? TERMINAL_MILLISECONDS : PLAIN_MILLISECONDS);
    return {
        start(what) {
            running.set(what, Date.now());
            return () => {
                say(`  ${what}: done in ${seconds(running.get(what))} s`);
                running.delete(what);
            };
        },
        say,
        stop() {
            clearInterval(timer);
            clear();
        },
    };
}

function seconds(since) {
    return Math.round((Date.now() - since) / 1000);
}
