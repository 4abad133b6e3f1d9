import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tokenVerifier } from "../../../app/functions/recommendation-api/verify-token.ts";
import { packItems } from "../../../app/serving/item-scores.ts";
import { offeredViewers } from "../../../app/serving/offered-viewers.ts";
import { pageFiles } from "../../../app/serving/page-files.ts";
import type { CampaignPort, MonthSpend, PutEvents } from "../../../app/serving/ports.ts";
import type { Reply } from "../../../app/serving/reply.ts";
import { createService } from "../../../app/serving/service.ts";
import { openTables } from "../../../app/serving/table-answers.ts";
import { buildStorefront } from "../../../app/storefront/build.ts";
import { filledPage } from "../../../components/storefront/page-files.ts";
import { type DataWords, dataWords, findImageOrigins } from "../../../components/storefront/page-words.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { portOf, readBody } from "../../../packages/local-personalize/wire/http.ts";
import type { Issuer } from "../../support/issuer.ts";
import { config, createStore, gatewayEvent, openedApi, serviceError } from "../serving/api-harness.ts";
import { memoryTable } from "../serving/memory-table.ts";
import { tableLists } from "../serving/table-lists.ts";

/** The state of the API behind the page, which a test changes while the page is open. */
interface Control {
    /**
     * Requests whose paths begin with `failing` get an error, and those whose paths begin with `emptied` get a list
     * without films.
     */
    failing: string | undefined;
    emptied: string | undefined;
    /** The status of the next request to each path, and the seconds in its header `Retry-After`, if it has one. */
    throttled: { readonly status: number; readonly seconds?: number } | undefined;
    delayMs: number;
    /** Milliseconds after which the campaign learns of an event. */
    learnsAfterMs: number;
}

export interface Served {
    /** The page as a CDN serves it, with the API below the page's path, at `api/`. */
    readonly url: string;
    /** The page as the API serves it, with the page below the API's path. */
    readonly insideApi: string;
    readonly control: Control;
    /** Requests to the API, as "GET popular?numResults=20". */
    readonly requests: string[];
    /** Events that the tracker received. */
    readonly events: Parameters<PutEvents>[0][];
    close(): Promise<void>;
}

export interface ServeOptions {
    readonly tables: TablesDocument;
    /** Films that viewers watched, newest first. The simulated campaign derives lists from these films. */
    readonly histories: ReadonlyMap<string, readonly string[]>;
    /** Whether the cost guard parked the campaign. */
    readonly parked?: boolean;
    readonly tracker?: boolean;
    /** The issuer of viewers' tokens; undefined if viewers need no token. */
    readonly auth?: Pick<Issuer, "issuer" | "audience">;
    /** Whether GET /health shows details, as with an API key. */
    readonly details?: boolean;
    /** The words for the data; films if absent. */
    readonly words?: DataWords;
    /** Event types after which lists leave out the item; viewings if absent. */
    readonly watchedTypes?: readonly string[];
    /** The month's spend, according to the cost guard. */
    readonly spend?: MonthSpend;
    /** Origins of other pages that may call the API. */
    readonly allowedOrigins?: readonly string[];
}

const listPath = /^(recommendations|similar|popular|trending)\b/;

/**
 * Serves the built page with its Content-Security-Policy. The API runs with an in-memory table and a campaign that
 * recommends similar films.
 */
