import { setTimeout as sleep } from "node:timers/promises";
import { DeleteCampaignCommand } from "@aws-sdk/client-personalize";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { assertExit } from "../../test/support/local-aws.ts";
import { log, showLine, showTable } from "../lib/command.ts";
import type { Call } from "./call.ts";
import { computeLatency, countFailed, layerHead, layerRows, seconds50and99, summarizeSources } from "./figures.ts";
import { type Asked, createViewerIds, type LoadShape, load, resting, secondsToChange } from "./load.ts";
import { type ApiStack, startApiStack } from "./stack.ts";

interface StackOutage {
    readonly what: string;
    readonly requests: readonly Asked[];
    /** Requests that clients sent directly to the campaign during the same time. */
    readonly direct: readonly Asked[];
}

/**
 * Milliseconds for which the load continues after a change of the campaign. The API's function detects a change within
 * ten seconds.
 */
const settled = 12_000;
/** Milliseconds that a caller waits before each request, because `up` and the runbooks run on the same two cores. */
const outageRest = 40;

/** Returns the states of the campaign in order, each with a function that puts the campaign into this state. */
function life(stack: ApiStack): readonly { readonly what: string; readonly happens: () => Promise<void> }[] {
    const { aws, campaignArn } = stack;
    const admin = createAdmin(aws.instance);
    const up = async () => assertExit(await aws.engine("up"), 0);
    const runbook = async (name: string, ...args: string[]) =>
        assertExit(await aws.runbook(name, "--config-file", aws.engineArgs("up")[2] ?? "", ...args), 0);
    return [
        {
            what: "throttled",
            async happens() {
                const effect = { kind: "throttle" };
                await admin.arm({ operation: "GetRecommendations", times: Number.MAX_SAFE_INTEGER, effect });
                await sleep(settled);
            },
        },
        { what: "fine again", happens: async () => void (await admin.clear()) },
        {
            what: "updated",
            async happens() {
                await stack.configure({ minProvisionedTPS: 2 });
                await up();
            },
        },
        {
            what: "of a new version",
            async happens() {
                await stack.prepareData(100);
                await up();
            },
        },
        { what: "parked", happens: () => runbook("park", "--yes", "--reason", "bench") },
        { what: "resumed", happens: () => runbook("resume", "--yes") },
        {
            what: "deleted by hand",
            happens: async () => void (await aws.personalize.send(new DeleteCampaignCommand({ campaignArn }))),
        },
        {
            what: "made again",
            async happens() {
                assertExit(await aws.engine("refresh"), 0);
                await up();
            },
        },
        {
            what: "replaced by batch inference",
            async happens() {
                await stack.configure({ serving: { mode: "batch" } });
                await up();
            },
        },
    ];
}

/**
 * Sends requests to the API, and others directly to the campaign, while the campaign goes through the states of `life`.
 * Every second viewer is new.
 */
async function stackOutages(
    stack: ApiStack,
    { callers, shape }: { readonly callers: number; readonly shape: LoadShape },
): Promise<StackOutage[]> {
    const some = (make: () => Call) => Array.from({ length: callers }, () => resting(make(), outageRest));
    const [api, direct] = [some(stack.caller), some(stack.direct)];
    const steps: StackOutage[] = [];
    for (const [at, { what, happens }] of life(stack).entries()) {
        log(`the campaign is ${what}`);
        const over = new AbortController();
        const nameOf = (rank: number) => (rank % 2 === 0 ? shape.nameOf(rank) : `new-${at}-${rank}`);
        const asks = { ...shape, requests: Number.POSITIVE_INFINITY, nameOf, seed: shape.seed + at };
        const loads = [api, direct].map((some) => load(some, asks, () => {}, over.signal));
        const happened = happens()
            .then(() => sleep(settled))
            .finally(() => over.abort());
        const [[apiRequests = [], beside = []]] = await Promise.all([Promise.all(loads), happened]);
        steps.push({ what, requests: apiRequests, direct: beside });
    }
    return steps;
}

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

/**
 * Measures the program's stack on a local AWS through API Gateway, Lambda and DynamoDB, and for comparison direct calls
 * to the campaign. Prints the results. Returns the number of failed requests, and for each viewer the seconds from
 * sending an event until the list changes.
 */
export async function overStack({ exponent, events, seed }: Pick<LoadShape, "exponent" | "events" | "seed">) {
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
