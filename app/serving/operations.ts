import { nearest } from "terminal-text";
import type { FoundItems, HealthAnswer, ItemListAnswer } from "../api/names.ts";
import type { operations } from "../api/types.ts";
import type { Caller, Context } from "./context.ts";
import type { ReadRequest } from "./description.ts";
import { blindList, type Experimenter } from "./experiment.ts";
import { listKey } from "./freshness.ts";
import { everybodys, everybodysLists, historyKept, notKept, perViewer, viewersList } from "./headers.ts";
import { checkHistory, type historian } from "./history.ts";
import { answerList, findBasisItems, itemAnswer, loadedTables } from "./item-answers.ts";
import type { ItemFilter, promotions } from "./item-filters.ts";
import { badQuery, ProblemError } from "./problem.ts";
import type { Recommend } from "./recommend.ts";
import { jsonReply, type Reply } from "./reply.ts";
import type { Trace } from "./request-line.ts";
import { appliesFilter, type ListRules, type Select, similarItems } from "./selection.ts";
import type { Candidates, Tables } from "./table-answers.ts";
import type { eventTaker } from "./take-events.ts";
import type { TrafficCounter } from "./traffic.ts";
import { checkViewer } from "./viewer-auth.ts";

export interface OperationParts extends Context {
    readonly filterNames: readonly string[];
    readonly itemFilter: ItemFilter;
    readonly promotionAt: ReturnType<typeof promotions>;
    readonly select: Select;
    /** Checks whether an operator hid an item. */
    readonly isHidden: (itemId: string) => boolean;
    /** Fields that a request's context may have; undefined: any field. */
    readonly contextFields: readonly string[] | undefined;
    readonly recommend: Recommend;
    readonly takeEvents: ReturnType<typeof eventTaker>;
    readonly history: ReturnType<typeof historian>;
    /** Whether callers without a token or the API key may see the items that a viewer watched. */
    readonly publicHistories: boolean;
    readonly traffic: TrafficCounter;
    readonly experiment: Experimenter | undefined;
    readonly health: (caller: Caller) => Promise<HealthAnswer>;
    /** The API description as the API serves it, as JSON text. */
    readonly openApi: string;
    /** Whether each viewer needs a token. */
    readonly needsToken: boolean;
}

/** A function that answers a valid request. Only operations for one viewer check the caller. */
export type Answer<Request = ReadRequest> = (
    request: Request,
    trace: Trace,
    caller: () => Promise<Caller>,
) => Reply | Promise<Reply>;

/** A valid request of an operation in the API description. */
interface RequestOf<Name extends keyof operations> extends Pick<ReadRequest, "path"> {
    readonly query: Parsed<NonNullable<operations[Name]["parameters"]["query"]>>;
    readonly body: operations[Name] extends { requestBody: { content: { "application/json": infer Body } } }
        ? Body
        : undefined;
}

/** The query parameters of an operation; those with JSON content are parsed. */
type Parsed<Query> = {
    readonly [Name in keyof Query]: Name extends "filterValues" | "context"
        ? Readonly<Record<string, string>>
        : Query[Name];
};

/** The answer functions of all operations in the API description. */
export type Answers = { readonly [Name in keyof operations]: Answer<RequestOf<Name>> };

/** Records a list's source and reason in the trace. */
function traceList({ source, reason }: ItemListAnswer, trace: Trace): void {
    trace.source = source;
    if (reason !== undefined) trace.reason = reason;
}

/** Returns the reply with a viewer's list, without its origin if `isBlind`. */
function viewersReply(answer: ItemListAnswer, trace: Trace, isBlind: boolean): Reply {
    traceList(answer, trace);
    trace.isBlind = isBlind;
    const shown = isBlind ? blindList(answer) : answer;
    return { ...jsonReply(shown, viewersList(shown)), headers: perViewer };
}

/** Returns the reply with a list from the fallback tables. */
function table(answer: ItemListAnswer, trace: Trace): Reply {
    trace.layer = "tables";
    traceList(answer, trace);
    return jsonReply(answer, everybodysLists);
}

