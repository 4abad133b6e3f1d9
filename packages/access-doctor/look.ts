import { type AwsError, hasName, isCredentials, isUnreachable, oneLine, toError } from "terminal-text";
import { AccessError } from "./errors.ts";
import { parseRefusal } from "./refusal.ts";
import type { Fetched } from "./snapshot.ts";

/** Milliseconds after which a read without an answer is reported (`reports`) and aborted (`ends`). */
export const limits = { reports: 15_000, ends: 20_000 };

/** Runs calls to AWS that need `permission`, with a time limit. */
export type ReadFromAws = <T>(permission: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * Creates the function that runs all reads from AWS. It reports slow reads to `log` and aborts them when `signal`
 * aborts.
 */
export function createReader(
    log: (line: string) => void,
    signal: AbortSignal,
    { reports, ends: limit } = limits,
): ReadFromAws {
    return async (permission, work) => {
        const ends = AbortSignal.timeout(limit);
        const late = `waiting for ${permission}: no answer for ${reports / 1000} s; the limit is ${limit / 1000} s`;
        const timer = setTimeout(() => log(late), reports);
        try {
            return await work(AbortSignal.any([signal, ends]));
        } catch (error) {
            if (isUnreachable(error)) {
                const what = `AWS does not answer the call that needs ${permission} (${oneLine(error)}).`;
                throw new AccessError(`${what} Check the network, the region, and AWS_ENDPOINT_URL.`, "unknown");
            }
            // After a timeout, replace the SDK's message, which is only "Request aborted".
            throw ends.aborted && !signal.aborted
                ? new AccessError(`${permission}: no answer within ${limit / 1000} s`, "timedOut")
                : error;
        } finally {
            clearTimeout(timer);
        }
    };
}

/** A function that runs reads without reports, for tests. */
export const quietReader = createReader(() => {}, new AbortController().signal);

/** Returns a copy of the client that passes the signal to each call. */
export function withSignal<C extends { send: unknown }>(client: C, abortSignal: AbortSignal): C {
    const send = (client.send as (command: unknown, options?: object) => unknown).bind(client);
    return Object.assign(Object.create(client) as C, {
        send: (command: unknown, options?: object) => send(command, { ...options, abortSignal }),
    });
}

/** Returns the result of a call; undefined if it fails with an error of one of these names. */
export async function unless<T>(call: Promise<T>, ...names: string[]): Promise<T | undefined> {
    return call.catch((error: unknown) => {
        if (names.some((name) => hasName(error, name))) return undefined;
        throw error;
    });
}

/** Returns the result of a read, or the reason why it failed. Throws only after Ctrl-C and for rejected credentials. */
export async function fetched<T>(look: ReadFromAws, ...read: Parameters<typeof look<T>>): Promise<Fetched<T>> {
    try {
        return { is: await look<T>(...read) };
    } catch (error) {
        if (hasName(error, "AbortError") || isCredentials(error)) throw error;
        return describeReadFailure(error, read[0]);
    }
}

/** Describes why a read failed. `needs` is the missing permission if the read was denied. */
export function describeReadFailure(
    error: unknown,
    permission: string,
): { readonly unread: string; readonly needs?: string } {
    const { name, message, $metadata, $retryable }: AwsError = toError(error);
    const status = $metadata?.httpStatusCode;
    const throttles = /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded/;
    if ($retryable?.throttling || status === 429 || throttles.test(name)) {
        return { unread: `throttled: AWS limits the rate of ${permission}; run this again in a minute` };
    }
    if (!isCredentials(error) && (status === 403 || /AccessDenied|Unauthorized|Forbidden/.test(name))) {
        if (parseRefusal(message)?.policy?.startsWith("VPC endpoint")) {
            const elsewhere = "an import does not use this network's endpoint; run this from another network";
            const refuses = `the VPC endpoint policy of this network refuses ${permission}`;
            return { unread: `${refuses}: ${elsewhere} (${oneLine(error)})` };
        }
        const needs = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? permission;
        return { unread: `${needs} is denied (${oneLine(error)})`, needs };
    }
    return { unread: oneLine(error) };
}
