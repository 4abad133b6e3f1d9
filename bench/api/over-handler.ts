import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeOptions } from "../../app/serving/limits.ts";
import { type ApiConfig, pickApiValues } from "../../app/serving/service.ts";
import { apiFiles } from "../../components/api/api-function.ts";
import { bundleFile } from "../../components/common/lambda-bundle.ts";
import { good } from "../../test/core/config/parsed.ts";
import { startIssuer } from "../../test/support/issuer.ts";
import { type Goal, log, runForJson, showLine, showTable } from "../lib/command.ts";
import { type Call, handlerCaller } from "./call.ts";
import { computeLatency, countFailed, layerHead, layerRows, seconds50and99, summarizeSources } from "./figures.ts";
import { createViewerIds, type LoadShape, load, secondsToChange } from "./load.ts";
import { createApiProcess, type Simulated, simulated, withoutCache } from "./simulated.ts";

const starts = 9;

const config: ApiConfig = {
    ...pickApiValues(good()),
    campaignArn: "",
    filters: {},
    tableName: "bench",
    bucketName: "bench",
    cost: { campaignUsdPerHour: 0, estimatedUsdPerMonth: 0, monthlyLimitUsd: 0 },
};

/**
 * Environment of the measured function. No service listens at its endpoint, and the start of the function calls no
 * service, so only the function's own code is measured.
 */
const environment = {
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_REGION: config.region,
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    API_CONFIG: JSON.stringify(config),
};

const program = `
const begun = performance.now();
await import(process.argv[1]);
process.stderr.write(String(performance.now() - begun));
process.exit();`;

/**
 * Starts the bundle of the API's function in new processes.
 *
 * @returns the median time to load the bundle, without the start of Node.js itself, and the size of the bundle
 */
async function coldStart(): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
    const folder = await mkdtemp(join(tmpdir(), "bench-cold-"));
    try {
        const bundle = await readFile(bundleFile("recommendation-api"));
        await writeFile(join(folder, "index.mjs"), bundle);
        for (const [file, text] of Object.entries(apiFiles(good()))) await writeFile(join(folder, file), text);
        const args = [...nodeOptions, "--input-type=module", "--eval", program, join(folder, "index.mjs")];
        const times: number[] = [];
        for (let start = 0; start < starts; start++) {
            const { stderr } = await promisify(execFile)(process.execPath, args, { env: environment });
            times.push(Number(stderr));
        }
        return { milliseconds: computeLatency(times).p50, bytes: bundle.length };
    } finally {
        await rm(folder, { recursive: true });
    }
}

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
    const { mebibytes, remembered, failed } = await runForJson<Record<"mebibytes" | "remembered" | "failed", number>>(
        process.execPath,
        [...nodeOptions, million, String(distinct)],
    );
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
