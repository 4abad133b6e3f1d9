import pMap from "p-map";
import { errorName } from "../serving/failures.ts";
import { listLength } from "../serving/limits.ts";
import { batchListKey, type KeptList } from "../serving/ports.ts";
import { beginGeneration, noteFailure } from "./begin.ts";
import { isSettled, nextStep, type Observed, type Step } from "./next-step.ts";
import { type OutputLine, readOutputLine } from "./output.ts";
import type { BatchPorts, BatchSettings, Run } from "./ports.ts";
import { type BatchState, type Failure, type Generation, type Making, withoutFailure, withoutMaking } from "./state.ts";

/** The result of a run, which `pulumi up` reads while it waits for the first generation of lists. */
export interface BatchReport {
    /** Whether the lists of the requested version are live. */
    readonly settled: boolean;
    /** Whether another run is active at the same time, so that this run did nothing. */
    readonly busy: boolean;
    readonly phase?: Making["phase"];
    readonly live?: Generation;
    readonly failure?: Failure;
}

/**
 * If less time than this remains before the function's timeout, a run starts no further group of writes; milliseconds.
 */
const reserve = 20_000;
/** Number of viewers whose lists the run stores, copies or expires before it checks the remaining time. */
const partLength = 500;
/**
 * Milliseconds for which replaced lists remain in the table. Processes of the API switch to the newest generation
 * within seconds.
 */
const replaced = 24 * 3_600_000;
/**
 * A list expires after this number of intervals between two jobs, unless a newer generation replaces it. So it survives
 * three failed jobs.
 */
const longestIntervals = 5;
/** Maximum number of error messages of a job that the state contains. */
const keptErrors = 3;

/**
 * Runs the function once: does the next steps until the job runs in Personalize, no step is due, or the function's
 * timeout is close. Stores the state after each step, so that the next run continues a run that died. While a step
 * fails, the live lists stay.
 */
export async function runBatch(ports: BatchPorts, settings: BatchSettings): Promise<BatchReport> {
    const taken = await ports.begin(ports.timeLeft());
    if (taken === undefined) {
        ports.log({ did: "leave the work to another run" });
        return { settled: false, busy: true };
    }
    try {
        const { state, observed } = await doSteps({ ports, settings }, taken);
        const { making, live, failure } = state;
        return {
            settled: isSettled(state, observed),
            busy: false,
            ...(making && { phase: making.phase }),
            ...(live && { live }),
            ...(failure && { failure }),
        };
    } finally {
        await ports.end();
    }
}

async function doSteps(run: Run, taken: BatchState): Promise<{ state: BatchState; observed: Observed }> {
    const { ports } = run;
    for (let state = taken; ; ) {
        const observed = await observe(run);
        const step = nextStep(state, observed);
        if (step === "wait" || ports.timeLeft() < reserve) return { state, observed };
        try {
            const after = await steps[step](run, state, observed);
            // If the state did not change, the step waits for a job that is still in progress, so end this run.
            if (after === state) return { state, observed };
            state = after;
        } catch (error) {
            await ports.save(
                await noteFailure(run.ports, state, `The step ${step} failed: ${errorName(error)}`, observed.request),
            );
            throw error;
        }
        await ports.save(state);
        ports.log({ did: step, generation: state.lastGeneration });
    }
}

async function observe({ ports, settings }: Run): Promise<Observed> {
    const [held, served] = await Promise.all([ports.heldVersion(), ports.served()]);
    return {
        now: ports.now(),
        request: held ?? settings.solutionVersionArn,
        held: held !== undefined,
        served: served?.generation,
        everyDays: settings.everyDays,
    };
}

type Work = (run: Run, state: BatchState, observed: Observed) => Promise<BatchState>;

const steps: Readonly<Record<Exclude<Step, "wait">, Work>> = {
    begin: beginGeneration,
    create: async ({ ports }, state) => {
        const making = requireGeneration(state);
        await ports.createJob(making);
        return { ...state, making: { ...making, phase: "run" } };
    },
    run: awaitJob,
    keep: keepLists,
    load: loadLists,
    switch: switchLists,
    abandon: async (_run, state) => leave(state, requireGeneration(state)),
    accept: async (_run, state, { request }) =>
        state.live === undefined ? state : { ...state, live: { ...state.live, request } },
    expire: expireLists,
};

async function awaitJob(run: Run, state: BatchState, { request }: Observed): Promise<BatchState> {
    const making = requireGeneration(state);
    const { status, failureReason } = await run.ports.describeJob(making.jobName);
    if (status === "ACTIVE") return { ...state, making: { ...making, phase: "keep", cursor: 0 } };
    if (!status.includes("FAILED")) return state;
    const text = `Batch inference job ${making.jobName} failed: ${failureReason ?? status}`;
    return noteFailure(run.ports, leave(state, making), text, request);
}

