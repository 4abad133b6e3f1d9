import type { ItemListAnswer, ItemListReason } from "../api/names.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { Context } from "./context.ts";
import { answerList, findBasisItems, loadedTables } from "./item-answers.ts";
import { unpackIds, unpackItems } from "./item-scores.ts";
import { listLength } from "./limits.ts";
import { batchListKey, type KeptList } from "./ports.ts";
import { type Ask, isTrusted, listWith, type viewerReader } from "./read-viewer.ts";
import type { Trace } from "./request-line.ts";
import { appliesFilter, type Select, similarItems } from "./selection.ts";
import { rankOffset, type Tables } from "./table-answers.ts";
import type { Viewer } from "./viewers.ts";

interface FallbackListParts extends Pick<Context, "tables"> {
    readonly select: Select;
    /** Whether callers without a token or the API key may see the items that a viewer watched. */
    readonly publicHistories: boolean;
}

/** Creates the source of lists from the fallback tables, which needs no call. */
export function fallbackLists({ tables, select, publicHistories }: FallbackListParts) {
    /**
     * Returns items similar to the viewer's newest ones, or popular items. `listReason` is the reason why there is no
     * personal list; undefined in the control group of an experiment.
     */
    return function fallbackList(ask: Ask, viewer: Viewer, listReason?: ItemListReason): ItemListAnswer {
        const recent = unpackIds(viewer.recent);
        const seeds = ask.control === "popular" ? [] : recent;
        const reason = appliesFilter(ask) ? listReason : "filter-not-served";
        const rules = { ...ask, watched: new Set([...recent, ...unpackIds(viewer.watched)]) };
        const loaded = loadedTables(tables());
        const { from, items } = similarItems(loaded, select, seeds, rules);
        if (from === "popular") return answerList(items, { source: "popular", reason });
        const because = ask.proven || publicHistories ? { because: findBasisItems(loaded, recent) } : {};
        return { ...answerList(items, { source: "similar", reason }), ...because };
    };
}

export interface BatchListParts extends Pick<Context, "tables" | "memory" | "clock" | "limits"> {
    readonly watch: Pick<CampaignWatch, "state">;
    readonly select: Select;
    readonly readViewer: ReturnType<typeof viewerReader>;
    readonly fallbackList: ReturnType<typeof fallbackLists>;
    /**
     * Checks whether the API removes the items that the viewer watched from lists with this filter, or from lists
     * without a filter.
     */
    readonly leavesOutWatched: (filter: string | undefined) => boolean;
}

/**
 * Creates the source of viewers' lists in a stack without a campaign: the list of the served generation, else the
 * fallback tables. Items like the viewer's newest ones are ranked higher, because the job may not know the newest ones.
 */
export function batchLists(parts: BatchListParts) {
    const { tables, memory, watch, select, readViewer, fallbackList, limits } = parts;

    /**
     * Returns the viewer's list without watched items; undefined without a list, or if the catalog has none of its
     * items.
     */
    function shownList(viewer: Viewer, list: KeptList, ask: Ask): ItemListAnswer | undefined {
        const recent = unpackIds(viewer.recent);
        const watched = new Set(parts.leavesOutWatched(ask.filter) ? unpackIds(viewer.watched) : []);
        const hasNews = recent.length > 0 && viewer.revision > list.madeAt - limits.batchLag;
        const candidates = unpackItems(list.items);
        const items = select(hasNews ? reranked(candidates, tables(), recent) : candidates, { ...ask, watched });
        return items.length === 0 ? undefined : answerList(items, { ...list, source: "batch" });
    }

    /** Answers a request for a list. If no list is stored for the viewer, `reason` is why. */
    return async function batchList(
        ask: Ask,
        trace: Trace,
        reason: ItemListReason = "no-list",
    ): Promise<ItemListAnswer> {
        const { lists } = await watch.state();
        // A batch job applies one filter to all lists, so of the other filters, its lists can answer only those that the
        // API applies itself.
        const key = lists === undefined || !appliesFilter(ask) ? "" : batchListKey(lists.generation);
        const remembered = memory.find(ask.userId);
        const trusted = isTrusted(remembered, ask, parts);
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
function reranked(list: readonly ScoredItem[], tables: Tables, recent: readonly string[]): readonly ScoredItem[] {
    const [similar] = tables.similar(recent);
    const points = new Map(
        similar?.candidates
            .take(listLength)
            .map(({ itemId }, rank) => [itemId, similarWeight / (rankOffset + rank)] as const),
    );
    if (points.size === 0) return list;
    const ranked = list.map((item, rank) => ({
        item,
        points: 1 / (rankOffset + rank) + (points.get(item.itemId) ?? 0),
    }));
    return ranked.sort((one, other) => other.points - one.points).map(({ item }) => item);
}

type ScoredItem = ReturnType<typeof unpackItems>[number];
