import { setTimeout as sleep } from "node:timers/promises";
import { log, showLine, showTable } from "../lib/goals.ts";
import { computeLatency, countFailed, layerHead, layerRows, seconds50and99, summarizeSources } from "./figures.ts";
import { createViewerIds, secondsToChange } from "./fresh.ts";
import { type LoadShape, load, resting } from "./load.ts";
import { startApiStack } from "./stack.ts";
import { stackOutages } from "./stack-outage.ts";

/**
 * Number of requests: as many per viewer as in `overHandler`, and few enough for two cores that also run the local AWS.
 */
const requests = 2000;
const viewers = 200;
const callers = 4;
/** Milliseconds that a caller waits after each request. */
const rest = 200;
/** Milliseconds to wait until the local AWS has published Personalize's metrics. */
const published = 8000;

interface OverStack {
    readonly failed: number;
    /** Seconds from sending an event until the viewer's list changes, one number for each viewer. */
    readonly seconds: readonly number[];
}

/**
 * Measures the program's stack on a local AWS through API Gateway, Lambda and DynamoDB, and for comparison direct calls
 * to the campaign. Prints the results.
 */
export async function overStack({
    exponent,
    events,
    seed,
}: Pick<LoadShape, "exponent" | "events" | "seed">): Promise<OverStack> {
    log("starting a local AWS and deploying the stack");
    const stack = await startApiStack();
    try {
        const shape = { requests, viewers, exponent, events, seed, nameOf: (rank: number) => String(rank + 1) };
        const some = <T>(make: () => T) => Array.from({ length: callers }, make);

        log(`${requests} requests through the gateway, of ${viewers} viewers`);
        const since = Date.now() - 60_000;
        const callsBefore = await stack.campaignCalls(since);
        const begun = performance.now();
        const timedCalls = await load(
            some(() => resting(stack.caller(), rest)),
            shape,
        );
        const perSecond = (1000 * requests) / (performance.now() - begun);
        await sleep(published);
        const calls = (await stack.campaignCalls(since)) - callsBefore;
        const lists = timedCalls.filter(({ kind }) => kind === "list").length;
        showLine(`over the local AWS, ${perSecond.toFixed(0)} requests a second`);
        showTable(layerHead, layerRows(timedCalls));
        showLine(
            `${calls} calls of the campaign by its own metrics for ${lists} lists: ${(100 * (1 - calls / lists)).toFixed(1)} % saved`,
        );
        log("events");
        const seconds = await secondsToChange(some(stack.caller), createViewerIds("", 20, viewers + 1));
        showLine(`an event changes the list after ${seconds50and99(seconds)}`);

        const steps = await stackOutages(stack, { callers: 2, shape });
        showTable(
            ["the campaign is", "requests", "failed", "failed without", "p99 ms", "lists come from"],
            steps.map((step) => [
                step.what,
                step.requests.length,
                countFailed(step.requests),
                `${countFailed(step.direct)} of ${step.direct.length}`,
                computeLatency(step.requests.map(({ answer }) => answer.milliseconds)).p99.toFixed(0),
                summarizeSources(step.requests),
            ]),
        );
        log("events with lists of batch inference");
        const batchSeconds = await secondsToChange(some(stack.caller), createViewerIds("", 20, viewers + 21));
        showLine(`an event changes a list of batch inference after ${seconds50and99(batchSeconds)}`);
        const failed = steps.reduce((sum, step) => sum + countFailed(step.requests), countFailed(timedCalls));
        return { failed, seconds: [...seconds, ...batchSeconds] };
    } finally {
        await stack.stop();
    }
}
