import { limits } from "../../../app/serving/limits.ts";
import { createService } from "../../../app/serving/service.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { config, gatewayEvent, openedApi, tablesDocument } from "../../app/serving/api-harness.ts";
import type { BatchFault } from "./faults.ts";
import { BatchSimulation } from "./simulation.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
/** Interval of the batch function's schedule in milliseconds. */
const tick = 15 * minute;
/**
 * If a killed run delayed the previous job, less than an interval can pass until the next job starts. The drill accepts
 * a difference of up to this number of milliseconds.
 */
const tolerance = 60 * minute;
/** Number of viewers who request a list from the API in each interval of the schedule. */
const askers = 6;
/** Number of films in each request, as many as the similar films of one film. */
const filmsPerRequest = 5;
/** Days of the simulated time after the last fault. */
const afterwards = 3;

/** The API's answers between a fault and the next one. */
interface FaultResult {
    readonly what: string;
    readonly day: number;
    answers: number;
    unanswered: number;
    mixed: number;
    lost: number;
}

/** Simulates the faults on their days, and sends requests to the API in each interval. */
export async function playFaults(faults: readonly BatchFault[]) {
    const simulation = new BatchSimulation({ everyDays: 2 });
    const start = simulation.now;
    const api = apiOf(simulation);
    await api.start();
    /** Viewers who have received a personal list. For them, an answer without one counts as lost. */
    const personal = new Set<string>();
    const results: FaultResult[] = [];
    const waiting = [...faults];
    const end = start + (Math.max(...faults.map((fault) => fault.day)) + afterwards) * day;
    let turn = 0;
    for (; simulation.now < end; simulation.pass(tick)) {
        for (let next = waiting[0]; next && simulation.now >= start + next.day * day; next = waiting[0]) {
            waiting.shift();
            results.push({ what: next.what, day: next.day, answers: 0, unanswered: 0, mixed: 0, lost: 0 });
            next.apply(simulation);
            // A recreated stack has no lists, so no list of the old one counts as lost.
            if (simulation.item === undefined) personal.clear();
        }
        // EventBridge Scheduler may start two runs at the same time.
        await Promise.all([simulation.run(), simulation.run()]);
        await ask();
    }
    const sum = (of: (one: FaultResult) => number) => results.reduce((total, one) => total + of(one), 0);
    return {
        faults: results,
        unanswered: sum(({ unanswered }) => unanswered),
        mixed: sum(({ mixed }) => mixed),
        lost: sum(({ lost }) => lost),
        paidTwice: paidTwice(simulation),
        notifications: [...simulation.notifications],
        jobs: simulation.jobs,
    };

    async function ask(): Promise<void> {
        const result = results.at(-1);
        for (let count = 0; count < askers; count++) {
            turn += 1;
            const userId = turn % 11 === 0 ? `new${turn % 7}` : `u${turn % simulation.users.length}`;
            const { statusCode, body } = await api.handle(
                gatewayEvent("GET /recommendations/{userId}", {
                    path: { userId },
                    query: { numResults: String(filmsPerRequest) },
                }),
            );
            const answer = JSON.parse(body);
            const films: readonly { readonly itemId: string; readonly title: string }[] = answer.films ?? [];
            const versions = new Set(
                films.map(({ itemId, title }) => `${itemId.split("-")[0]} ${title.split(" ")[0]}`),
            );
            if (result !== undefined) {
                result.answers += 1;
                if (statusCode !== 200 || films.length !== filmsPerRequest) result.unanswered += 1;
                else if (versions.size !== 1 || [...versions].some((both) => new Set(both.split(" ")).size !== 1))
                    result.mixed += 1;
                if (answer.source !== "batch" && personal.has(userId)) result.lost += 1;
            }
            if (answer.source === "batch") personal.add(userId);
            if (turn % 5 === 0 && films[0] !== undefined) await watch(userId, films[0].itemId);
        }
    }

    async function watch(userId: string, itemId: string): Promise<void> {
        const events = [{ eventType: "Watch", itemId }];
        await api.handle(gatewayEvent("POST /events", { body: { userId, sessionId: "s", events } }));
    }
}

/**
 * Creates the program's API with the simulated DynamoDB table. The fallback tables of each version contain other films.
 */
function apiOf(simulation: BatchSimulation) {
    const documentOf = (version: string): TablesDocument => ({
        ...tablesDocument,
        films: {
            ...tablesDocument.films,
            ids: tablesDocument.films.ids.map((_, at) => `${version}-${at}`),
            titles: tablesDocument.films.ids.map((_, at) => `${version} film ${at}`),
        },
    });
    return createService({
        config: { ...config, batch: true, trackingId: "" },
        openApi: openedApi,
        storedTables: {
            async read(version, etag) {
                return etag === version ? undefined : { text: JSON.stringify(documentOf(version)), etag: version };
            },
            newest: async () => simulation.settings.solutionVersionArn.split("/").at(-1) ?? "",
        },
        pages: new Map(),
        campaign: {
            ask: () => Promise.reject(new Error("the stack has no campaign")),
            describe: () => Promise.reject(new Error("the stack has no campaign")),
        },
        putEvents: undefined,
        table: simulation.table(),
        clock: () => simulation.now,
        log: () => {},
        limits,
    });
}

/**
 * Counts billed jobs that were unnecessary: an earlier billed job of the same version had an output with lists, its
 * interval was not over, and nobody requested another version or created the stack again in between.
 */
function paidTwice({ jobs, settings, requestedAt }: BatchSimulation): number {
    const billed = jobs.filter((job) => job.billed);
    return billed.filter((job, at) => {
        const before = billed.slice(0, at).findLast((other) => other.solutionVersionArn === job.solutionVersionArn);
        const early = before && job.startedAt - before.startedAt < settings.everyDays * day - tolerance;
        const hadLists = before?.output?.some((line) => line.includes('"error":null')) ?? false;
        const requested = requestedAt.some((at) => before && at > before.startedAt && at <= job.startedAt);
        return early === true && hadLists && !requested;
    }).length;
}
