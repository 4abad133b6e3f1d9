import { setTimeout as sleep } from "node:timers/promises";
import { DeleteCampaignCommand } from "@aws-sdk/client-personalize";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { assertExit } from "../../test/support/local-aws.ts";
import { log } from "../lib/goals.ts";
import type { Call } from "./call.ts";
import { type Asked, type LoadShape, load, resting } from "./load.ts";
import type { ApiStack } from "./stack.ts";

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
const rest = 40;

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
export async function stackOutages(
    stack: ApiStack,
    { callers, shape }: { readonly callers: number; readonly shape: LoadShape },
): Promise<StackOutage[]> {
    const some = (make: () => Call) => Array.from({ length: callers }, () => resting(make(), rest));
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
