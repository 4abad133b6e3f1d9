import type { FilmListAnswer, FilmListReason, ListedFilm } from "../api/names.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { fallbackLists } from "./fallback-list.ts";
import { answerList } from "./film-answers.ts";
import { unpackIds } from "./film-scores.ts";
import { askedLength, type Limits, listLength } from "./limits.ts";
import { batchListKey, type KeptList } from "./ports.ts";
import { type Ask, listWith, type viewerReader } from "./read-viewer.ts";
import type { Trace } from "./request-line.ts";
import { type Film, rankOffset, type Tables } from "./table-answers.ts";
import type { Viewer, ViewerMemory } from "./viewers.ts";

export interface BatchListParts {
    readonly tables: () => Tables;
    readonly memory: ViewerMemory;
    readonly watch: Pick<CampaignWatch, "known">;
    readonly readViewer: ReturnType<typeof viewerReader>;
    readonly fallbackList: ReturnType<typeof fallbackLists>;
    /** Checks whether lists without a filter leave out what the viewer has watched. */
    readonly leavesOutWatched: (filter: undefined) => boolean;
    readonly clock: () => number;
    readonly limits: Limits;
}

/**
 * Creates the source of viewers' lists in a stack without a campaign: the list of the served generation, else the fallback
 * tables. Films like the viewer's newest ones are ranked higher, because the job may not know the newest ones.
 */
export function batchLists(parts: BatchListParts) {
    const { tables, memory, watch, readViewer, fallbackList, clock, limits } = parts;

    /** Returns the viewer's list without watched films; undefined without a list, or if the catalogue has none of its films. */
    function shownList(viewer: Viewer, list: KeptList): FilmListAnswer | undefined {
        const recent = unpackIds(viewer.recent);
        const without = new Set(parts.leavesOutWatched(undefined) ? unpackIds(viewer.watched) : []);
        const shown = answerList(tables(), list, { source: "batch", count: askedLength, without });
        if (shown.films.length === 0) return undefined;
        if (recent.length === 0 || viewer.revision <= list.madeAt - limits.batchLag) return shown;
        const similar = tables().similar(recent, { count: listLength, without: new Set([...recent, ...without]) });
        return similar.from === "similar" ? { ...shown, films: reranked(shown.films, similar.films) } : shown;
    }

    /** Answers a request. `reason` is the reason why there is no list, if there is none. */
    return async function batchList(
        ask: Ask,
        trace: Trace,
        reason: FilmListReason = "no-list",
    ): Promise<FilmListAnswer> {
        const { lists } = await watch.known();
        // A job has one filter, so it cannot answer a named one.
        const key = lists === undefined || ask.filter !== undefined ? "" : batchListKey(lists.generation);
        const remembered = memory.find(ask.userId);
        const trusted = clock() - remembered.readAt < limits.trusted && ask.since <= remembered.revision;
        const isRemembered = trusted && listWith(remembered, key) !== undefined;
        const viewer = isRemembered ? remembered : await readViewer(ask, key, trace);
        const list = listWith(viewer, key);
        const shown = list?.from === "batch" ? shownList(viewer, list) : undefined;
        trace.layer = shown === undefined ? "tables" : isRemembered ? "memory" : "table";
        if (shown === undefined) return fallbackList(ask, viewer, reason);
        return { ...shown, films: shown.films.slice(0, ask.count) };
    };
}

/** Weight of a film's rank among similar films, relative to its rank in the list. `bench:tables` measures the effect. */
const similarWeight = 2;

/**
 * Ranks the films of a list again: films near the top of the similar ones move up. No film is added, because the viewer may have
 * watched it: the job's filter knows more of the viewer's films than the API.
 */
function reranked(films: readonly ListedFilm[], similar: readonly Film[]): ListedFilm[] {
    const points = new Map(similar.map(({ itemId }, rank) => [itemId, similarWeight / (rankOffset + rank)]));
    return films
        .map((film, rank) => ({ film, points: 1 / (rankOffset + rank) + (points.get(film.itemId) ?? 0) }))
        .sort((one, other) => other.points - one.points)
        .map(({ film }) => film);
}
