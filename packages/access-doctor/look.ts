import { AccessError, isCredentials, isUnreachable, oneLine } from "./errors.ts";
import { refusalIn } from "./refusal.ts";
import type { Fetched } from "./snapshot.ts";

/** Milliseconds until a read without an answer is reported, and until it is aborted. */
export const limits = { reports: 15_000, ends: 20_000 };

/** Function that reads from AWS: runs calls that need `permission`, with a time limit. */
export type ReadFromAws = <T>(permission: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Creates readers of AWS that report slow calls on `log`, and that stop with `signal`. */
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
                const hint = "Check the network, the region, and AWS_ENDPOINT_URL.";
                throw new AccessError(`AWS does not answer ${permission} (${oneLine(error)}). ${hint}`, "unknown");
            }
            // The SDK's own text is "Request aborted".
            throw ends.aborted && !signal.aborted
                ? new AccessError(`${permission}: no answer within ${limit / 1000} s`, "timedOut")
                : error;
        } finally {
            clearTimeout(timer);
        }
    };
}

/** Readers that report nothing, for tests and drills. */
export const quietReader = createReader(() => {}, new AbortController().signal);

/** Returns the client, whose calls stop with the signal. */
export function withSignal<C extends { send: unknown }>(client: C, abortSignal: AbortSignal): C {
    const send = (client.send as (command: unknown, options?: object) => unknown).bind(client);
    return Object.assign(Object.create(client) as C, {
        send: (command: unknown, options?: object) => send(command, { ...options, abortSignal }),
    });
}

/** Returns the result of a read, or why it failed. Only Ctrl-C and rejected credentials end the diagnosis. */
export async function fetched<T>(
    look: ReadFromAws,
    permission: string,
    work: (signal: AbortSignal) => Promise<T>,
): Promise<Fetched<T>> {
    try {
        return { is: await look(permission, work) };
    } catch (error) {
        const { name } = error as Error;
        if (name === "AbortError" || isCredentials(error as Error)) throw error;
        return unreadOf(error, permission);
    }
}

/** Describes why a read failed: denied, throttled, or no answer. Only a denial names the permission that it needs. */
export function unreadOf(error: unknown, permission: string): { readonly unread: string; readonly needs?: string } {
    const { name, message, $metadata, $retryable } = error as Error & {
        readonly $metadata?: { readonly httpStatusCode?: number };
        readonly $retryable?: { readonly throttling?: boolean };
    };
    const status = $metadata?.httpStatusCode;
    if (
        $retryable?.throttling ||
        status === 429 ||
        /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded/.test(name)
    ) {
        return { unread: `throttled: AWS limits the rate of ${permission}; run this again in a minute` };
    }
    if (!isCredentials(error as Error) && (status === 403 || /AccessDenied|Unauthorized|Forbidden/.test(name))) {
        if (refusalIn(message)?.policy.startsWith("VPC endpoint")) {
            const elsewhere = "an import does not use this network's endpoint; run this from another network";
            return {
                unread: `the VPC endpoint policy of this network refuses ${permission}: ${elsewhere} (${oneLine(error)})`,
            };
        }
        const needs = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? permission;
        return { unread: `${needs} is denied (${oneLine(error)})`, needs };
    }
    return { unread: oneLine(error) };
}
