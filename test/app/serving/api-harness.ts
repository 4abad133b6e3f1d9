import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { openDescription } from "../../../app/serving/description.ts";
import type { GatewayEvent, GatewayResult } from "../../../app/serving/gateway-event.ts";
import type { StackPromotion } from "../../../app/serving/item-filters.ts";
import { packItems } from "../../../app/serving/item-scores.ts";
import { type Limits, limits as usualLimits } from "../../../app/serving/limits.ts";
import type { CampaignAsk, CampaignPort, PutEvents, TablesPort } from "../../../app/serving/ports.ts";
import type { Reply } from "../../../app/serving/reply.ts";
import { createService, pickApiValues, type ServiceParts } from "../../../app/serving/service.ts";
import type { VerifyToken } from "../../../app/serving/viewer-auth.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { good } from "../../core/config/parsed.ts";
import { type MemoryTable, memoryTable } from "./memory-table.ts";

/** The API's description, as in the function's package. */
export const openApi = JSON.stringify(
    load(await readFile(join(import.meta.dirname, "../../../app/api/openapi.yaml"), "utf8")),
);
/** The prepared description. Services share it, because each preparation compiles the schemas again. */
export const openedApi = openDescription(openApi);

const genres = [["Drama"], ["Comedy"], ["Comedy", "Drama"]];
const filmCount = 300;

/** Films 1 to 300, the most popular first. Each film is similar to the five films after it. */
export const tablesDocument: TablesDocument = {
    schemaVersion: 1,
    hasCatalogue: false,
    interactions: { sha256: "abc", rows: 1, firstTimestamp: 0, lastTimestamp: 1 },
    films: {
        ids: numbers(filmCount).map((at) => String(at + 1)),
        titles: numbers(filmCount).map((at) => (at === 7 ? null : `Film ${at + 1}`)),
        years: numbers(filmCount).map((at) => 1950 + (at % 50)),
        genres: numbers(filmCount).map((at) => at % genres.length),
        viewers: numbers(filmCount).map((at) => 1000 - at),
    },
    genreSets: genres,
    trending: { windowSeconds: 1, films: [50, 51, 52] },
    similar: numbers(filmCount).map((at) => numbers(5).map((step) => (at + step + 1) % filmCount)),
};

function numbers(count: number): number[] {
    return Array.from({ length: count }, (_, at) => at);
}

export const config: ServiceParts["config"] = {
    ...pickApiValues(good({ publicHistories: "true", allowedOrigins: '["https://films.example"]' })),
    campaignArn: "arn:campaign",
    tableName: "t",
    bucketName: "b",
    trackingId: "id",
    filters: { unwatched: "arn:unwatched", genre: "arn:genre", again: "arn:again" },
    filtersOfWatched: ["again"],
    watchedFilterArn: "arn:watched",
    cost: { campaignUsdPerHour: 0.2, estimatedUsdPerMonth: 150, monthlyLimitUsd: 200 },
};

/**
 * Creates a simulated store of fallback tables by version. A version without an entry has the tables `first`. A test
 * can replace tables and let the store fail.
 */
export function createStore(first: TablesDocument) {
    const state = {
        documents: new Map<string, TablesDocument | string>(),
        newest: "v1",
        reads: [] as string[],
        gate: async (_version: string): Promise<void> => {},
    };
    const port: TablesPort = {
        async read(version, etag) {
            state.reads.push(version);
            await state.gate(version);
            const document = state.documents.get(version) ?? first;
            const text = typeof document === "string" ? document : JSON.stringify(document);
            return text === etag ? undefined : { text, etag: text };
        },
        async newest() {
            state.reads.push("newest");
            await state.gate("newest");
            return state.newest;
        },
    };
    return { state, port };
}

/**
 * Returns the first film of a viewer's list after a number of events. The film is different for each viewer and each
 * number.
 */
export const createFirstFilm = (userId: string, events: number): string => `${userId}:${events}`;

/**
 * A simulated campaign and event tracker that share their events. `fault` is the error that the next calls throw, or
 * the time for which they hang.
 */
export function campaignFixture() {
    const events = new Map<string, number>();
    class State {
        asks: CampaignAsk[] = [];
        describes = 0;
        status: string | undefined = "ACTIVE";
        version = "v1";
        /** Whether calls with a filter fail, as after the filter's deletion. */
        filterGone = false;
        fault: (() => Promise<unknown>) | undefined;
        eventsFault: (() => Promise<unknown>) | undefined;
        put: Parameters<PutEvents>[0][] = [];
        eventsOf = (userId: string) => events.get(userId) ?? 0;
    }
    const state = new State();
    const campaign: CampaignPort = {
        async ask(ask) {
            state.asks.push(ask);
            // Make the list from the events at the start of the call, as Personalize does, and not from later ones.
            const mark = createFirstFilm(ask.userId, events.get(ask.userId) ?? 0);
            await state.fault?.();
            if (state.filterGone && ask.filter !== undefined) throw serviceError("ResourceNotFoundException", 404);
            if (state.status === undefined) throw serviceError("ResourceNotFoundException", 404);
            const ids = [mark, ...numbers(ask.numResults - 1).map((at) => String(at + 100))];
            return {
                items: packItems(ids.map((itemId, at) => ({ itemId, score: 0.01 / (at + 1) }))),
                recommendationId: `RID-${state.asks.length}`,
            };
        },
        async describe() {
            state.describes += 1;
            return state.status === undefined
                ? undefined
                : { status: state.status, solutionVersionArn: state.version, minProvisionedTPS: 1 };
        },
    };
    const putEvents: PutEvents = async (from) => {
        await state.eventsFault?.();
        state.put.push(from);
        events.set(from.userId, (events.get(from.userId) ?? 0) + from.events.length);
    };
    return { state, campaign, putEvents };
}

