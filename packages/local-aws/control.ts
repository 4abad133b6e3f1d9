import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { takeFolder } from "local-personalize/folder-lock";
import { hasCode, toError } from "terminal-text";
import { LocalError } from "./failure.ts";
import {
    type DaemonRecord,
    folderServed,
    type Instance,
    makePrivateFolders,
    paths,
    proofOf,
    readRecord,
    statusPath,
} from "./instance.ts";
import { toolchain } from "./toolchain/env.mjs";
import { isAlive } from "./toolchain/lock.mjs";

interface Running {
    readonly pid: number;
    readonly dir: string;
    readonly speed: string;
    readonly enforce: boolean;
    readonly miniStackPort: number;
}

type State =
    | { readonly kind: "running"; readonly running: Running }
    /**
     * State "stopped": nothing answers on the instance's port. `stalePid` is the id of a recorded process that has
     * ended.
     */
    | { readonly kind: "stopped"; readonly stalePid?: number }
    /** State "starting": a process has locked the instance's data folder, but has not recorded its process id yet. */
    | { readonly kind: "starting" }
    /** State "silent": the process in the instance's record exists but does not answer. */
    | { readonly kind: "silent"; readonly pid: number }
    /** State "elsewhere": the process of the instance's data folder answers on another port than the requested one. */
    | { readonly kind: "elsewhere"; readonly running: Running; readonly port: number }
    | { readonly kind: "port taken"; readonly by: string };

/**
 * The deadline of a start. It is long, because in CI four tests start at the same time on two cores. If the process
 * ends, the wait ends at once.
 */
const startSeconds = 120;
const stopSeconds = 10;

/** Returns the instance's state, from the recorded process, the lock of its folder, and the answer on its port. */
export async function detectState(instance: Instance): Promise<State> {
    const record = readRecord(instance);
    const answer = await probe(instance.port, record);
    if (answer?.running) {
        return { kind: "running", running: answer.running };
    }
    const serving = record !== undefined && isServing(instance, record);
    if (serving && record.port !== instance.port) {
        const elsewhere = (await probe(record.port, record))?.running;
        if (elsewhere) {
            return { kind: "elsewhere", running: elsewhere, port: record.port };
        }
    }
    // A suspended process still listens on its port: connections are accepted, but it does not answer.
    const by = describeHolder(answer, instance);
    if (by !== undefined && !(serving && record.port === instance.port)) {
        return { kind: "port taken", by };
    }
    if (record === undefined) {
        return { kind: isServed(instance) ? "starting" : "stopped" };
    }
    return serving ? { kind: "silent", pid: record.pid } : { kind: "stopped", stalePid: record.pid };
}

/**
 * Checks whether the recorded process is running. After a crash, another program may have the same pid, so also checks
 * the folder's lock.
 */
function isServing(instance: Instance, { pid }: DaemonRecord): boolean {
    return isServed(instance) && isAlive(pid);
}

function isServed(instance: Instance): boolean {
    const release = takeFolder(instance.dir);
    release?.();
    return release === undefined;
}

/**
 * Starts the instance unless it is running.
 * @throws LocalError if the port is taken, or with the end of the log if the start fails
 */
export async function start(instance: Instance, say: (message: string) => void): Promise<Running> {
    const state = await detectState(instance);
    if (state.kind === "running") {
        return state.running;
    }
    const by =
        state.kind === "elsewhere"
            ? describeHolder(await probe(instance.port), instance)
            : "by" in state
              ? state.by
              : undefined;
    if (by !== undefined) {
        const other = `MOVIE_RECOMMENDER_LOCAL_PORT=${instance.port + 1}`;
        throw new LocalError(
            `Port ${instance.port} is taken by ${by}. Stop it, or choose another port with the variable ${other}.`,
        );
    }
    if (state.kind === "silent") {
        say(`process ${state.pid} of an earlier start does not answer; stopping it`);
        await endProcess(state.pid);
    } else if (state.kind === "elsewhere") {
        say(`it runs on port ${state.port}; stopping it there, and starting it with its data on port ${instance.port}`);
        await endProcess(state.running.pid);
    } else if (state.kind === "stopped" && state.stalePid !== undefined) {
        say(`process ${state.stalePid} of an earlier start has ended; starting again with its data`);
    }
    const { daemonFile, daemonLog } = paths(instance);
    rmSync(daemonFile, { force: true });
    makePrivateFolders(instance);
    const log = openSync(daemonLog, "a");
    const from = fstatSync(log).size;
    const child = spawn(process.execPath, [join(import.meta.dirname, "daemon.ts")], {
        detached: true,
        stdio: ["ignore", log, log],
        env: {
            ...process.env,
            MOVIE_RECOMMENDER_PYTHON: toolchain(instance.root).python,
            MOVIE_RECOMMENDER_LOCAL_DIR: instance.dir,
            MOVIE_RECOMMENDER_LOCAL_PORT: String(instance.port),
            MOVIE_RECOMMENDER_LOCAL_SPEED: instance.speed,
            MOVIE_RECOMMENDER_LOCAL_ENFORCE: instance.enforce ? "1" : "0",
        },
    });
    closeSync(log);
    child.unref();
    let hasExited = false;
    child.once("exit", (code) => {
        // This exit code means that another `start` at the same time already uses the folder. Wait for that process.
        hasExited = code !== folderServed;
    });
    const giveUp = Date.now() + startSeconds * 1000;
    while (Date.now() < giveUp && !hasExited) {
        const running = (await probe(instance.port, readRecord(instance)))?.running;
        if (running) {
            return running;
        }
        await sleep(50);
    }
    // End the daemon after the timeout: its process id is not recorded, so `stop` could not find it.
    child.kill();
    const tail = readFileSync(daemonLog).subarray(from).toString("utf8").trim().split("\n").slice(-5).join("\n");
    throw new LocalError(`The local AWS did not start. The end of its log (${daemonLog}):\n${tail}`);
}

