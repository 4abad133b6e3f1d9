import { flushCompileCache } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { timedUuid } from "./adopt.ts";
import type { Advice } from "./advice.ts";
import { assertEngineAlive, endWithEngine } from "./engine.ts";
import { anyKind, formerKinds, kinds, type ResourceKindName } from "./kinds.ts";
import { type Handler, lifecycle } from "./lifecycle.ts";
import { keepLive, mapValues } from "./live.ts";
import { personalizeClients } from "./resource.ts";
import type { LifecycleDeps } from "./wait.ts";

/** Creates the handlers of Personalize's resources. Tests pass their own clock and log. */
export function createHandlers(deps: LifecycleDeps): Record<ResourceKindName, Handler> {
    return mapValues(kinds, (kind) => lifecycle(anyKind(kind), deps));
}

/**
 * The lifecycle of a stack's owner: a random ID, which Pulumi's state contains before any resource is tagged
 * with it. The ID also contains the time of its creation, to compare with that of resources without tags. Neither the
 * project nor the stack can identify the owner, because two backends can have stacks of the same names.
 */
export const ownerHandler: Handler = {
    check: async (_olds, news) => ({ inputs: news, failures: [] }),
    diff: async () => ({ changes: false, replaces: [], deleteBeforeReplace: false }),
    create: async (inputs) => ({ id: timedUuid(Date.now()), outs: inputs }),
    read: async (id, props) => ({ id, props }),
    update: async (_id, _olds, news) => ({ outs: news }),
    delete: async () => {},
};

/**
 * Creates the handlers of a provider's process, which ends soon after Pulumi's engine ends. The handlers share one list
 * of the resources that the running command must not delete (live.ts).
 * @param more creates the handlers of a program's own resource kinds
 * @param say shows a message to the operator
 */
export function processHandlers<K extends string = never>(
    advice: Advice,
    more: (deps: LifecycleDeps) => Readonly<Record<K, Handler>> = () => ({}) as Record<K, Handler>,
    // Pulumi shows what a dynamic provider writes to stdout as info messages of the stack.
    say: (message: string) => void = console.log,
): Readonly<Record<ResourceKindName | "Owner" | K, Handler>> {
    endWithEngine();
    // Write Node's compile cache (NODE_COMPILE_CACHE) now, because the engine ends this process by a signal.
    flushCompileCache();
    const log = (message: string) => say(advice.asCalled(message));
    const deps: LifecycleDeps = {
        client: personalizeClients(),
        sleep: (seconds) => sleep(seconds * 1000),
        now: () => performance.now() / 1000,
        log,
        assertEngineAlive: () => assertEngineAlive(),
        random: Math.random,
        advice,
    };
    const current = createHandlers(deps);
    const former = mapValues(formerKinds, (kind) => current[kind]);
    const own = { ...former, ...current, Owner: ownerHandler, ...more(deps) };
    const handlers: Record<ResourceKindName | "Owner" | K, Handler> = own;
    return keepLive(
        log,
        mapValues(handlers, (handler) => withCallersCommands(handler, advice)),
    );
}

/** Wraps a handler so that its errors and its failures of `check` contain commands that the caller can run. */
function withCallersCommands(handler: Handler, { asCalled }: Advice): Handler {
    const call = async <T>(work: Promise<T>): Promise<T> => {
        try {
            return await work;
        } catch (error) {
            throw translated(error, asCalled);
        }
    };
    return {
        async check(olds, news) {
            const { inputs, failures } = await call(handler.check(olds, news));
            return { inputs, failures: failures.map((problem) => ({ ...problem, reason: asCalled(problem.reason) })) };
        },
        diff: (...args) => call(handler.diff(...args)),
        create: (...args) => call(handler.create(...args)),
        read: (...args) => call(handler.read(...args)),
        update: (...args) => call(handler.update(...args)),
        delete: (...args) => call(handler.delete(...args)),
    };
}

/**
 * Replaces the commands in an error's messages. Removes the stack trace of an expected error, because Pulumi's provider
 * prints it. Changes the error itself and not a copy, because the engine checks the error's class and reads the
 * properties of an incomplete creation.
 */
function translated(error: unknown, asCalled: Advice["asCalled"]): unknown {
    if (!(error instanceof Error)) return error;
    error.message = asCalled(error.message);
    if (error.constructor === Error) error.stack = "";
    return "reasons" in error && Array.isArray(error.reasons)
        ? Object.assign(error, { reasons: error.reasons.map((reason) => asCalled(String(reason))) })
        : error;
}
