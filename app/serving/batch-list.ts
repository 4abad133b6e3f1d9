import type { FilmListAnswer, FilmListReason } from "../api/names.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { Context } from "./context.ts";
import { answerList, answerTable, findBasisFilms, loadedTables } from "./film-answers.ts";
import { type FilmScores, packFilms, unpackFilms, unpackIds } from "./film-scores.ts";
import { listLength } from "./limits.ts";
import { batchListKey, type KeptList } from "./ports.ts";
import { type Ask, listWith, type viewerReader } from "./read-viewer.ts";
import type { Trace } from "./request-line.ts";
import { rankOffset, type Tables } from "./table-answers.ts";
import type { Viewer } from "./viewers.ts";

interface FallbackListParts extends Pick<Context, "tables"> {
    /** Whether callers without a token or the API key may see the films that a viewer watched. */
    readonly publicHistories: boolean;
}

/** Creates the source of lists from the fallback tables, which needs no call. */
export function fallbackLists({ tables, publicHistories }: FallbackListParts) {
    /**
     * Returns films similar to the viewer's newest ones, or popular films. `listReason` is the reason why there is no
     * personal list.
     */
    return function fallbackList(
        { filter, count, proven }: Ask,
        viewer: Viewer,
        listReason: FilmListReason,
    ): FilmListAnswer {
        const recent = unpackIds(viewer.recent);
        const reason = filter === undefined ? listReason : "filter-not-served";
        const choice = { count, without: new Set([...recent, ...unpackIds(viewer.watched)]) };
        const loaded = loadedTables(tables());
        const similar = recent.length > 0 ? loaded.similar(recent, choice) : undefined;
        if (similar === undefined || similar.from === "popular") {
            return answerTable(similar?.films ?? loaded.popular(choice), { source: "popular", reason });
        }
        const because = proven || publicHistories ? { because: findBasisFilms(loaded, recent) } : {};
        return { ...answerTable(similar.films, { source: "similar", reason }), ...because };
    };
}

export interface BatchListParts extends Pick<Context, "tables" | "memory" | "clock" | "limits"> {
    readonly watch: Pick<CampaignWatch, "state">;
    readonly readViewer: ReturnType<typeof viewerReader>;
    readonly fallbackList: ReturnType<typeof fallbackLists>;
    /**
     * Checks whether the API removes the films that the viewer watched from lists that were requested without a filter.
     */
    readonly leavesOutWatched: (filter: undefined) => boolean;
}

/**
 * Creates the source of viewers' lists in a stack without a campaign: the list of the served generation, else the
 * fallback tables. Films like the viewer's newest ones are ranked higher, because the job may not know the newest ones.
 */
export function batchLists(parts: BatchListParts) {
    const { tables, memory, watch, readViewer, fallbackList, clock, limits } = parts;

    /**
     * Returns the viewer's list without watched films; undefined without a list, or if the catalogue has none of its
     * films.
     */
    function shownList(viewer: Viewer, list: KeptList, count: number): FilmListAnswer | undefined {
        const recent = unpackIds(viewer.recent);
        const without = new Set(parts.leavesOutWatched(undefined) ? unpackIds(viewer.watched) : []);
        const hasNews = recent.length > 0 && viewer.revision > list.madeAt - limits.batchLag;
        const films = hasNews ? reranked(list.films, tables().similar(recent, { count: listLength })) : list.films;
        const shown = answerList(tables(), { ...list, films }, { source: "batch", count, without });
        return shown.films.length === 0 ? undefined : shown;
    }

    /** Answers a request for a list. If no list is stored for the viewer, `reason` is why. */
    return async function batchList(
        ask: Ask,
        trace: Trace,
        reason: FilmListReason = "no-list",
    ): Promise<FilmListAnswer> {
        const { lists } = await watch.state();
        // A batch job applies one filter to all lists, so its lists cannot answer a request that names another filter.
        const key = lists === undefined || ask.filter !== undefined ? "" : batchListKey(lists.generation);
        const remembered = memory.find(ask.userId);
        const trusted = clock() - remembered.readAt < limits.trusted && ask.since <= remembered.revision;
        const isRemembered = trusted && listWith(remembered, key) !== undefined;
        const viewer = isRemembered ? remembered : await readViewer(ask, key, trace);
        const list = listWith(viewer, key);
        const shown = list?.from === "batch" ? shownList(viewer, list, ask.count) : undefined;
        trace.layer = shown === undefined ? "tables" : isRemembered ? "memory" : "table";
        return shown ?? fallbackList(ask, viewer, reason);
    };
}

/** Weight of a film's rank among similar films, relative to its rank in the list. docs/serving-modes.md has the effect. */
const similarWeight = 2;

/**
 * Ranks the films of a list again: moves up films that are near the top of the list of similar films. Adds no film,
 * because the viewer may have watched it: the job's filter knows more of the viewer's films than the API.
 */
function reranked(list: FilmScores, { from, films: similar }: ReturnType<Tables["similar"]>): FilmScores {
    if (from !== "similar") return list;
    const points = new Map(similar.map(({ itemId }, rank) => [itemId, similarWeight / (rankOffset + rank)]));
    const films = unpackFilms(list).map((film, rank) => ({
        film,
        points: 1 / (rankOffset + rank) + (points.get(film.itemId) ?? 0),
    }));
    return packFilms(films.sort((one, other) => other.points - one.points).map(({ film }) => film));
}