/** Returns an error as AWS's SDK throws it. */
export const serviceError = (name: string, httpStatusCode = 400): Error =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

export const throws = (error: Error) => () => Promise.reject(error);
export const hangs = () => new Promise<never>(() => {});

export interface Asked {
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly path?: Readonly<Record<string, string>>;
    /** The IP address of the connection. */
    readonly from?: string;
}

/** API Gateway's routes, apart from the route `/{proxy+}` for all other paths. */
const routes = ["/recommendations/{userId}", "/events", "/storefront/{proxy+}"];

/** Returns a request in the format of API Gateway: `GET /similar/{itemId}`. */
export function gatewayEvent(
    what: string,
    { query = {}, body, headers = {}, path: parameters = {}, from }: Asked = {},
): GatewayEvent {
    const [httpMethod = "", template = ""] = what.split(" ");
    const path = template.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => parameters[name] ?? "");
    const hasRoute = routes.includes(template);
    return {
        httpMethod,
        resource: hasRoute ? template : "/{proxy+}",
        path,
        pathParameters: hasRoute ? parameters : { proxy: path.slice(1) },
        queryStringParameters: query,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        isBase64Encoded: false,
        requestContext: {
            requestId: "request-1",
            extendedRequestId: "extended-1=",
            ...(from !== undefined && { identity: { sourceIp: from } }),
        },
    };
}

/** Starts the API with simulated AWS services that a test can let fail; `at` is its clock. */
export function startApi(
    more: {
        readonly limits?: Partial<Limits>;
        readonly pages?: ReadonlyMap<string, Reply>;
        readonly table?: MemoryTable;
        readonly config?: Partial<ServiceParts["config"]>;
        readonly campaign?: ReturnType<typeof campaignFixture>;
        /** False for a stack without an event tracker. */
        readonly tracker?: false;
        /** Whether no process has stored the campaign's status yet. */
        readonly unseen?: true;
        /** Milliseconds by which each reading of the clock advances it. */
        readonly tick?: number;
        readonly openApi?: string;
        readonly tables?: TablesDocument;
        readonly verifyToken?: VerifyToken;
        /** Expressions of filters on items, by name. */
        readonly itemFilters?: Readonly<Record<string, string>>;
        readonly promotions?: readonly StackPromotion[];
    } = {},
) {
    const { state, campaign, putEvents } = more.campaign ?? campaignFixture();
    const table = more.table ?? memoryTable();
    const store = createStore(more.tables ?? tablesDocument);
    const clock = { at: Date.UTC(2026, 0, 1) };
    const lines: Record<string, unknown>[] = [];
    // By default, the table contains the campaign's status, as if another process of the API had stored it.
    if (table.stack().campaign === undefined && !more.unseen) {
        const campaignStatus = { status: "ACTIVE", solutionVersionArn: state.version, minProvisionedTPS: 1 };
        table.setStack({ campaign: { ...campaignStatus, checkedAt: clock.at } });
    }
    const makeService = () =>
        createService({
            campaign,
            table: table.port,
            openApi: more.openApi === undefined ? openedApi : openDescription(more.openApi),
            putEvents: more.tracker === false ? undefined : putEvents,
            config: { ...config, ...more.config },
            storedTables: store.port,
            pages: more.pages ?? new Map(),
            listRules: { filters: more.itemFilters ?? {}, promotions: more.promotions ?? [] },
            ...(more.verifyToken && { verifyToken: more.verifyToken }),
            clock: () => {
                clock.at += more.tick ?? 0;
                return clock.at;
            },
            log: (line) => void lines.push(line as Record<string, unknown>),
            limits: { ...usualLimits, ...more.limits },
        });
    let service = makeService();
    const ask = (what: string, input?: Asked) => service.handle(gatewayEvent(what, input));
    return {
        state,
        table,
        store: store.state,
        clock,
        lines,
        ask,
        /** Starts another process of the API with the same DynamoDB table. */
        another: makeService,
        restart() {
            service = makeService();
        },
        recommend: async (userId: string, query: Record<string, string> = {}) =>
            parseResult(await ask("GET /recommendations/{userId}", { path: { userId }, query })),
        watch: async (userId: string, ...itemIds: string[]) =>
            parseResult(
                await ask("POST /events", {
                    body: { userId, sessionId: "s", events: itemIds.map((itemId) => ({ eventType: "Watch", itemId })) },
                }),
            ),
        /** Returns the log line of the last request. */
        lastLine: () => lines.findLast((line) => "_aws" in line) ?? {},
    };
}

export type ApiHarness = ReturnType<typeof startApi>;

// biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
export const parseResult = ({ body }: GatewayResult): any => JSON.parse(body);

/** Returns the ids of the films in a response. */
export const idsOf = ({ items }: { items: { itemId: string }[] }): string[] => items.map(({ itemId }) => itemId);
