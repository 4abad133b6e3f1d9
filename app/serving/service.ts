import type { StackConfig } from "../../core/config/config.ts";
import { includesWatched } from "../../core/config/watched.ts";
import { toCountedAddresses } from "./addresses.ts";
import { campaignAllowance } from "./campaign-allowance.ts";
import { campaignLists } from "./campaign-lists.ts";
import { campaignWatch } from "./campaign-watch.ts";
import type { Caller, Context } from "./context.ts";
import type { OpenDescription } from "./description.ts";
import { type Experiment, experimenter } from "./experiment.ts";
import { isOfCampaign } from "./failures.ts";
import type { GatewayEvent, GatewayResult } from "./gateway-event.ts";
import { healthTeller } from "./health.ts";
import { historian } from "./history.ts";
import { itemFilters, promotions, type StackPromotion } from "./item-filters.ts";
import { type Limits, memoryBytes, limits as usualLimits } from "./limits.ts";
import { answers } from "./operations.ts";
import { eventLimits } from "./period-counts.ts";
import type { CampaignPort, Log, PutEvents, TablePort, TablesPort } from "./ports.ts";
import { recommender } from "./recommend.ts";
import { type Reply, toGatewayResult } from "./reply.ts";
import { newTrace, requestLine, type Trace } from "./request-line.ts";
import { resilience, settled } from "./resilience.ts";
import { router } from "./router.ts";
import { listSelector } from "./selection.ts";
import { servedTables } from "./served-tables.ts";
import { eventTaker } from "./take-events.ts";
import { trafficCounter } from "./traffic.ts";
import { authenticateViewer, type VerifyToken } from "./viewer-auth.ts";
import { viewerMemory } from "./viewers.ts";

/** Returns the values of the stack's configuration that the API needs. */
export const pickApiValues = (config: StackConfig) => ({
    stack: config.stack,
    region: config.region,
    allowedOrigins: config.allowedOrigins,
    apiKey: config.apiKey,
    viewerAuth: config.viewerAuth,
    publicHistories: config.publicHistories,
    trackUnproven: config.trackUnproven,
    autoTraining: config.performAutoTraining,
    batch: config.serving.mode === "batch",
    customMetrics: config.observability.customMetrics,
    hideUnavailable: config.hideUnavailable,
    filtersOfWatched: Object.keys(config.filters).filter((name) => includesWatched(config.filters[name] ?? "")),
});

/** Configuration of the API: JSON in `API_CONFIG`. */
export interface ApiConfig extends ReturnType<typeof pickApiValues> {
    /** The campaign's ARN, even while no campaign exists. */
    readonly campaignArn: string;
    /** Filter ARNs by name. */
    readonly filters: Readonly<Record<string, string>>;
    /** Types of events that remove the item from the viewer's lists. If absent, only viewings remove it. */
    readonly watchedTypes?: readonly string[];
    /** Types of events that the API accepts; absent: any type. */
    readonly eventTypes?: readonly string[];
    /** Fields of the interactions that a request's context may have; absent: any field. */
    readonly contextFields?: readonly string[];
    /**
     * ARN of the filter for requests that name no filter. It leaves out what the viewer has watched. Empty for none.
     */
    readonly watchedFilterArn?: string;
    /** Token that the distribution sends in the header `originHeader`; absent without a distribution. */
    readonly originToken?: string;
    /** Tracking ID of the event tracker; empty if the stack has none. */
    readonly trackingId?: string;
    readonly tableName: string;
    /** The stack's bucket, with the tables of its solution versions. */
    readonly bucketName: string;
    /**
     * Requests per second to the campaign that all requests without a viewer's token or the API key may cause together,
     * in all processes. All requests with one of them may together cause the same number again. If absent, the number
     * is unlimited.
     */
    readonly campaignPerSecond?: number;
    /** The word for an item in error responses; absent: film. */
    readonly noun?: string;
    /** The running experiment; absent without one. */
    readonly experiment?: Experiment;
    /** Web origins of the catalog's images, which the page may show; absent: none. */
    readonly imageOrigins?: readonly string[];
    /** Prices in US dollars, from the stack's program. */
    readonly cost: {
        readonly campaignUsdPerHour: number;
        readonly estimatedUsdPerMonth: number;
        readonly monthlyLimitUsd: number;
        /** Whether config `monthlyLimitUsd` sets the limit. */
        readonly limitIsSet?: boolean;
    };
}

/** Rules of the stack's lists, which are too long for the function's environment. */
export interface StackListRules {
    /** Expressions of the filters that test only attributes of items, by name. */
    readonly filters: Readonly<Record<string, string>>;
    readonly promotions: readonly StackPromotion[];
}

export interface ServiceParts {
    readonly config: ApiConfig;
    readonly openApi: OpenDescription;
    readonly listRules: StackListRules;
    readonly storedTables: TablesPort;
    /** The page's files by path, if the API serves them. */
    readonly pages: ReadonlyMap<string, Reply>;
    readonly campaign: CampaignPort;
    readonly putEvents: PutEvents | undefined;
    /** Function that verifies tokens; required with `viewerAuth`. */
    readonly verifyToken?: VerifyToken;
    readonly table: TablePort;
    /** Returns the time in epoch milliseconds. */
    readonly clock: () => number;
    readonly log: Log;
    readonly limits?: Limits;
}

