import type { ItemListAnswer, ItemListReason, Source } from "../api/names.ts";
import { batchLists, fallbackLists } from "./batch-list.ts";
import type { CampaignLists } from "./campaign-lists.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { Context } from "./context.ts";
import { judgeFreshness, listKey } from "./freshness.ts";
import { answerList } from "./item-answers.ts";
import { unpackIds, unpackItems } from "./item-scores.ts";
import type { KeptList } from "./ports.ts";
import { type Ask, isTrusted, listWith, viewerReader } from "./read-viewer.ts";
import type { Trace } from "./request-line.ts";
import type { Select } from "./selection.ts";
import type { Viewer } from "./viewers.ts";

export interface RecommendParts extends Context {
    readonly watch: CampaignWatch;
    readonly lists: CampaignLists;
    readonly select: Select;
    /**
     * Checks whether the API removes the items that the viewer watched from lists with this filter, or from lists
     * without a filter.
     */
    readonly leavesOutWatched: (filter: string | undefined) => boolean;
    /** Whether callers without a token or the API key may see the items that a viewer watched. */
    readonly publicHistories: boolean;
    /** Whether viewers' lists come from batch inference. */
    readonly batch: boolean;
}

/**
 * Recommends items for a viewer; the list is never empty. The sources are memory, DynamoDB and the campaign, then an
 * older or precomputed list, items like the viewer's newest ones, and popular items. The campaign's filter considers a
 * viewer's 100 latest viewings, and learns of the newest ones late, so the function also leaves out items that the
 * process knows as watched.
 */
export function recommender(parts: RecommendParts) {
    const { memory, watch, lists, select, leavesOutWatched, clock, limits } = parts;
    const readViewer = viewerReader(parts);
    const fallbackList = fallbackLists(parts);
    const batchList = batchLists({ ...parts, readViewer, fallbackList });
    const listFor = parts.batch ? batchList : campaignList;

    return async function recommend(ask: Ask, trace: Trace): Promise<ItemListAnswer> {
        const list = await (ask.control === undefined ? listFor : controlList)(ask, trace);
        return { ...list, viewerKnown: isKnown(parts, ask.userId) };
    };

    /** Answers a viewer of an experiment's control group: from the tables, whatever lists of the viewer are stored. */
    async function controlList(ask: Ask, trace: Trace): Promise<ItemListAnswer> {
        const remembered = memory.find(ask.userId);
        const viewer = isTrusted(remembered, ask, parts) ? remembered : await readViewer(ask, listKey(ask), trace);
        trace.layer = "tables";
        return fallbackList(ask, viewer);
    }

    async function campaignList(ask: Ask, trace: Trace): Promise<ItemListAnswer> {
        const key = listKey(ask);
        const remembered = memory.find(ask.userId);
        const trusted = isTrusted(remembered, ask, parts);
        const [stackState, stored] = await Promise.all([
            watch.state(),
            trusted ? remembered : readViewer(ask, key, trace),
        ]);
        const solutionVersion = stackState.campaign?.solutionVersionArn;
        const watchedIn = ({ watched }: Viewer) => new Set(leavesOutWatched(ask.filter) ? unpackIds(watched) : []);
        const answerOf = (list: KeptList, viewer: Viewer, source: Source, reason?: ItemListReason) => {
            const items = select(unpackItems(list.items), { ...ask, watched: watchedIn(viewer) });
            return answerList(items, { ...list, source, reason });
        };
        const toListRequest = (viewer: Viewer) => ({
            ...ask,
            solutionVersion,
            revision: viewer.revision,
            without: watchedIn(viewer),
        });
        const answerKept = (list: KeptList, viewer: Viewer, reason?: ItemListReason) => {
            trace.layer = list === listWith(remembered, key) ? "memory" : "table";
            return answerOf(list, viewer, list.from === "precomputed" ? "precomputed" : "cache", reason);
        };
        /** Returns the viewer's stored list if it is good enough that the campaign need not be called. */
        const good = (viewer: Viewer): ItemListAnswer | undefined => {
            const list = listWith(viewer, key);
            const { revision } = viewer;
            const now = { at: clock(), solutionVersion, flushed: stackState.flushed ?? 0, revision };
            const freshness = list && judgeFreshness(list, now, limits);
            if (list === undefined || (freshness !== "fresh" && freshness !== "ageing")) return undefined;
            if (freshness === "ageing" && !stackState.away) lists.refresh(toListRequest(viewer), trace);
            return answerKept(list, viewer);
        };

        let viewer = stored;
        let answer = good(viewer);
        if (answer === undefined && trusted) {
            // Read the table again, because another process may have stored a list of the campaign in the meantime.
            viewer = await readViewer(ask, key, trace);
            answer = good(viewer);
        }
        if (answer !== undefined) return answer;

        const listOrReason = stackState.away ? "away" : await lists.ask(toListRequest(viewer), trace);
        const { revision } = viewer;
        // This process may have received events of the viewer while it waited for the campaign, so read the viewer from
        // its memory again.
        viewer = newer(memory.find(ask.userId), viewer);
        if (typeof listOrReason !== "string") {
            trace.layer = "campaign";
            return answerOf(listOrReason, viewer, "campaign");
        }
        const before = listWith(viewer, key);
        if (
            before !== undefined &&
            before.revision >= Math.min(ask.since, revision) &&
            clock() - before.madeAt <= limits.stale
        ) {
            const kept = answerKept(before, viewer, listOrReason);
            // A list from before a change of the data set contains no item of this catalog, so continue with the next
            // source.
            if (kept.items.length > 0) return kept;
        }
        // If the stack served lists from batch inference until now, its first campaign may not exist yet, so serve
        // these lists.
        if (stackState.lists !== undefined && clock() - stackState.lists.madeAt <= limits.stale)
            return batchList(ask, trace, listOrReason);
        trace.layer = "tables";
        return fallbackList(ask, viewer, listOrReason);
    }
}

export type Recommend = ReturnType<typeof recommender>;

/**
 * Checks whether the data or a recent event contains the viewer; returns null if the data lists no viewers, or if it
 * lacks the viewer and DynamoDB cannot be read.
 */
function isKnown({ memory, tables }: RecommendParts, userId: string): boolean | null {
    const { recent, readAt } = memory.find(userId);
    const isListed = tables().hasViewer(userId) ?? null;
    return recent !== "" || (isListed === false && readAt === 0 ? null : isListed);
}

/**
 * Returns `now`, the viewer in memory. If `before` has a later revision, or memory has dropped the viewer, returns
 * `before`.
 */
const newer = (now: Viewer, before: Viewer): Viewer =>
    now.revision >= before.revision && now.readAt > 0 ? now : before;
