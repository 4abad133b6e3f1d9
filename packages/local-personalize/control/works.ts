import type { Speed } from "../contract.ts";
import { S3UnreachableError } from "../s3.ts";
import { creationDurations, type Kind } from "./states.ts";
import type { Resource, Store } from "./store.ts";

/**
 * The result of a resource's work: the service's failure reason, or the properties and writes to store in the
 * transaction that records its end.
 */
export type Outcome = { failure: string } | { properties?: object; commit?: () => void };

interface Running {
    abort: AbortController;
    /** Starts the timer after which the work may begin. */
    wait(): NodeJS.Timeout;
    /** The running timer; absent when the work has begun. */
    timer?: NodeJS.Timeout;
}

/** Maximum milliseconds of a timer: JavaScript timers cannot wait longer than 24 days. */
const longest = 24 * 24 * 3_600_000;

/** A function that does a resource's work. After `signal` is aborted, it stops soon, and its result is not used. */
// biome-ignore lint/suspicious/noExplicitAny: each kind of work reads the properties of its own kind
export type Work = (resource: Resource<any>, signal: AbortSignal) => Promise<Outcome>;

/**
 * Runs the work of jobs, solution versions and recommenders when their pending time is over. Runs the work of one
 * resource of each kind at a time. Records the end of a resource's work in one transaction. If the process dies before
 * that, `resume` begins the work again.
 */
export function createWorks(options: {
    store: Store;
    speed: Speed;
    work: Partial<Record<Kind, Work>>;
    /**
     * Returns the earliest time at which a resource's work may begin, in epoch milliseconds; Infinity while that is
     * unknown.
     */
    notBefore(resource: Resource): number;
    log(message: string): void;
    /** Called within the transaction that stores the end of a resource's work, with the resource in its new state. */
    ended(resource: Resource): void;
}) {
    const { store, speed, log } = options;
    const running = new Map<number, Running>();
    const queues = new Map<Kind, Promise<void>>();

    const run = async (resource: Resource, signal: AbortSignal) => {
        if (signal.aborted) return;
        const outcome = await attempt(resource, signal);
        if (signal.aborted) return;
        const finished: Resource = {
            ...resource,
            finishedAt: store.clock.now(),
            failure: "failure" in outcome ? outcome.failure : null,
            properties: { ...resource.properties, ...("properties" in outcome ? outcome.properties : {}) },
        };
        store.transaction(() => {
            store.save(finished);
            if ("commit" in outcome) outcome.commit?.();
            options.ended(finished);
        });
        running.delete(resource.id);
    };

    const attempt = async (resource: Resource, signal: AbortSignal): Promise<Outcome> => {
        // Fail the work, because a test requested that.
        if (resource.failure !== null) return { failure: resource.failure };
        const work = options.work[resource.kind];
        if (!work) throw new Error(`No work is defined for the resource kind ${resource.kind}.`);
        try {
            return await work(resource, signal);
        } catch (error) {
            if (!signal.aborted) log(`${resource.arn}: ${error instanceof Error ? error.stack : error}`);
            return { failure: error instanceof S3UnreachableError ? error.message : "An internal error occurred." };
        }
    };

    const schedule = (resource: Resource) => {
        if (resource.heldUntil === Number.POSITIVE_INFINITY) return;
        const abort = new AbortController();
        const { pending } = creationDurations(resource.kind, speed);
        const due = () => Math.max(resource.createdAt + pending, options.notBefore(resource));
        const wait = () => setTimeout(start, Math.min(Math.max(0, due() - store.clock.now()), longest)).unref();
        const entry: Running = { abort, wait };
        const start = () => {
            if (store.clock.now() < due()) {
                entry.timer = wait();
                return;
            }
            delete entry.timer;
            // Deletion jobs write the same files as imports, so both use one queue.
            const kind = resource.kind === "data-deletion-job" ? "dataset-import-job" : resource.kind;
            const before = queues.get(kind) ?? Promise.resolve();
            const queue = before
                .then(() => run(resource, abort.signal))
                .catch((error) => log(`${resource.arn}: the result of its work could not be stored: ${error}`));
            queues.set(kind, queue);
        };
        entry.timer = entry.wait();
        running.set(resource.id, entry);
    };

    const cancel = (resource: { id: number }) => {
        const entry = running.get(resource.id);
        if (!entry) return;
        clearTimeout(entry.timer);
        entry.abort.abort();
        running.delete(resource.id);
    };

    return {
        schedule,
        cancel,
        /** Restarts the timers of pending work. Call this after the clock was moved. */
        replan() {
            for (const entry of running.values()) {
                if (!entry.timer) continue;
                clearTimeout(entry.timer);
                entry.timer = entry.wait();
            }
        },
        /** Schedules again the work that an earlier process did not finish. */
        resume() {
            for (const resource of store.unfinished()) schedule(resource);
        },
        /** Stops all work, and waits until nothing uses the store. A later `resume` begins unfinished work again. */
        async close() {
            for (const id of [...running.keys()]) cancel({ id });
            await Promise.all(queues.values());
        },
    };
}
