import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { load as readYaml } from "js-yaml";
import pMap from "p-map";
import { tokenVerifier } from "../../app/functions/recommendation-api/verify-token.ts";
import { openDescription } from "../../app/serving/description.ts";
import { packFilms } from "../../app/serving/film-scores.ts";
import { batchListKey, type CampaignPort, type PutEvents, type TablePort } from "../../app/serving/ports.ts";
import { createService, pickApiValues, type Service } from "../../app/serving/service.ts";
import { rememberTokens } from "../../app/serving/viewer-auth.ts";
import { parseColumns } from "../../data-prep/columns.ts";
import { makeTables } from "../../data-prep/tables/make.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { memoryTable } from "../../test/app/serving/memory-table.ts";
import { good } from "../../test/config/parsed.ts";
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

const films = 100;

/**
 * Simulates a campaign, an event tracker and a table in this process. A user's list changes after each event. Each call
 * waits as long as AWS typically takes, but `harness.now`, the API's clock, moves only if the bench sets it.
 */
export function simulated(seed: number) {
    const random = seededRandom(seed);
    const harness = { isThrottled: false, calls: 0, now: Date.UTC(2026, 0, 1) };
    const events = new Map<string, number>();
    const spend = ({ median, spread }: { median: number; spread: number }) => {
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        return sleep(median * Math.exp(spread * normal));
    };
    const listOf = (userId: string) => {
        const start = [...userId].reduce((sum, letter) => sum + letter.charCodeAt(0), 7 * (events.get(userId) ?? 0));
        return packFilms(
            Array.from({ length: films }, (_, at) => ({
                itemId: String(1 + ((start + 3 * at) % 500)),
                score: 0.02 / (at + 1),
            })),
        );
    };
    const campaign: CampaignPort = {
        async ask({ userId }) {
            harness.calls += 1;
            const list = listOf(userId);
            await spend(times.campaign);
            if (harness.isThrottled) {
                throw Object.assign(new Error(), { name: "ThrottlingException", $metadata: { httpStatusCode: 400 } });
            }
            return { films: list, recommendationId: `RID-${harness.calls}` };
        },
        async describe() {
            await spend(times.describe);
            return { status: "ACTIVE", solutionVersionArn: "version-1", minProvisionedTPS: 1 };
        },
    };
    const putEvents: PutEvents = async ({ userId, events: some }) => {
        await spend(times.tracker);
        events.set(userId, (events.get(userId) ?? 0) + some.length);
    };
    const table = memoryTable(() => spend(times.table));
    /** Stores a list of batch inference for each viewer, by a job of the day before. */
    async function storeBatchLists(viewers: readonly string[]): Promise<void> {
        const listsItem = { generation: 1, solutionVersionArn: "version-1", madeAt: harness.now - 86_400_000 };
        const { signal } = new AbortController();
        table.setStack({ lists: listsItem });
        await pMap(
            viewers,
            (userId) => {
                const list = {
                    ...listsItem,
                    films: listOf(userId),
                    key: batchListKey(listsItem.generation),
                    revision: 0,
                };
                return table.port.putList(userId, { ...list, from: "batch" }, 0, signal);
            },
            { concurrency: 100 },
        );
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
    documents: Documents,
    more: {
        readonly table?: TablePort;
        readonly auth?: { readonly issuer: string; readonly audience: string };
        /** Whether batch inference makes the stack's lists, so that there is no campaign. */
        readonly batch?: boolean;
    } = {},
): Service {
    const viewerAuth = more.auth && { issuer: more.auth.issuer, audience: more.auth.audience, claim: "sub" };
    return createService({
        ...(viewerAuth && { verifyToken: rememberTokens(tokenVerifier(viewerAuth), Date.now) }),
        config: {
            ...pickApiValues(good()),
            viewerAuth,
            batch: more.batch ?? false,
            campaignArn: "",
            tableName: "",
            bucketName: "",
            filters: {},
            cost: { campaignUsdPerHour: 0, estimatedUsdPerMonth: 0, monthlyLimitUsd: 0 },
        },
        campaign,
        putEvents,
        table: more.table ?? table,
        pages: new Map(),
        openApi: openDescription(documents.openApi),
        storedTables: { read: async () => ({ text: documents.tables, etag: "" }), newest: async () => "version-1" },
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

export interface Documents {
    readonly openApi: string;
    readonly tables: string;
}

/** Returns the API description, and the fallback tables of synthetic interactions. */
export async function createDocuments(): Promise<Documents> {
    const csv = interactionsCsv(syntheticRatings({ users: 500, items: 500, meanHistory: 40 }));
    const tables = makeTables(await parseColumns(Readable.from([csv])), [], "bench");
    const yaml = readFileSync(join(import.meta.dirname, "../../app/api/openapi.yaml"), "utf8");
    return { openApi: JSON.stringify(readYaml(yaml)), tables: JSON.stringify(tables) };
}
