import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** What the process waits for: hosts of open requests, and commands of running programs. */
const waiting = new Map<object, string | (() => string)>();

/** Registers a running program until its work ends. `what` may be a function that returns how far the work is. */
export async function waitingFor<T>(what: string | (() => string), work: Promise<T>): Promise<T> {
    const key = {};
    waiting.set(key, what);
    try {
        return await work;
    } finally {
        waiting.delete(key);
    }
}

interface HttpMessage {
    readonly request: { readonly host: string };
}
const begin = (message: unknown) => {
    const { request } = message as HttpMessage;
    waiting.set(request, request.host);
};
const end = (message: unknown) => void waiting.delete((message as HttpMessage).request);

/** Channels of Node.js's HTTP client, which the AWS SDK uses (Node.js documentation, "Diagnostics Channel"). */
const channels = {
    "http.client.request.start": begin,
    "http.client.response.finish": end,
    "http.client.request.error": end,
};

const describeWaits = () =>
    [...new Set([...waiting.values()].map((what) => (typeof what === "string" ? what : what())))].join(", ");

/** Milliseconds without output before the first report. Each report doubles the interval. */
const firstMs = 2000;
const longestMs = 60_000;

/**
 * Reports with `write` what the process waits for, after two seconds without output, then after four, eight and so on.
 * `lastOutput` returns the time of the last other output, epoch milliseconds.
 * @returns a function that ends the reports
 */
export function reportWaits(write: (line: string) => void, lastOutput: () => number): () => void {
    for (const [channel, listener] of Object.entries(channels)) subscribe(channel, listener);
    let [since, next] = [Date.now(), firstMs];
    const timer = setInterval(() => {
        const now = Date.now();
        const quietFrom = waiting.size === 0 ? now : lastOutput();
        if (quietFrom > since) [since, next] = [quietFrom, firstMs];
        const silent = now - since;
        if (silent < next) return;
        write(`waiting for ${describeWaits()} (${Math.round(silent / 1000)} s)\n`);
        next = silent + Math.min(silent, longestMs);
    }, 250);
    timer.unref();
    return () => {
        clearInterval(timer);
        for (const [channel, listener] of Object.entries(channels)) unsubscribe(channel, listener);
    };
}
