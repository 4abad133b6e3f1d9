import { putEvents } from "./api.ts";
import { type Act, person, refusal } from "./data-words.ts";
import { needsToken } from "./sign-in.ts";
import { ofThisTab } from "./storage.ts";
import { chooseGivenName, type ListedItem, shortId } from "./words.ts";

/** Items watched in this visit, with the event type, newest first. */
export type Watched = readonly (ListedItem & { readonly type: string })[];

const newViewerKey = "new-viewer";
const sessionKey = "session";
const watchedKey = (viewer: string) => `watched:${viewer}`;
const maxWatched = 20;

const newId = () => `new-${randomId()}`;

/** Returns the ID of a new viewer. It stays the same until the tab is closed. */
export const newViewer = (): string => remembered(newViewerKey, newId);

/** Returns the session id for events. */
const session = (): string => remembered(sessionKey, () => `page-${randomId()}`);

/** Returns the ID of another new viewer, who does not have the previous one's history. */
export function anotherNewViewer(): string {
    ofThisTab.set(newViewerKey, newId());
    return newViewer();
}

export const isNew = (viewer: string) => viewer.startsWith("new-");

/** Returns a viewer's name for use in a sentence: "you", or a given name with the ID. */
export function viewerName(viewer: string): string {
    if (needsToken || isNew(viewer)) return "you";
    const given = chooseGivenName(viewer);
    return given === undefined ? `${person.one} ${shortId(viewer)}` : `${given} (${viewer})`;
}

export function watchedBy(viewer: string): Watched {
    try {
        return JSON.parse(ofThisTab.get(watchedKey(viewer)) ?? "[]") as Watched;
    } catch {
        return [];
    }
}

/**
 * Stores the viewer's action on an item. Returns all items on which the viewer has acted, except those that the viewer
 * refused.
 */
function remember(viewer: string, item: ListedItem, act: Act): Watched {
    const before = watchedBy(viewer).filter((other) => other.itemId !== item.itemId);
    const all = [...(act === refusal ? [] : [{ ...item, type: act.type }]), ...before].slice(0, maxWatched);
    ofThisTab.set(watchedKey(viewer), JSON.stringify(all));
    return all;
}

const tasteKey = (viewer: string) => `taste:${viewer}`;

/** Stores a viewer's genres when the page shows the viewer's list, to show them in the choice of viewers. */
export const rememberTaste = (viewer: string, genres: string) => ofThisTab.set(tasteKey(viewer), genres);

/** Returns a viewer's genres as words; undefined until this tab has shown the viewer's list. */
export const findTaste = (viewer: string): string | undefined => ofThisTab.get(tasteKey(viewer)) || undefined;

function remembered(key: string, make: () => string): string {
    const stored = ofThisTab.get(key);
    if (stored !== undefined) return stored;
    const created = make();
    ofThisTab.set(key, created);
    return created;
}

/**
 * Returns a random ID. `crypto.randomUUID` exists only on secure origins, so not on local addresses other than
 * localhost.
 */
const randomId = () =>
    [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const revisionKey = (viewer: string) => `revision:${viewer}`;

/** Returns the revision from the answer to the viewer's last event in this visit. */
export function lastRevision(viewer: string): number | undefined {
    const kept = Number(ofThisTab.get(revisionKey(viewer)) ?? Number.NaN);
    return Number.isFinite(kept) ? kept : undefined;
}

/** Sends the event of a viewer's action on an item, with the recommendation ID of its list. Throws ApiError. */
export async function watchItem(
    viewer: string,
    item: ListedItem,
    recommendationId: string | undefined,
    act: Act,
): Promise<{ readonly revision: number; readonly tracked: boolean; readonly watched: Watched }> {
    const { value } = await putEvents({
        userId: viewer,
        sessionId: session(),
        events: [
            {
                eventType: act.type,
                itemId: item.itemId,
                ...(recommendationId !== undefined && { recommendationId }),
            },
        ],
    });
    ofThisTab.set(revisionKey(viewer), String(value.revision));
    return { ...value, watched: remember(viewer, item, act) };
}