export interface Service {
    /** Reads the campaign's status and loads its fallback tables, so that the first request does not wait for them. */
    start(): Promise<void>;
    handle(event: GatewayEvent): Promise<GatewayResult>;
    /** Returns the number of viewers in memory. */
    remembered(): number;
}

/** Creates the function that finds out who sent a request. */
const callerReader =
    ({ config, verifyToken }: Pick<ServiceParts, "config" | "verifyToken">) =>
    async (event: GatewayEvent): Promise<Caller> => {
        const { viewerAuth: auth, apiKey, originToken } = config;
        const viewer = auth && verifyToken && (await authenticateViewer(event, auth, verifyToken));
        return {
            viewer,
            trusted: apiKey || viewer !== undefined,
            signed: typeof event.requestContext.identity?.accountId === "string",
            addresses: apiKey ? [] : toCountedAddresses(event, originToken),
        };
    };

/** Returns the header with the duration and, unless an experiment must hide it, the layer that answered. */
const serverTiming = ({ layer, isBlind }: Trace, milliseconds: number): string =>
    `${(!isBlind && layer) || "function"};dur=${milliseconds.toFixed(1)}`;

/** Creates the API of one process from the functions with which it calls AWS. */
export function createService(parts: ServiceParts): Service {
    const { config, campaign, table, clock, log, limits = usualLimits } = parts;
    const { filters, watchedFilterArn = "", noun = "film" } = config;
    const { publicHistories, batch, filtersOfWatched, customMetrics } = config;
    // With lists from batch inference, no request waits for a campaign, so a request can wait longer for DynamoDB.
    const tableResilience = resilience(batch ? limits.table + limits.campaign : limits.table, limits);
    const campaignResilience = resilience(limits.campaign, limits, isOfCampaign);
    const memory = viewerMemory(memoryBytes);
    let going: Promise<unknown>[] = [];
    let tablesFailures = 0;
    const served = servedTables({
        ...{ clock, log, limits, stored: parts.storedTables, autoTraining: config.autoTraining },
        failed: () => {
            tablesFailures += 1;
        },
    });
    const common: Context = { clock, log, limits, table, tableResilience, memory, tables: served.current, noun };
    const background = (work: Promise<unknown>) => void going.push(work);
    const watch = campaignWatch({ ...common, campaign: batch ? undefined : campaign, served, background });
    const { isHidden } = watch;
    const select = listSelector({ ...common, isHidden, hideUnavailable: config.hideUnavailable });
    const allowed = campaignAllowance({ ...common, perSecond: config.campaignPerSecond });
    const experiment = config.experiment && experimenter({ ...common, experiment: config.experiment, allowed });
    const shared = { ...common, watch, select, isHidden, publicHistories, batch, experiment };
    const lists = campaignLists({ ...common, campaign, filters, watchedFilterArn, watch, allowed, campaignResilience });
    const leavesOutWatched = (filter = "") => watchedFilterArn !== "" && !filtersOfWatched.includes(filter);
    const route = router({
        description: parts.openApi,
        pages: parts.pages,
        callerOf: callerReader(parts),
        log,
        answers: answers({
            ...shared,
            itemFilter: itemFilters(parts.listRules.filters, served.current),
            promotionAt: promotions(parts.listRules.promotions, served.current),
            openApi: parts.openApi.text,
            needsToken: config.viewerAuth !== undefined,
            filterNames: Object.keys(filters),
            contextFields: config.contextFields,
            recommend: recommender({ ...shared, lists, leavesOutWatched }),
            takeEvents: eventTaker({
                ...shared,
                putEvents: parts.putEvents,
                trackUnproven: config.trackUnproven,
                watchedTypes: config.watchedTypes,
                eventTypes: config.eventTypes,
                eventLimits: eventLimits(common),
            }),
            history: historian(common),
            traffic: trafficCounter(common),
            health: healthTeller({ ...config, ...shared, campaignResilience }),
        }),
    });
    let coldStart = true;

    return {
        async start() {
            await watch.state(limits.starting);
        },
        async handle(event) {
            const begun = performance.now();
            const trace = newTrace();
            await watch.state();
            const { reply, operation, template } = await route(event, trace);
            const result = toGatewayResult(reply, event, config.allowedOrigins);
            const { requestId, extendedRequestId } = event.requestContext;
            const done = {
                customMetrics,
                batch,
                stack: config.stack,
                requestId,
                extendedRequestId,
                operation,
                template,
                coldStart,
                status: result.statusCode,
            };
            coldStart = false;
            trace.tablesFailures = tablesFailures;
            tablesFailures = 0;
            going.push(...trace.background);
            const waited = going;
            going = [];
            await settled(waited, limits.grace);
            const milliseconds = performance.now() - begun;
            const bytes = Buffer.byteLength(result.body, result.isBase64Encoded ? "base64" : "utf8");
            log(requestLine({ ...done, at: clock(), milliseconds, bytes }, trace));
            const headers = { "Server-Timing": serverTiming(trace, milliseconds), "X-Request-Id": requestId };
            return { ...result, headers: { ...result.headers, ...headers } };
        },
        remembered: () => memory.size,
    };
}
