import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";
import { tokenVerifier } from "../../app/functions/recommendation-api/verify-token.ts";
import type { Experiment } from "../../app/serving/experiment.ts";
import { packItems } from "../../app/serving/item-scores.ts";
import { batchListKey, type CampaignPort, type PutEvents, type TablePort } from "../../app/serving/ports.ts";
import { createService, type Service } from "../../app/serving/service.ts";
import { rememberTokens } from "../../app/serving/viewer-auth.ts";
import {
    campaignFixture,
    config,
    createStore,
    openedApi,
    serviceError,
    tablesDocument,
} from "../../test/app/serving/api-harness.ts";
import { memoryTable } from "../../test/app/serving/memory-table.ts";
import { seededRandom } from "../lib/command.ts";
import { type Call, directCaller } from "./call.ts";

/**
 * Durations of calls: the median in milliseconds and the spread of a log-normal distribution, whose p99 is the median
 * times e^(2.33 × spread).
 */
const times = {
    campaign: { median: 25, spread: 0.45 },
    describe: { median: 80, spread: 0.3 },
    tracker: { median: 20, spread: 0.4 },
    table: { median: 3.5, spread: 0.35 },
};

const batchItems = packItems(
    Array.from({ length: 100 }, (_, at) => ({ itemId: String(100 + at), score: 0.02 / (at + 1) })),
);

/**
 * Simulates a campaign, an event tracker and a table in this process, as the tests of the API do. Each call waits as
 * long as AWS typically takes, but `harness.now`, the API's clock, moves only if the bench sets it.
 */
export function simulated(seed: number) {
    const random = seededRandom(seed);
    const harness = { isThrottled: false, calls: 0, now: Date.UTC(2026, 0, 1) };
    const spend = ({ median, spread }: { median: number; spread: number }) => {
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        return sleep(median * Math.exp(spread * normal));
    };
    const { state, campaign: instant, putEvents } = campaignFixture();
    state.fault = async () => {
        harness.calls += 1;
        await spend(times.campaign);
        if (harness.isThrottled) throw serviceError("ThrottlingException");
    };
    state.eventsFault = () => spend(times.tracker);
    const campaign: CampaignPort = {
        ...instant,
        async describe(signal) {
            await spend(times.describe);
            return instant.describe(signal);
        },
    };
    const table = memoryTable(() => spend(times.table));
    /** Stores a list of batch inference for each viewer, by a job of the day before. */
    async function storeBatchLists(viewers: readonly string[]): Promise<void> {
        const listsItem = { generation: 1, solutionVersionArn: state.version, madeAt: harness.now - 86_400_000 };
        const { signal } = new AbortController();
        table.setStack({ lists: listsItem });
        const list = { ...listsItem, items: batchItems, key: batchListKey(listsItem.generation), revision: 0 };
        const put = (userId: string) => table.port.putList(userId, { ...list, from: "batch" }, 0, signal);
        await pMap(viewers, put, { concurrency: 100 });
    }
    return { harness, campaign, putEvents, table: table.port, storeBatchLists };
}

export type Simulated = ReturnType<typeof simulated>;

/**
 * Returns the API's own code over the simulated services, like one process of the Lambda function. `more` replaces the
 * simulated DynamoDB table, adds viewer authentication, or selects batch inference.
 */
export function createApiProcess(
    { harness, campaign, putEvents, table }: Simulated,
    more: {
        readonly table?: TablePort;
        readonly auth?: { readonly issuer: string; readonly audience: string };
        /** Whether batch inference makes the stack's lists, so that there is no campaign. */
        readonly batch?: boolean;
        readonly experiment?: Experiment;
    } = {},
): Service {
    const viewerAuth = more.auth && { issuer: more.auth.issuer, audience: more.auth.audience, claim: "sub" };
    return createService({
        ...(viewerAuth && { verifyToken: rememberTokens(tokenVerifier(viewerAuth), Date.now) }),
        config: {
            ...config,
            viewerAuth,
            batch: more.batch ?? false,
            ...(more.experiment && { experiment: more.experiment }),
        },
        campaign,
        putEvents,
        table: more.table ?? table,
        pages: new Map(),
        openApi: openedApi,
        listRules: { filters: {}, promotions: [] },
        storedTables: createStore(tablesDocument).port,
        clock: () => harness.now,
        log: () => {},
    });
}

/** Returns a client of the simulated campaign without any cache or fallback. */
export function withoutCache({ campaign, putEvents }: Simulated): Call {
    const { signal } = new AbortController();
    return directCaller(
        (userId, numResults) => campaign.ask({ userId, numResults, context: {} }, signal),
        (body) => putEvents(body as Parameters<PutEvents>[0], signal),
    );
}
