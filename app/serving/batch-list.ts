import type { FilmListAnswer, FilmListReason, ListedFilm } from "../api/names.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { fallbackLists } from "./fallback-list.ts";
import { answerList, listed } from "./film-answers.ts";
import { unpackIds } from "./film-scores.ts";
import { askedLength, type Limits, listLength } from "./limits.ts";
import { batchListKey, type KeptList } from "./ports.ts";
import { type Ask, listWith, type viewerReader } from "./read-viewer.ts";
import type { Trace } from "./request-line.ts";
import { rankOffset, type Tables } from "./table-answers.ts";
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
 * tables. Films like the viewer's newest ones are ranked in, because the job may not know them.
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
        const choice = { count: listLength, without: new Set([...recent, ...without]) };
        const similar = tables().similar(recent, choice);
        return similar.from === "similar"
            ? { ...shown, films: blended(shown.films, similar.films.map(listed)) }
            : shown;
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

/** Ranks two lists into one, as `similar` ranks the lists of several films: a film near the top of either is near the top. A film in both keeps its score. */
function blended(list: readonly ListedFilm[], others: readonly ListedFilm[]): ListedFilm[] {
    const films = new Map([...others, ...list].map((film) => [film.itemId, film]));
    const points = new Map<string, number>();
    for (const ranked of [list, others]) {
        ranked.forEach(({ itemId }, rank) => {
            points.set(itemId, (points.get(itemId) ?? 0) + 1 / (rankOffset + rank));
        });
    }
    return [...films.values()].sort((one, other) => (points.get(other.itemId) ?? 0) - (points.get(one.itemId) ?? 0));
}