/** Stops the instance, on whichever port it runs; its data is saved. Returns whether the instance was running. */
export async function stop(instance: Instance): Promise<boolean> {
    const giveUp = Date.now() + startSeconds * 1000;
    let state = await detectState(instance);
    // If `start` was interrupted, its daemon may still be starting.
    while (state.kind === "starting" && Date.now() < giveUp) {
        await sleep(50);
        state = await detectState(instance);
    }
    if (state.kind === "starting") {
        throw new LocalError(`Another process has locked ${instance.dir} but is not ready. See: npm run local -- logs`);
    }
    const pid = "running" in state ? state.running.pid : state.kind === "silent" ? state.pid : undefined;
    if (pid !== undefined) {
        await endProcess(pid);
    }
    if (state.kind !== "port taken") {
        rmSync(paths(instance).daemonFile, { force: true });
    }
    return pid !== undefined;
}

/**
 * Deletes the data of the local AWS and the state of its stacks, and keeps tools and data sets. Restarts a running
 * instance.
 */
export async function reset(instance: Instance, say: (message: string) => void): Promise<void> {
    const before = await detectState(instance);
    const ran = await stop(instance);
    const { awsData, pulumiBackend } = paths(instance);
    for (const folder of [awsData, pulumiBackend]) {
        rmSync(folder, { recursive: true, force: true });
    }
    if (ran) {
        const { enforce } = "running" in before ? before.running : instance;
        await start({ ...instance, enforce }, say);
    }
}

/**
 * The answer of the program on a port; undefined if there is none. `running` is present only if the program proved the
 * record's secret. `dir` is the folder that it names, and is not proven.
 */
type Answer = { readonly running?: Running; readonly dir?: string } | undefined;

const describeHolder = (answer: Answer, instance: Instance): string | undefined =>
    answer &&
    (answer.dir === undefined || answer.dir === instance.dir ? "another program" : `the local AWS of ${answer.dir}`);

async function probe(port: number, record?: DaemonRecord, again = true): Promise<Answer> {
    const challenge = randomBytes(16).toString("hex");
    try {
        const url = `http://127.0.0.1:${port}${statusPath}?challenge=${challenge}`;
        const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
        const body = (await answer.json()) as Omit<Running, "pid"> & { product?: string; proof?: string };
        if (body.product !== "movie-recommender local AWS") return {};
        const isProven = record?.secret !== undefined && body.proof === proofOf(record.secret, challenge);
        const { speed, enforce, miniStackPort, dir } = body;
        return isProven ? { dir, running: { pid: record.pid, dir, speed, enforce, miniStackPort } } : { dir };
    } catch (error) {
        const { cause } = toError(error);
        if (again && hasCode(cause, "ECONNRESET", "UND_ERR_SOCKET")) {
            // Try once more: the process on the port closed the connection, so the process is ending.
            await sleep(100);
            return probe(port, record, false);
        }
        return hasCode(cause, "ECONNREFUSED") ? undefined : {};
    }
}

async function endProcess(pid: number): Promise<void> {
    signalProcess(pid, "SIGTERM");
    const giveUp = Date.now() + stopSeconds * 1000;
    while (isAlive(pid)) {
        if (Date.now() > giveUp) {
            signalProcess(pid, "SIGKILL");
        }
        await sleep(30);
    }
}

/** Sends a signal to a process, and does nothing if the process has ended. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
    try {
        process.kill(pid, name);
    } catch (error) {
        // Ignore ESRCH (no such process), because the process may end between the caller's check and the signal.
        if (!hasCode(error, "ESRCH")) throw error;
    }
}