/** Counts the lists in the job's output. Copies the present list of each viewer for whom the job returned none. */
async function keepLists(run: Run, state: BatchState, { request }: Observed): Promise<BatchState> {
    const { ports } = run;
    const making = requireGeneration(state);
    const { live } = state;
    const missing = new Set(await ports.readUsers(making.jobName));
    const errors = new Set<string>();
    for await (const line of outputLines(ports, making, 0)) {
        if ("items" in line) missing.delete(line.userId);
        else if (errors.size < keptErrors) errors.add(line.error);
    }
    const lists = making.users - missing.size;
    if (lists === 0) {
        const why = [...errors][0] ?? "its output has no list";
        return noteFailure(run.ports, leave(state, making), `Batch inference job ${making.jobName}: ${why}`, request);
    }
    const counted = { ...making, lists, errors: [...errors] };
    if (live === undefined) return { ...state, making: { ...counted, phase: "load", cursor: 0 } };
    const copy = (userId: string) => ports.copyList(userId, live.generation, making.generation);
    const waiting = [...missing];
    let { cursor, kept } = making;
    for (; cursor < waiting.length && ports.timeLeft() >= reserve; cursor += partLength) {
        const copied = await pMap(waiting.slice(cursor, cursor + partLength), copy, { concurrency: 25 });
        kept += copied.filter(Boolean).length;
    }
    const next = cursor < waiting.length ? { cursor } : { phase: "load" as const, cursor: 0 };
    return { ...state, making: { ...counted, kept, ...next } };
}

async function loadLists({ ports, settings }: Run, state: BatchState): Promise<BatchState> {
    const making = requireGeneration(state);
    const expiresAt = making.madeAt + longestIntervals * settings.everyDays * 86_400_000;
    const part: { readonly userId: string; readonly list: KeptList }[] = [];
    let cursor = making.cursor;
    for await (const line of outputLines(ports, making, making.cursor)) {
        cursor = line.end;
        if (!("items" in line)) continue;
        const { userId, items } = line;
        const key = batchListKey(making.generation);
        part.push({ userId, list: { items, key, madeAt: making.madeAt, revision: 0, from: "batch" } });
        if (part.length === partLength) {
            await ports.putLists(part.splice(0), expiresAt);
            if (ports.timeLeft() < reserve) return { ...state, making: { ...making, cursor } };
        }
    }
    await ports.putLists(part, expiresAt);
    return { ...state, making: { ...making, phase: "switch" } };
}

async function switchLists({ ports }: Run, state: BatchState): Promise<BatchState> {
    const { phase: _, cursor: __, ...live } = requireGeneration(state);
    const { generation, solutionVersionArn, madeAt } = live;
    await ports.serve({ generation, solutionVersionArn, madeAt });
    if (live.lists < live.users) {
        const because = live.errors.length > 0 ? `: ${live.errors.join("; ")}` : "";
        const text = `${live.users - live.lists} of ${live.users} viewers have no list from job ${live.jobName}${because}. ${live.kept} of them keep their list.`;
        await ports.notify(`lists-incomplete/${live.jobName}`, text);
    }
    const leaving = [...state.leaving, ...(state.live ? [toLeaving(state.live)] : [])];
    return { ...withoutFailure(withoutMaking(state)), live, leaving };
}

async function expireLists({ ports }: Run, state: BatchState, { now }: Observed): Promise<BatchState> {
    const [first, ...others] = state.leaving;
    if (first === undefined) return state;
    const userIds = await ports.readUsers(first.jobName);
    let { cursor } = first;
    while (cursor < userIds.length && ports.timeLeft() >= reserve) {
        await ports.expireLists(userIds.slice(cursor, cursor + partLength), first.generation, now + replaced);
        cursor += partLength;
    }
    if (cursor < userIds.length) return { ...state, leaving: [{ ...first, cursor }, ...others] };
    return { ...state, leaving: others };
}

/** Yields the parsed lines of a job's output, each with the position of its end in bytes. */
async function* outputLines(
    ports: BatchPorts,
    { jobName }: Making,
    from: number,
): AsyncGenerator<OutputLine & { readonly end: number }> {
    for await (const { text, end } of ports.output(jobName, from)) yield { ...readOutputLine(text, listLength), end };
}

/** Abandons the generation that is being made. Its stored lists expire. */
const leave = (state: BatchState, making: Making): BatchState => ({
    ...withoutMaking(state),
    leaving: [...state.leaving, toLeaving(making)],
});

const toLeaving = ({ generation, jobName }: Generation) => ({ generation, jobName, cursor: 0 });

/** Returns the generation that is being made. Throws Error without one, which is a bug of `nextStep`. */
function requireGeneration({ making }: BatchState): Making {
    if (making === undefined) throw new Error("bug in nextStep: the batch state contains no lists that are being made");
    return making;
}