export async function serveStorefront({
    tables,
    histories,
    parked = false,
    tracker = true,
    auth,
    details = false,
    words = dataWords(undefined, { publicHistories: false }),
    watchedTypes,
    spend,
    allowedOrigins = [],
}: ServeOptions): Promise<Served> {
    const { directory } = await buildStorefront();
    const files = pageFiles(directory, findImageOrigins(tables));
    const control: Control = {
        failing: undefined,
        emptied: undefined,
        throttled: undefined,
        delayMs: 0,
        learnsAfterMs: 0,
    };
    const viewers = offeredViewers(tables, words.publicHistories).length;
    const [requests, events]: [string[], Served["events"]] = [[], []];
    const watched = new Map(histories);
    // A campaign knows no stock, so it also recommends sold-out items.
    const { details: _, ...films } = tables.films;
    const fallbackTables = tableLists(openTables({ ...tables, films }));

    const campaign: CampaignPort = {
        async ask({ userId, numResults }) {
            if (parked) throw serviceError("ResourceNotFoundException", 404);
            const seeds = watched.get(userId) ?? [];
            const { items } = fallbackTables.similar(seeds, { count: numResults, without: new Set(seeds) });
            const scored = items.map(({ itemId }, place) => ({ itemId, score: 0.021 / (1 + place * 0.23) }));
            return { items: packItems(scored), recommendationId: `RID-${userId}-${seeds.length}` };
        },
        describe: async () => (parked ? undefined : campaignStatus),
    };
    const putEvents: PutEvents = async (from) => {
        events.push(from);
        if (control.learnsAfterMs > 0) setTimeout(() => learn(from), control.learnsAfterMs);
        else learn(from);
    };
    const learn = (from: Parameters<PutEvents>[0]) => {
        watched.set(from.userId, [...from.events.map(({ itemId }) => itemId), ...(watched.get(from.userId) ?? [])]);
    };
    const table = memoryTable();
    table.setStack({
        campaign: { ...(parked ? { status: "" } : campaignStatus), checkedAt: Date.now() },
        ...(spend && { spend }),
        ...(parked && { notification: { kind: "parked", text: parkedText, at: Date.now() - 5_400_000 } }),
    });
    const viewerAuth = auth && { issuer: auth.issuer, audience: auth.audience, claim: "sub" };
    const service = createService({
        listRules: { filters: {}, promotions: [] },
        config: {
            ...config,
            allowedOrigins,
            noun: words.noun,
            publicHistories: words.publicHistories,
            apiKey: details,
            ...(watchedTypes && { watchedTypes }),
            ...(viewerAuth && { viewerAuth }),
        },
        ...(viewerAuth && { verifyToken: tokenVerifier(viewerAuth) }),
        openApi: openedApi,
        campaign,
        table: table.port,
        clock: Date.now,
        log: () => {},
        putEvents: tracker ? putEvents : undefined,
        storedTables: createStore(tables).port,
        pages: new Map(),
    });
    await service.start();

    const server = createServer(async (request, response) => {
        const { pathname, search } = new URL(request.url ?? "/", "http://local");
        const [, mount, path = ""] = pathname.match(/^\/(api|stage)\/(.*)$/) ?? [];
        if (mount === "stage" && path.startsWith("storefront/"))
            return file(path.slice("storefront/".length), "..", response);
        if (mount === undefined) return file(pathname.slice(1) || "index.html", "api", response);
        requests.push(`${request.method} ${path}${search}`);
        if (control.delayMs > 0) await new Promise((done) => setTimeout(done, control.delayMs));
        if (control.throttled && requests.filter((call) => call === requests.at(-1)).length === 1) {
            const { status, seconds } = control.throttled;
            return send(response, status, seconds === undefined ? {} : { "retry-after": String(seconds) }, "{}");
        }
        if (control.failing !== undefined && path.startsWith(control.failing)) {
            const problem = {
                type: "about:blank",
                title: "The table cannot be read.",
                status: 500,
                requestId: "r-1234",
            };
            return send(response, 500, { "content-type": "application/problem+json" }, JSON.stringify(problem));
        }
        if (control.emptied !== undefined && path.startsWith(control.emptied) && listPath.test(path)) {
            return send(response, 200, { "content-type": "application/json" }, '{"source":"popular","items":[]}');
        }
        const result = await service.handle(await toGatewayEvent(request, path));
        return send(response, result.statusCode, result.headers, result.body);
    });

    function file(path: string, api: string, response: ServerResponse) {
        const reply: Reply | undefined = files.get(path);
        if (reply === undefined) return send(response, 404, {}, "");
        const body = filledPage(reply.body, {
            api,
            viewerAuth: auth === undefined ? "none" : "jwt",
            ...words,
            viewers,
        });
        return send(
            response,
            200,
            { ...reply.headers, "content-type": reply.type, "cache-control": reply.cacheControl },
            body,
        );
    }

    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${portOf(server)}/`;
    return {
        url,
        insideApi: `${url}stage/storefront/index.html`,
        control,
        requests,
        events,
        close: () =>
            new Promise((done) => {
                server.close(() => done());
                server.closeAllConnections();
            }),
    };
}

const campaignStatus = {
    status: "ACTIVE",
    solutionVersionArn: "arn:aws:personalize:eu-central-1:000000000000:solution/movie-recommender-solution/6f1e02ab",
    minProvisionedTPS: 1,
};

const parkedText =
    "This month's estimate passed 90 % of the limit, so the campaign was parked; it costs nothing now. `npm run resume` brings it back.";

/** Converts an HTTP request to the format of API Gateway. */
async function toGatewayEvent(request: IncomingMessage, path: string) {
    const query = Object.fromEntries(new URL(request.url ?? "/", "http://local").searchParams);
    const body = (await readBody(request)).toString();
    const headers = request.headers as Record<string, string>;
    return gatewayEvent(`${request.method} /${path}`, { query, headers, ...(body && { body: JSON.parse(body) }) });
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string) {
    // Leave out the HSTS header. With it, the browser would no longer open the test's address, which has the scheme
    // http.
    const { "Strict-Transport-Security": _, ...rest } = headers;
    response.writeHead(status, rest);
    response.end(body);
}
