import { campaignLists } from "./campaign-lists.ts";
import { campaignWatch } from "./campaign-watch.ts";
import { type Description, openDescription } from "./description.ts";
import { failureOf, isOfCampaign } from "./failures.ts";
import type { GatewayEvent, GatewayResult } from "./gateway-event.ts";
import { healthTeller } from "./health.ts";
import { type Limits, memoryBytes, limits as usualLimits } from "./limits.ts";
import { answers } from "./operations.ts";
import type { CampaignPort, Log, PutEvents, TablePort } from "./ports.ts";
import { ranker } from "./rank.ts";
import { recommender } from "./recommend.ts";
import { type Reply, resultOf } from "./reply.ts";
import { newTrace, requestLine } from "./request-line.ts";
import { resilience } from "./resilience.ts";
import { router } from "./router.ts";
import { readTables } from "./table-answers.ts";
import { eventTaker } from "./take-events.ts";
import { trafficCounter } from "./traffic.ts";
import { viewerMemory } from "./viewers.ts";

/** What the API is told of its stack: JSON in `API_CONFIG`. */
export interface ApiConfig {
    readonly stack: string;
    readonly region: string;
    /** Of the campaign, also while there is none. */
    readonly campaignArn: string;
    readonly rankingCampaignArn?: string;
    /** ARNs by name. */
    readonly filters: Readonly<Record<string, string>>;
    /** Empty where the stack has no tracker. */
    readonly trackingId?: string;
    readonly tableName: string;
    /** Of pages that may ask, such as `https://films.example`. */
    readonly allowedOrigins: readonly string[];
    /** By the prices of the stack's program: US dollars. */
    readonly cost: {
        readonly campaignUsdPerHour: number;
        readonly estimatedUsdPerMonth: number;
        readonly monthlyLimitUsd: number;
    };
}

export interface ServiceParts {
    readonly config: ApiConfig;
    /** The API's description and the fallback tables, as their JSON. */
    readonly openApi: string;
    readonly tables: string;
    /** The page's files by path, where the API serves them. */
    readonly pages: ReadonlyMap<string, Reply>;
    readonly campaign: CampaignPort;
    readonly putEvents: PutEvents | undefined;
    readonly table: TablePort;
    /** Epoch milliseconds. */
    readonly clock: () => number;
    readonly log: Log;
    readonly limits?: Limits;
    readonly memoryBytes?: number;
}

export interface Service {
    handle(event: GatewayEvent): Promise<GatewayResult>;
    /** Viewers that are remembered. */
    remembered(): number;
}

/** The API in one process, over its ports. Throws TablesFormatError or SyntaxError for documents that it cannot read. */
export function createService(parts: ServiceParts): Service {
    const { config, campaign, table, clock, log, limits = usualLimits } = parts;
    const tables = readTables(parts.tables);
    const tableResilience = resilience(limits.table, limits);
    const campaignResilience = resilience(limits.campaign, limits, isOfCampaign);
    const rankingResilience = resilience(limits.campaign, limits, (error) => failureOf(error) !== "refused");
    const memory = viewerMemory(parts.memoryBytes ?? memoryBytes);
    let going: Promise<unknown>[] = [];
    const common = { clock, log, limits, table, tableResilience, memory, tables };
    const watch = campaignWatch({ ...common, campaign, background: (work) => void going.push(work) });
    const lists = campaignLists({ ...common, campaign, filters: config.filters, watch, campaignResilience });
    const route = router({
        description: openDescription(JSON.parse(parts.openApi) as Description),
        pages: parts.pages,
        log,
        answers: answers({
            ...common,
            ...{ openApi: parts.openApi, filterNames: Object.keys(config.filters) },
            recommend: recommender({ ...common, watch, lists }),
            takeEvents: eventTaker({ ...common, putEvents: parts.putEvents }),
            rankItems: ranker({ ...common, rank: campaign.rank, askRanking: rankingResilience.ask }),
            traffic: trafficCounter(common),
            health: healthTeller({ ...config, tables, watch, campaignResilience }),
        }),
    });
    let coldStart = true;

    return {
        async handle(event) {
            const begun = performance.now();
            const trace = newTrace();
            const { reply, operation } = await route(event, trace);
            const result = resultOf(reply, event, config.allowedOrigins);
            const { requestId } = event.requestContext;
            const done = { stack: config.stack, requestId, operation, coldStart, status: result.statusCode };
            coldStart = false;
            going.push(...trace.background);
            const waited = going;
            going = [];
            await settled(waited, limits.grace);
            const milliseconds = performance.now() - begun;
            log(requestLine({ ...done, at: clock(), milliseconds }, trace));
            const timing = { "Server-Timing": `${trace.layer ?? "function"};dur=${milliseconds.toFixed(1)}` };
            return { ...result, headers: { ...result.headers, ...timing, "X-Request-Id": requestId } };
        },
        remembered: () => memory.size,
    };
}

/** Waits for work that may go on later, so many milliseconds at most. */
async function settled(work: readonly Promise<unknown>[], milliseconds: number): Promise<void> {
    if (work.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([Promise.allSettled(work), late]);
    clearTimeout(timer);
}
