import { limits } from "../../../app/serving/limits.ts";
import { createService } from "../../../app/serving/service.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { config, gatewayEvent, openApi, tablesDocument } from "../../app/serving/api-harness.ts";
import type { BatchFault } from "./faults.ts";
import { BatchSimulation } from "./simulation.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
/** Interval of the function's schedule. */
const tick = 15 * minute;
/** The interval begins before the job starts, which may be delayed by a dead run. */
const tolerance = 60 * minute;
/** Viewers who ask in each interval. */
const askers = 6;
/** Films in each request. The similar films of one film are five. */
const asked = 5;
/** Days of the simulated time after the last fault. */
const afterwards = 3;

/** What the API answered between a fault and the next one. */
interface FaultResult {
    readonly what: string;
    readonly day: number;
    answers: number;
    unanswered: number;
    mixed: number;
    lost: number;
}

/** Plays the faults, and asks the API all the time. */
export async function playFaults(faults: readonly BatchFault[]) {
    const simulation = new BatchSimulation({ everyDays: 2 });
    const start = simulation.now;
    const api = apiOf(simulation);
    await api.start();
    /** Viewers who got a personal list. A new viewer with events is one of them after the next job. */
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
            // A new stack has no lists, and viewers know nothing of the old one.
            if (simulation.item === undefined) personal.clear();
        }
        // Two schedules of the same moment may start two runs.
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
                    query: { numResults: String(asked) },
                }),
            );
            const answer = JSON.parse(body);
            const films: readonly { readonly itemId: string; readonly title: string }[] = answer.films ?? [];
            const versions = new Set(
                films.map(({ itemId, title }) => `${itemId.split("-")[0]} ${title.split(" ")[0]}`),
            );
            if (result !== undefined) {
                result.answers += 1;
                if (statusCode !== 200 || films.length !== asked) result.unanswered += 1;
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

/** Starts the program's API over the simulated table. Each version has tables of its own. */
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
        openApi,
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
            rank: undefined,
        },
        putEvents: undefined,
        table: simulation.table(),
        clock: () => simulation.now,
        log: () => {},
        limits,
    });
}

/**
 * Counts billed jobs that follow another billed job of the same version too early, although that one had an output with lists, and
 * although nobody requested another version or created the stack again in between.
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