/** Returns the answer functions of all operations in the API description. */
export function answers(parts: OperationParts): Answers {
    const { recommend, takeEvents, history, traffic, health, select, isHidden } = parts;
    const tables = () => loadedTables(parts.tables());
    /** Returns the caller. If viewers need tokens, throws unless the caller is this viewer. */
    const callerAs = async (userId: string, caller: () => Promise<Caller>): Promise<Caller> => {
        const identity = await caller();
        if (parts.needsToken) checkViewer(identity, userId);
        return identity;
    };
    return {
        async getRecommendations({ path, query }, trace, caller) {
            const { filter, filterValues: values = {}, context = {}, since = 0 } = query;
            const rules = rulesOf(query);
            checkContext(Object.keys(context), parts.contextFields);
            checkRevision(since, parts);
            const userId = path.userId ?? "";
            const { trusted: proven, addresses } = await callerAs(userId, caller);
            const given = { userId, since, values, context, ...(filter !== undefined && { filter }) };
            // Without the filter, the API cannot say which promoted items pass it, and an experiment has no control list.
            const isFiltered = appliesFilter({ ...given, ...rules });
            const promotion = isFiltered ? parts.promotionAt(parts.clock()) : undefined;
            const experiment = isFiltered ? parts.experiment : undefined;
            const control = experiment?.expose({ userId, proven, addresses }, trace);
            const ask = { ...rules, ...given, promotion, proven, addresses, control };
            if (listKey(ask) === "") traffic.count(userId, trace);
            return viewersReply(await recommend(ask, trace), trace, experiment !== undefined);
        },
        async getHistory({ path, query }, trace, caller) {
            const { limit = 25, nextToken } = query;
            const userId = path.userId ?? "";
            checkHistory(await callerAs(userId, caller), parts.publicHistories);
            const answer = await history({ userId, limit, nextToken }, trace);
            return { ...jsonReply(answer, historyKept), headers: perViewer };
        },
        getSimilar({ path, query }, trace) {
            const itemId = path.itemId ?? "";
            const rules = rulesOf(query);
            const { from, items } = similarItems(tables(), select, [itemId], rules);
            const source = from === "popular" ? "popular" : "similar";
            const because = source === "similar" ? { because: findBasisItems(tables(), [itemId]) } : {};
            return table({ ...answerList(items, { source, ...notServed(query, rules) }), ...because }, trace);
        },
        getPopular: ({ query }, trace) =>
            sameForAll(
                query,
                trace,
                ({ popular }) => popular(query.genre),
                ({ genres }) => ({ genres: [...genres] }),
            ),
        getTrending: ({ query }, trace) => sameForAll(query, trace, ({ trending }) => trending()),
        getLatest: ({ query }, trace) => sameForAll(query, trace, ({ latest }) => latest()),
        searchItems({ query }, trace) {
            const { query: words, numResults: count = 25 } = query;
            trace.layer = "tables";
            const found = tables().search(words, count, (itemId) => !isHidden(itemId));
            const matches: FoundItems = { items: found.map(itemAnswer) };
            return jsonReply(matches, everybodysLists);
        },
        getItem({ path }) {
            const item = tables().item(path.itemId ?? "");
            if (item === undefined) {
                throw new ProblemError("not-found", `No ${parts.noun} of the catalog or the interactions has this id.`);
            }
            return jsonReply(itemAnswer(item), everybodys);
        },
        async putEvents({ body }, trace, caller) {
            return jsonReply(await takeEvents(body, trace, await callerAs(body.userId, caller)), notKept, 202);
        },
        getHealth: async (_request, _trace, caller) => jsonReply(await health(await caller()), notKept),
        getOpenApi: () => ({ status: 200, type: "application/json", cacheControl: everybodys, body: parts.openApi }),
    };

    /** Returns the reply with a list that is the same for all viewers. `more` returns further fields of the answer. */
    function sameForAll(
        query: ListQuery,
        trace: Trace,
        find: (tables: Tables) => Candidates,
        more: (tables: Tables) => object = () => ({}),
    ): Reply {
        const rules = rulesOf(query);
        const answer = answerList(select(find(tables()), rules), { source: "popular", ...notServed(query, rules) });
        return table({ ...answer, ...more(tables()) }, trace);
    }

    /** Returns the rules that the query parameters set. Throws ProblemError for a parameter that is not valid. */
    function rulesOf({ numResults: count = 25, exclude, filter, filterValues = {} }: ListQuery): ListRules {
        checkFilter(filter, filterValues);
        return { count, exclude: excluded(exclude), passes: parts.itemFilter(filter, filterValues) };
    }

    function checkFilter(filter: string | undefined, values: Readonly<Record<string, string>>): void {
        const names = parts.filterNames.length === 0 ? "none" : parts.filterNames.join(", ");
        if (filter !== undefined && !parts.filterNames.includes(filter)) {
            throw badQuery("filter", `must be the name of a filter of the stack; the stack has ${names}`);
        }
        if (filter === undefined && Object.keys(values).length > 0) {
            throw badQuery("filterValues", `needs a filter with placeholders; the stack has ${names}`);
        }
    }
}

function checkRevision(since: number, { clock, limits }: Pick<Context, "clock" | "limits">): void {
    if (since > clock() + limits.revisionAhead)
        throw badQuery("since", "must be a revision from an answer of POST /events");
}

type ListQuery = Pick<RequestOf<"getRecommendations">["query"], "numResults" | "exclude" | "filter" | "filterValues">;

/** Returns the reason if only the campaign can apply the filter of a request for a list that is the same for all viewers. */
function notServed(query: ListQuery, rules: ListRules) {
    return appliesFilter({ ...query, ...rules }) ? {} : { reason: "filter-not-served" as const };
}

/** Personalize refuses a request with a field that the schema of the interactions lacks. */
function checkContext(fields: readonly string[], contextFields = fields): void {
    const unknown = fields.find((field) => !contextFields.includes(field));
    if (unknown === undefined) return;
    const meant = nearest(unknown, contextFields) ?? (contextFields.join(", ") || "no field");
    throw badQuery("context", `must have only fields of the interactions: ${meant}, not ${unknown}`);
}

/** Maximum number of items that a request leaves out. */
const maxExcluded = 100;

/** Returns the item IDs of the query parameter `exclude`. Throws ProblemError for too many. */
function excluded(text = ""): ReadonlySet<string> {
    const ids = new Set(text.split(",").filter((id) => id !== ""));
    if (ids.size > maxExcluded) throw badQuery("exclude", `must have at most ${maxExcluded} ids, and has ${ids.size}`);
    return ids;
}
