import type { Speed } from "../contract.ts";
import { creationDurations, type Kind } from "./states.ts";
import type { Resource, Store } from "./store.ts";

/**
 * The result of a work: the service's reason if it failed, otherwise further writes for the transaction that ends it.
 */
export type Outcome = { failure: string } | { properties?: object; commit?: () => void };

interface Running {
    abort: AbortController;
    /** Starts the timer of the pending time. */
    wait(): NodeJS.Timeout;
    /** The timer; present while the work is pending. */
    timer?: NodeJS.Timeout;
}

/** Maximum milliseconds of a timer: JavaScript timers cannot wait longer than 24 days. */
const longest = 24 * 24 * 3_600_000;

/** A function that does a resource's work. After `signal` is aborted, it stops soon, and its result is not used. */
// biome-ignore lint/suspicious/noExplicitAny: each kind of work reads the properties of its own kind
export type Work = (resource: Resource<any>, signal: AbortSignal) => Promise<Outcome>;

/**
 * Runs the work of import jobs, solution versions and batch jobs when their pending time is over. One of a kind runs at
 * a time. The end is one transaction: after a process died before it, `resume` begins the job again.
 */
export function createWorks(options: {
    store: Store;
    speed: Speed;
    work: Partial<Record<Kind, Work>>;
    /**
     * Returns when a resource's work may begin at the earliest, in epoch milliseconds; Infinity while that is unknown.
     */
    notBefore(resource: Resource): number;
    log(message: string): void;
    /** Runs after the end of a work is stored, with the resource in its new state. */
    ended(resource: Resource): void;
}) {
    const { store, speed, log } = options;
    const running = new Map<number, Running>();
    const queues = new Map<Kind, Promise<void>>();

    const run = async (resource: Resource, signal: AbortSignal) => {
        if (signal.aborted) return;
        const outcome = await attempt(resource, signal);
        if (signal.aborted) return;
        const ended: Resource = {
            ...resource,
            finishedAt: store.clock.now(),
            failure: "failure" in outcome ? outcome.failure : null,
            properties: { ...resource.properties, ...("properties" in outcome ? outcome.properties : {}) },
        };
        store.transaction(() => {
            store.save(ended);
            if ("commit" in outcome) outcome.commit?.();
        });
        running.delete(resource.id);
        options.ended(ended);
    };

    const attempt = async (resource: Resource, signal: AbortSignal): Promise<Outcome> => {
        // Fail the work, because a test requested that.
        if (resource.failure !== null) return { failure: resource.failure };
        const work = options.work[resource.kind];
        if (!work) throw new Error(`There is no work for a ${resource.kind}.`);
        try {
            return await work(resource, signal);
        } catch (error) {
            if (!signal.aborted) log(`${resource.arn}: ${error instanceof Error ? error.stack : error}`);
            return { failure: "An internal error occurred." };
        }
    };

    const schedule = (resource: Resource) => {
        if (resource.heldUntil === Number.POSITIVE_INFINITY) return;
        const abort = new AbortController();
        const { pending } = creationDurations(resource.kind, speed);
        const begin = () => {
            // Deletions write the same rows as imports.
            const kind = resource.kind === "data-deletion-job" ? "dataset-import-job" : resource.kind;
            const before = queues.get(kind) ?? Promise.resolve();
            const queue = before.then(() => run(resource, abort.signal));
            queues.set(
                kind,
                queue.catch((error: unknown) =>
                    log(`${resource.arn}: the result of its work could not be stored: ${error}`),
                ),
            );
        };
        const due = () => Math.max(resource.createdAt + pending, options.notBefore(resource));
        const wait = () => setTimeout(start, Math.min(Math.max(0, due() - store.clock.now()), longest)).unref();
        const entry: Running = { abort, wait };
        const start = () => {
            if (store.clock.now() < due()) {
                entry.timer = wait();
                return;
            }
            delete entry.timer;
            begin();
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
        /** Starts pending work that is due after the clock was moved. */
        replan() {
            for (const entry of running.values()) {
                if (!entry.timer) continue;
                clearTimeout(entry.timer);
                entry.timer = entry.wait();
            }
        },
        /** Continues the work that an earlier process left unfinished. */
        resume() {
            for (const resource of store.unfinished()) schedule(resource);
        },
        /** Stops all work, and waits until nothing uses the store. Unfinished work stays unfinished. */
        async close() {
            for (const id of [...running.keys()]) cancel({ id });
            await Promise.all(queues.values());
        },
    };
}
