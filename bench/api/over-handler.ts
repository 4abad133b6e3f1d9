import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeOptions } from "../../app/serving/limits.ts";
import { startIssuer } from "../../test/support/issuer.ts";
import type { Goal } from "../lib/goals.ts";
import { log, showLine, showTable } from "../lib/goals.ts";
import { type Call, handlerCaller } from "./call.ts";
import { coldStart } from "./cold-start.ts";
import { computeLatency, countFailed, layerHead, layerRows, seconds50and99, summarizeSources } from "./figures.ts";
import { createViewerIds, secondsToChange } from "./fresh.ts";
import { type LoadShape, load } from "./load.ts";
import { createApiProcess, type Simulated, simulated, withoutCache } from "./simulated.ts";

/** Number of concurrent processes of the function. */
const processes = 8;
/** Requests per second by the simulated clock, on which cached lists expire. */
const rate = 50;
/** Number of viewers whose events are timed. */
const eventViewers = 50;
/** Number of viewers in the measurement of memory. */
const distinct = 1_000_000;

/**
 * Measures the function's own code with a simulated campaign, event tracker and table, and the same requests without
 * any cache. Prints the results. Returns the benchmark's goals: each is a measured value and the value that it must
 * reach.
 */
export async function overHandler(shape: LoadShape): Promise<Goal[]> {
    const { requests, seed } = shape;
    log(`${requests} requests over the function's code`);
    const cached = simulated(seed);
    const plain = await measureVariant(shape, cached, "fresh", () => handlerCaller(createApiProcess(cached)));
    const { asked: timedCalls, calls } = plain;

    log("requests with a viewer's token (viewerAuth)");
    const proven = await withTokens(shape);
    showLine(`with viewerAuth`);
    showTable(layerHead, layerRows(proven.asked));
    log("requests for lists of batch inference");
    const batch = await withBatchLists(shape);
    showLine(`with serving.mode batch: ${summarizeSources(batch.asked)}`);
    showTable(layerHead, layerRows(batch.asked));
    const hits = [timedCalls, proven.asked, batch.asked].map(hitLatency);
    const [plainHits, provenHits, batchHits] = hits.map(({ p50, p99 }) => `${p50.toFixed(2)} and ${p99.toFixed(2)} ms`);
    showLine(
        `from memory, p50 and p99: ${plainHits} without, ${provenHits} with a token, ${batchHits} of batch inference. ` +
            `Calls of the campaign: ${calls} without, ${proven.calls} with, ${batch.calls}`,
    );

    log("requests without a cache");
    const bare = simulated(seed);
    // Send 128 requests in parallel. Fewer would take much longer, because each request waits for the campaign.
    const bareCallers = Array.from({ length: 128 }, () => withoutCache(bare));
    const bareAsked = await load(bareCallers, shape);
    showTable(layerHead, layerRows(timedCalls));
    showLine(`without a cache`);
    showTable(layerHead, layerRows(bareAsked));
    const saved = 100 * (1 - Math.max(calls, proven.calls) / bare.harness.calls);
    showLine(`${calls} calls of the campaign in the place of ${bare.harness.calls}`);

    const seconds = [...plain.seconds, ...proven.seconds, ...batch.seconds];
    showLine(`an event changes the list after ${seconds50and99(seconds)}`);

    log(`${distinct} distinct viewers in one process`);
    const million = join(import.meta.dirname, "million.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [...nodeOptions, million, String(distinct)]);
    const { mebibytes, remembered, failed } = JSON.parse(stdout);
    showLine(`${distinct} viewers: ${mebibytes.toFixed(0)} MiB at most, ${remembered} of them remembered`);

    log("starts of the function");
    const cold = await coldStart();
    showLine(
        `the function's bundle has ${Math.round(cold.bytes / 1000)} kB and loads in ${cold.milliseconds.toFixed(0)} ms`,
    );

    return [
        { name: "api-hit-p99-ms", figure: Math.max(...hits.map(({ p99 }) => p99)), bound: "<", limit: 5, unit: "ms" },
        { name: "api-calls-saved", figure: saved, bound: ">=", limit: 80, unit: "%" },
        {
            name: "api-failed",
            figure: countFailed([...timedCalls, ...proven.asked, ...batch.asked]) + failed,
            bound: "=",
            limit: 0,
        },
        { name: "api-fresh-seconds", figure: Math.max(...seconds), bound: "<", limit: 1, unit: "s" },
        { name: "api-cold-start-ms", figure: cold.milliseconds, bound: "<", limit: 150, unit: "ms" },
        { name: "api-memory-mib", figure: mebibytes, bound: "<", limit: 256, unit: "MiB" },
    ];
}

/**
 * Sends the load and the events to a variant of the function. The events are of viewers whose names start with
 * `prefix`.
 */
async function measureVariant(shape: LoadShape, { harness }: Simulated, prefix: string, callerOf: () => Call) {
    const callers = Array.from({ length: processes }, callerOf);
    const begun = harness.now;
    const timedCalls = await load(callers, shape, (at) => {
        harness.now = begun + (1000 * at) / rate;
    });
    const { calls } = harness;
    return {
        asked: timedCalls,
        calls,
        seconds: await secondsToChange(callers, createViewerIds(prefix, eventViewers)),
    };
}

/** Sends the load and the events with a token of the viewer in each request. */
async function withTokens(shape: LoadShape) {
    const issuer = await startIssuer();
    try {
        const stack = simulated(shape.seed);
        const tokens = new Map<string, Promise<string>>();
        const tokenOf = (sub: string) => {
            const token = tokens.get(sub) ?? issuer.token({ sub });
            tokens.set(sub, token);
            return token;
        };
        const callerOf = () => handlerCaller(createApiProcess(stack, { auth: issuer }), tokenOf);
        return await measureVariant(shape, stack, "proven", callerOf);
    } finally {
        await issuer.close();
    }
}

/** Sends the load and the events to a stack without a campaign, which has a list of batch inference for each viewer. */
async function withBatchLists(shape: LoadShape) {
    const stack = simulated(shape.seed);
    const prefix = "batch";
    const viewers = Array.from({ length: shape.viewers }, (_, rank) => shape.nameOf(rank));
    await stack.storeBatchLists([...viewers, ...createViewerIds(prefix, eventViewers)]);
    return await measureVariant(shape, stack, prefix, () => handlerCaller(createApiProcess(stack, { batch: true })));
}

function hitLatency(timedCalls: Awaited<ReturnType<typeof load>>) {
    const hits = timedCalls.filter(({ kind, answer }) => kind === "list" && answer.layer === "memory");
    return computeLatency(hits.map(({ answer }) => answer.milliseconds));
}
