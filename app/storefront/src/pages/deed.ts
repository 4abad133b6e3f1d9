import { useState } from "preact/hooks";
import { type Answered, ApiError, picksPath } from "../api.ts";
import { type Changes, changesBetween, changesInWords } from "../changes.ts";
import { type Act, act, capital, done, noun, past } from "../data-words.ts";
import { useAnswer } from "../hooks.ts";
import { spoken } from "../poster/lettering.ts";
import { isNew, lastRevision, viewerName, watchedBy, watchItem } from "../viewers.ts";
import {
    type ItemList,
    isOfModel,
    type ListedItem,
    listed,
    milliseconds,
    popularWords,
    unknownViewerWords,
    wordsOfList,
} from "../words.ts";

/** An item that the viewer just watched, and the recommendation list before the viewing. */
interface Deed {
    readonly item: ListedItem;
    readonly act: Act;
    readonly recommendationId: string | undefined;
    readonly before: Answered<ItemList> | undefined;
    readonly began: number;
    readonly tracked?: boolean;
    readonly error?: ApiError;
}

/**
 * Returns the viewer's list `picks`, the items watched in this visit, and the function `watch`, which sends an event and
 * then requests the list with this event. `deed` is the last action, and `again` repeats it.
 */
export function useWatching(viewer: string) {
    const [since, setSince] = useState(() => lastRevision(viewer));
    const [watched, setWatched] = useState(() => watchedBy(viewer));
    const [deed, setDeed] = useState<Deed>();
    const picks = useAnswer<ItemList>(picksPath(viewer, since));
    const watch = async (item: ListedItem, recommendationId: string | undefined, act: Act) => {
        const begun = { item, act, recommendationId, before: picks.answered, began: performance.now() };
        setDeed(begun);
        try {
            const answer = await watchItem(viewer, item, recommendationId, act);
            setDeed({ ...begun, tracked: answer.tracked });
            setWatched(answer.watched);
            setSince(answer.revision);
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            setDeed({ ...begun, error });
        }
    };
    const again = () => deed && void watch(deed.item, deed.recommendationId, deed.act);
    return { picks, watched, deed, watch, again };
}

type Change = Changes<ListedItem> & { readonly tookMs: number };

/** Returns how the list changed after the viewer watched the item; undefined until the new list is loaded. */
export function outcome(deed: Deed | undefined, now: Answered<ItemList> | undefined): Change | undefined {
    if (deed?.tracked === undefined || deed.before === undefined || now === undefined || now === deed.before) return;
    return {
        ...changesBetween(deed.before.value.items, now.value.items),
        tookMs: performance.now() - deed.began,
    };
}

/** Returns the note under a list after an action of the viewer. */
export function noteOn(
    { item, act: { told }, error, tracked }: Deed,
    change: Change | undefined,
    failed: ApiError | undefined,
): string {
    const what = told(spoken(item.title));
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
export function usualNote(viewer: string, watchedSome: boolean, list: ItemList | undefined): string {
    const words = list && wordsOfList(list);
    if (list !== undefined && words === undefined) return `${capital(act)} one, and see the list change.`;
    if (isNew(viewer) && !watchedSome) {
        return `You are new, so these are popular ${noun.many}. ${capital(act)} one, and the list becomes yours.`;
    }
    if (list?.viewerKnown === false) return unknownViewerWords.sentence;
    if (list && words && isOfModel(list) && !list.viewerKnown) return words.sentence;
    if (list === undefined || isOfModel(list))
        return `Based on the ${noun.many} that ${viewerName(viewer) === "you" ? "you" : "they"} ${past}. ${capital(act)} one, and see the list change.`;
    if (list.source === "similar") {
        const names = (list.because ?? []).map((item) => spoken(item.title));
        return names.length > 0
            ? `Like ${listed(names)}, which ${viewerName(viewer)} ${past}.`
            : `Like the ${noun.many} ${done} last.`;
    }
    return `${popularWords}. ${capital(act)} one, and the list becomes personal.`;
}
