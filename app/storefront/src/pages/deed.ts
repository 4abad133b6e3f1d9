import type { Answered, ApiError } from "../api.ts";
import { type Changes, changesBetween, changesInWords } from "../changes.ts";
import { type Act, done, item, past, usualAct } from "../data-words.ts";
import { spoken } from "../poster/lettering.ts";
import { isNew, viewerName } from "../viewers.ts";
import { type FilmList, type ListedFilm, listed, milliseconds, popularWords, unknownViewerWords } from "../words.ts";

/** A film that the viewer just watched, and the recommendation list before the viewing. */
export interface Deed {
    readonly film: ListedFilm;
    readonly act: Act;
    readonly recommendationId: string | undefined;
    readonly before: Answered<FilmList> | undefined;
    readonly began: number;
    readonly tracked?: boolean;
    readonly error?: ApiError;
}

type Change = Changes<ListedFilm> & { readonly tookMs: number };

/** Returns how the list changed after the viewer watched the film; undefined until the new list is loaded. */
export function outcome(deed: Deed | undefined, now: Answered<FilmList> | undefined): Change | undefined {
    if (deed?.tracked === undefined || deed.before === undefined || now === undefined || now === deed.before) return;
    return {
        ...changesBetween(deed.before.value.films, now.value.films),
        tookMs: performance.now() - deed.began,
    };
}

/** Returns the note under a list after an action of the viewer. */
export function noteOn(
    { film, act: { told }, error, tracked }: Deed,
    change: Change | undefined,
    failed: ApiError | undefined,
): string {
    const what = told(spoken(film.title));
    if (error !== undefined) return `The page could not send that you ${what}. ${error.message}`;
    if (failed !== undefined)
        return `The service knows that you ${what}, but the list could not be loaded again. ${failed.message}`;
    if (change === undefined) return `Sending that you ${what} …`;
    const changes = changesInWords(change);
    const learns = tracked === false ? " There is no event tracker, so the campaign does not learn from it." : "";
    if (changes === undefined) return `You ${what}. The list did not change.${learns}`;
    const gone = change.gone.length > 0 ? ` (${listed(change.gone.map((other) => spoken(other.title)))})` : "";
    return `Because you ${what}: ${changes}${gone}, in ${milliseconds(change.tookMs)}.${learns}`;
}

/** Returns the note under a list before any action. */
export function usualNote(viewer: string, watchedSome: boolean, list: FilmList | undefined): string {
    if (isNew(viewer) && !watchedSome) {
        return `You are new, so these are popular ${item.many}. ${usualAct.Act} one, and the list becomes yours.`;
    }
    if (list?.viewerKnown === false) return unknownViewerWords.sentence;
    const personal = list !== undefined && list.source !== "similar" && list.source !== "popular";
    if (list === undefined || personal)
        return `Based on the ${item.many} that ${viewerName(viewer) === "you" ? "you" : "they"} ${past}. ${usualAct.Act} one, and see the list change.`;
    if (list.source === "similar") {
        const names = (list.because ?? []).map((film) => spoken(film.title));
        return names.length > 0
            ? `Like ${listed(names)}, which ${viewerName(viewer)} ${past}.`
            : `Like the ${item.many} ${done} last.`;
    }
    return `${popularWords}. ${usualAct.Act} one, and the list becomes personal.`;
}
