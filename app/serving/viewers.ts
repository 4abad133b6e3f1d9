import { LRUCache } from "lru-cache";
import { bytesOf, packIds, textBytes } from "./film-scores.ts";
import { listsOfViewer } from "./limits.ts";
import type { KeptList, Recent, RecentFilm } from "./ports.ts";

/** Knowledge of a process about a viewer. */
export interface Viewer {
    readonly revision: number;
    /** Ids of the newest films that the viewer did not refuse, newest first, packed. */
    readonly recent: string;
    /** Ids of the newest films that the viewer watched or refused, packed. */
    readonly watched: string;
    /** When the table was read, in epoch milliseconds; 0 if never. */
    readonly readAt: number;
    /** Newest first. */
    readonly lists: readonly KeptList[];
}

const unknownViewer: Viewer = { revision: 0, recent: "", watched: "", readAt: 0, lists: [] };

/** Ids of the films that a viewer watched or refused, which the viewer's lists leave out. */
export const watchedIds = (films: readonly RecentFilm[]): string[] =>
    films.flatMap(({ itemId, watched = true, refused = false }) => (watched || refused ? [itemId] : []));

/** Usually all films are watched: then both are one string. */
function packRecent(films: readonly RecentFilm[]): Pick<Viewer, "recent" | "watched"> {
    const wanted = films.filter(({ refused = false }) => !refused);
    const [recent, watched] = [packIds(wanted.map(({ itemId }) => itemId)), packIds(watchedIds(films))];
    return { recent, watched: watched === recent ? recent : watched };
}

/** Measured: objects and cache entry, without strings and scores. `bench:api` measures it again. */
const viewerBytes = 450;
const listBytes = 250;

/** The viewers in a process's memory, least recently used first out, limited in bytes. */
export function viewerMemory(maxBytes: number) {
    const viewers = new LRUCache<string, Viewer>({ maxSize: maxBytes, sizeCalculation: sizeOf });
    const find = (userId: string) => viewers.get(userId) ?? unknownViewer;
    return {
        find,
        /** Adds the table's knowledge at `at`; the later revision wins. */
        read(userId: string, { recent, list }: { recent: Recent; list?: KeptList }, at: number): Viewer {
            const known = find(userId);
            const { films, revision } = recent;
            const newer = known.revision > revision ? known : { revision, ...packRecent(films) };
            const viewer = {
                revision: newer.revision,
                recent: newer.recent,
                watched: newer.watched,
                readAt: at,
                lists: list === undefined ? known.lists : withList(known.lists, list),
            };
            viewers.set(userId, viewer);
            return viewer;
        },
        keep(userId: string, list: KeptList): void {
            const known = find(userId);
            viewers.set(userId, { ...known, lists: withList(known.lists, list) });
        },
        /** After an event, the earlier lists are dropped. */
        turn(userId: string, recent: Recent): void {
            const known = find(userId);
            if (recent.revision > known.revision) {
                const { films, revision } = recent;
                viewers.set(userId, { ...known, ...packRecent(films), revision, lists: [] });
            }
        },
        get size(): number {
            return viewers.size;
        },
    };
}

export type ViewerMemory = ReturnType<typeof viewerMemory>;

/** Replaces the list with an equal key, if the new one includes later events. */
function withList(lists: readonly KeptList[], list: KeptList): readonly KeptList[] {
    const same = lists.find(({ key }) => key === list.key);
    if (same !== undefined && !isNewer(list, same)) return lists;
    return [list, ...lists.filter((other) => other !== same)].slice(0, listsOfViewer);
}

const isNewer = (one: KeptList, other: KeptList): boolean =>
    one.revision > other.revision || (one.revision === other.revision && one.madeAt >= other.madeAt);

function sizeOf({ recent, watched, lists }: Viewer, userId: string): number {
    const sizes = lists.map(
        ({ films, key, solutionVersion = "", recommendationId = "" }) =>
            listBytes + bytesOf(films) + textBytes(key) + textBytes(solutionVersion) + textBytes(recommendationId),
    );
    const films = textBytes(recent) + (watched === recent ? 0 : textBytes(watched));
    return sizes.reduce((sum, size) => sum + size, viewerBytes + textBytes(userId) + films);
}
