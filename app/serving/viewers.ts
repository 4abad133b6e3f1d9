import { LRUCache } from "lru-cache";
import { countMemoryBytes, packIds, textBytes } from "./item-scores.ts";
import { listsOfViewer } from "./limits.ts";
import type { KeptList, Recent, RecentItem } from "./ports.ts";

/** What a process knows about a viewer. */
export interface Viewer {
    readonly revision: number;
    /** IDs of the newest items that the viewer did not refuse, newest first, as one string. */
    readonly recent: string;
    /** IDs of the newest items that the viewer watched or refused, as one string. */
    readonly watched: string;
    /** Time of the last read from DynamoDB in epoch milliseconds; 0 if never. */
    readonly readAt: number;
    /** The viewer's lists, newest first. */
    readonly lists: readonly KeptList[];
}

const unknownViewer: Viewer = { revision: 0, recent: "", watched: "", readAt: 0, lists: [] };

/** Returns the IDs of the items that a viewer watched or refused. The viewer's lists leave them out. */
export const watchedIds = (items: readonly RecentItem[]): string[] =>
    items.flatMap(({ itemId, watched = true, refused = false }) => (watched || refused ? [itemId] : []));

/**
 * Packs a viewer's items into two strings. If the viewer watched all items, as usual, both fields refer to the same
 * string object, which saves memory.
 */
function packRecent(items: readonly RecentItem[]): Pick<Viewer, "recent" | "watched"> {
    const wanted = items.filter(({ refused = false }) => !refused);
    const [recent, watched] = [packIds(wanted.map(({ itemId }) => itemId)), packIds(watchedIds(items))];
    return { recent, watched: watched === recent ? recent : watched };
}

/**
 * Measured bytes of a viewer's objects and cache entry in memory, without strings and scores. `bench:api` measures them
 * again.
 */
const viewerBytes = 450;
const listBytes = 250;

/**
 * Creates the cache of viewers in a process's memory. It has a limit in bytes, and drops the least recently used viewer
 * first.
 */
export function viewerMemory(maxBytes: number) {
    const viewers = new LRUCache<string, Viewer>({ maxSize: maxBytes, sizeCalculation: sizeOf });
    const find = (userId: string) => viewers.get(userId) ?? unknownViewer;
    return {
        find,
        /** Adds what DynamoDB contained about a viewer at the time `at`. Of two revisions, keeps the later one. */
        read(userId: string, { recent, list }: { recent: Recent; list?: KeptList }, at: number): Viewer {
            const cached = find(userId);
            const { items, revision } = recent;
            const newer = cached.revision > revision ? cached : { revision, ...packRecent(items) };
            const viewer = {
                ...newer,
                readAt: at,
                lists: list === undefined ? cached.lists : withList(cached.lists, list),
            };
            viewers.set(userId, viewer);
            return viewer;
        },
        keep(userId: string, list: KeptList): void {
            const cached = find(userId);
            viewers.set(userId, { ...cached, lists: withList(cached.lists, list) });
        },
        /**
         * Replaces the viewer's newest items after an event. Drops the viewer's lists of the campaign, which were made
         * before the event, and keeps lists of batch inference.
         */
        turn(userId: string, recent: Recent): void {
            const cached = find(userId);
            if (recent.revision > cached.revision) {
                const { items, revision } = recent;
                viewers.set(userId, {
                    ...cached,
                    ...packRecent(items),
                    revision,
                    lists: cached.lists.filter(({ from }) => from === "batch"),
                });
            }
        },
        get size(): number {
            return viewers.size;
        },
    };
}

export type ViewerMemory = ReturnType<typeof viewerMemory>;

/** Replaces the list that has the same key, if the new list includes later events. */
function withList(lists: readonly KeptList[], list: KeptList): readonly KeptList[] {
    const same = lists.find(({ key }) => key === list.key);
    if (same !== undefined && !isNewer(list, same)) return lists;
    return [list, ...lists.filter((other) => other !== same)].slice(0, listsOfViewer);
}

const isNewer = (one: KeptList, other: KeptList): boolean =>
    one.revision > other.revision || (one.revision === other.revision && one.madeAt >= other.madeAt);

function sizeOf({ recent, watched, lists }: Viewer, userId: string): number {
    const sizes = lists.map(
        ({ items, key, solutionVersion = "", recommendationId = "" }) =>
            listBytes +
            countMemoryBytes(items) +
            textBytes(key) +
            textBytes(solutionVersion) +
            textBytes(recommendationId),
    );
    const items = textBytes(recent) + (watched === recent ? 0 : textBytes(watched));
    return sizes.reduce((sum, size) => sum + size, viewerBytes + textBytes(userId) + items);
}
