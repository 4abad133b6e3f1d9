import type { ItemListAnswer, ItemListReason } from "../api/names.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { Context } from "./context.ts";
import { answerList, answerTable, findBasisItems, loadedTables } from "./item-answers.ts";
import { type ItemScores, packItems, unpackIds, unpackItems } from "./item-scores.ts";
import { listLength } from "./limits.ts";
import { batchListKey, type KeptList } from "./ports.ts";
import { type Ask, listWith, type viewerReader } from "./read-viewer.ts";
import type { Trace } from "./request-line.ts";
import { rankOffset, type Tables } from "./table-answers.ts";
import type { Viewer } from "./viewers.ts";

interface FallbackListParts extends Pick<Context, "tables"> {
    /** Whether callers without a token or the API key may see the items that a viewer watched. */
    readonly publicHistories: boolean;
}

/** Creates the source of lists from the fallback tables, which needs no call. */
export function fallbackLists({ tables, publicHistories }: FallbackListParts) {
    /**
     * Returns items similar to the viewer's newest ones, or popular items. `listReason` is the reason why there is no
     * personal list.
     */
    return function fallbackList(
        { filter, count, proven, exclude }: Ask,
        viewer: Viewer,
        listReason: ItemListReason,
    ): ItemListAnswer {
        const recent = unpackIds(viewer.recent);
        const reason = filter === undefined ? listReason : "filter-not-served";
        const choice = { count, without: new Set([...recent, ...unpackIds(viewer.watched), ...exclude]) };
        const loaded = loadedTables(tables());
        const similar = recent.length > 0 ? loaded.similar(recent, choice) : undefined;
        if (similar === undefined || similar.from === "popular") {
            return answerTable(similar?.items ?? loaded.popular(choice), { source: "popular", reason });
        }
        const because = proven || publicHistories ? { because: findBasisItems(loaded, recent) } : {};
        return { ...answerTable(similar.items, { source: "similar", reason }), ...because };
    };
}

export interface BatchListParts extends Pick<Context, "tables" | "memory" | "clock" | "limits"> {
    readonly watch: Pick<CampaignWatch, "state">;
    readonly readViewer: ReturnType<typeof viewerReader>;
    readonly fallbackList: ReturnType<typeof fallbackLists>;
    /**
     * Checks whether the API removes the items that the viewer watched from lists that were requested without a filter.
     */
    readonly leavesOutWatched: (filter: undefined) => boolean;
}

/**
 * Creates the source of viewers' lists in a stack without a campaign: the list of the served generation, else the
 * fallback tables. Items like the viewer's newest ones are ranked higher, because the job may not know the newest ones.
 */
export function batchLists(parts: BatchListParts) {
    const { tables, memory, watch, readViewer, fallbackList, clock, limits } = parts;

    /**
     * Returns the viewer's list without watched items; undefined without a list, or if the catalogue has none of its
     * items.
     */
    function shownList(viewer: Viewer, list: KeptList, { count, exclude }: Ask): ItemListAnswer | undefined {
        const recent = unpackIds(viewer.recent);
        const watched = parts.leavesOutWatched(undefined) ? unpackIds(viewer.watched) : [];
        const without = new Set([...watched, ...exclude]);
        const hasNews = recent.length > 0 && viewer.revision > list.madeAt - limits.batchLag;
        const items = hasNews ? reranked(list.items, tables().similar(recent, { count: listLength })) : list.items;
        const shown = answerList(tables(), { ...list, items }, { source: "batch", count, without });
        return shown.items.length === 0 ? undefined : shown;
    }

    /** Answers a request for a list. If no list is stored for the viewer, `reason` is why. */
    return async function batchList(
        ask: Ask,
        trace: Trace,
        reason: ItemListReason = "no-list",
    ): Promise<ItemListAnswer> {
        const { lists } = await watch.state();
        // A batch job applies one filter to all lists, so its lists cannot answer a request that names another filter.
        const key = lists === undefined || ask.filter !== undefined ? "" : batchListKey(lists.generation);
        const remembered = memory.find(ask.userId);
        const trusted = clock() - remembered.readAt < limits.trusted && ask.since <= remembered.revision;
        const isRemembered = trusted && listWith(remembered, key) !== undefined;
        const viewer = isRemembered ? remembered : await readViewer(ask, key, trace);
        const list = listWith(viewer, key);
        const shown = list?.from === "batch" ? shownList(viewer, list, ask) : undefined;
        trace.layer = shown === undefined ? "tables" : isRemembered ? "memory" : "table";
        return shown ?? fallbackList(ask, viewer, reason);
    };
}

/** Weight of an item's rank among similar items, relative to its rank in the list. docs/serving-modes.md has the effect. */
const similarWeight = 2;

/**
 * Ranks the items of a list again: moves up items that are near the top of the list of similar items. Adds no item,
 * because the viewer may have watched it: the job's filter knows more of the viewer's items than the API.
 */
function reranked(list: ItemScores, { from, items: similar }: ReturnType<Tables["similar"]>): ItemScores {
    if (from !== "similar") return list;
    const points = new Map(similar.map(({ itemId }, rank) => [itemId, similarWeight / (rankOffset + rank)]));
    const items = unpackItems(list).map((item, rank) => ({
        item,
        points: 1 / (rankOffset + rank) + (points.get(item.itemId) ?? 0),
    }));
    return packItems(items.sort((one, other) => other.points - one.points).map(({ item }) => item));
}
