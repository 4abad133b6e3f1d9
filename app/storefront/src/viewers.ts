import { putEvents } from "./api.ts";
import { type Act, person, refusal } from "./data-words.ts";
import { givenNameOf, shortId } from "./names.ts";
import { needsToken } from "./sign-in.ts";
import { ofThisTab } from "./storage.ts";
import type { ListedFilm } from "./words.ts";

/** Films watched in this visit, newest first. */
export type Watched = readonly (ListedFilm & { readonly done: string })[];

const newViewerKey = "new-viewer";
const sessionKey = "session";
const watchedKey = (viewer: string) => `watched:${viewer}`;
const mostWatched = 20;

/** The id of a new viewer, stable until the tab is closed. */
export const newViewer = (): string => remembered(newViewerKey, () => `new-${randomId()}`);

/** The session id for events. */
export const session = (): string => remembered(sessionKey, () => `page-${randomId()}`);

/** The id of another new viewer, without the previous one's history. */
export function anotherNewViewer(): string {
    ofThisTab.forget(newViewerKey);
    return newViewer();
}

export const isNew = (viewer: string) => viewer.startsWith("new-");

/** A viewer in a sentence: "you", or a name made from the id and the id. */
export function viewerName(viewer: string): string {
    if (needsToken || isNew(viewer)) return "you";
    const given = givenNameOf(viewer);
    return given === undefined ? `${person.one} ${shortId(viewer)}` : `${given} (${viewer})`;
}

export function watchedBy(viewer: string): Watched {
    try {
        return JSON.parse(ofThisTab.get(watchedKey(viewer)) ?? "[]") as Watched;
    } catch {
        return [];
    }
}

/** Stores what a viewer did with a film, and returns all such films; a refused film is none of them. */
export function remember(viewer: string, film: ListedFilm, act: Act): Watched {
    const before = watchedBy(viewer).filter((other) => other.itemId !== film.itemId);
    const all = [...(act === refusal ? [] : [{ ...film, done: act.done }]), ...before].slice(0, mostWatched);
    ofThisTab.set(watchedKey(viewer), JSON.stringify(all));
    return all;
}

const tasteKey = (viewer: string) => `taste:${viewer}`;

/** Stores the genres of a viewer after its list was shown, for the choice of a viewer. */
export const rememberTaste = (viewer: string, genres: string) => ofThisTab.set(tasteKey(viewer), genres);

/** A viewer's genres in words; undefined before the viewer's list was shown in this tab. */
export const tasteOf = (viewer: string): string | undefined => ofThisTab.get(tasteKey(viewer)) || undefined;

function remembered(key: string, make: () => string): string {
    const known = ofThisTab.get(key);
    if (known !== undefined) return known;
    const made = make();
    ofThisTab.set(key, made);
    return made;
}

/** crypto.randomUUID exists only on secure origins, so not on local addresses other than localhost. */
const randomId = () =>
    [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const revisionKey = (viewer: string) => `revision:${viewer}`;

/** The revision from the answer to the viewer's last event in this visit. */
export function lastRevision(viewer: string): number | undefined {
    const kept = Number(ofThisTab.get(revisionKey(viewer)) ?? Number.NaN);
    return Number.isFinite(kept) ? kept : undefined;
}

/** Sends the event of a viewer's act on a film, with the recommendation of its list. Throws ApiError. */
export async function watchFilm(
    viewer: string,
    film: ListedFilm,
    recommendationId: string | undefined,
    act: Act,
): Promise<{ readonly revision: number; readonly tracked: boolean; readonly watched: Watched }> {
    const { value } = await putEvents({
        userId: viewer,
        sessionId: session(),
        events: [
            {
                eventType: act.type,
                itemId: film.itemId,
                ...(recommendationId !== undefined && { recommendationId }),
            },
        ],
    });
    ofThisTab.set(revisionKey(viewer), String(value.revision));
    return { ...value, watched: remember(viewer, film, act) };
}
