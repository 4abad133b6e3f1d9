import type { FilmListAnswer, FilmListReason } from "../api/names.ts";
import type { Context } from "./context.ts";
import { answerTable, findBasisFilms, loadedTables } from "./film-answers.ts";
import { unpackIds } from "./film-scores.ts";
import type { Ask } from "./read-viewer.ts";
import type { Viewer } from "./viewers.ts";

export interface FallbackListParts extends Pick<Context, "tables"> {
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
