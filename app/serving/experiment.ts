import { createHash, createHmac } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { StackConfig } from "../../core/config/config.ts";
import { hour } from "../../core/cost/time.ts";
import type { ItemListAnswer, ShownList } from "../api/names.ts";
import type { AllowedViewer, CampaignAllowance } from "./campaign-allowance.ts";
import type { Context } from "./context.ts";
import { tableFailure } from "./failures.ts";
import { countedNames, oldestEvent } from "./limits.ts";
import type { ViewerEvent } from "./ports.ts";
import type { Trace } from "./request-line.ts";
import { withTimeout } from "./resilience.ts";

/** The running experiment of a stack, from config `experiment`. */
export interface Experiment extends NonNullable<StackConfig["experiment"]> {
    /** Start of the run in epoch milliseconds. After a change of the experiment, a new run starts. */
    readonly since: number;
}

/**
 * Returns the ID under which an experiment records a viewer: a hash with the experiment's name as the key, so that the
 * records contain no viewer ID, and each experiment divides the viewers independently.
 */
export const subjectId = ({ name }: Pick<Experiment, "name">, userId: string): string =>
    createHmac("sha256", name).update(userId).digest("hex").slice(0, 32);

/** Checks whether the viewer with this ID in the experiment belongs to the control group. */
export const isControl = ({ share }: Pick<Experiment, "share">, subject: string): boolean =>
    Number.parseInt(subject.slice(-8), 16) / 2 ** 32 < share / 100;

/** Returns the end of a viewer's window in epoch milliseconds, and the time from which no event can change its outcome. */
export const windowEnd = ({ windowHours }: Pick<Experiment, "windowHours">, exposedAt: number) => {
    const end = exposedAt + windowHours * hour;
    return { end, closed: end + oldestEvent * 1000 };
};

/** Bit of a watch in a record: the viewer chose the item from a list. */
const chosenBit = 0x80;

/**
 * Returns a watch as a record contains it: six bytes of a hash, whose first bit is set if the event names the list from
 * which the viewer chose the item. A repeated event, by its `eventId` or else by its item, is the same watch.
 */
function packWatch({ eventId, itemId, recommendationId }: ViewerEvent): Uint8Array {
    const watch = createHash("sha256")
        .update(eventId ?? itemId)
        .digest()
        .subarray(0, 6);
    watch[0] = ((watch[0] as number) & ~chosenBit) | (recommendationId === undefined ? 0 : chosenBit);
    return watch;
}

/** Counts the watches of a record, and those that the viewer chose from a list. */
export function countWatches(packed: Iterable<Uint8Array>) {
    const chosen = new Map<string, boolean>();
    for (const watch of packed) {
        const first = watch[0] as number;
        const key = Buffer.from([first & ~chosenBit, ...watch.subarray(1)]).toString("hex");
        chosen.set(key, chosen.get(key) === true || (first & chosenBit) > 0);
    }
    return { watches: chosen.size, chosen: [...chosen.values()].filter(Boolean).length };
}

const ownListPrefix = "list-";

/**
 * Returns a list without everything that tells the groups of an experiment apart. A list that the campaign did not make
 * gets an ID too, so that events can name it.
 */
export function blindList({ recommendationId, viewerKnown = null, items }: ItemListAnswer): ShownList {
    const ids = JSON.stringify(items.map(({ itemId }) => itemId));
    const ownId = () => ownListPrefix + createHash("sha256").update(ids).digest("base64url").slice(0, 22);
    return {
        recommendationId: recommendationId ?? ownId(),
        viewerKnown,
        items: items.map(({ score: _, ...item }) => item),
    };
}

/** Returns the event without the ID of a list that `blindList` made, which Personalize does not know. */
export function withoutOwnList<Event extends ViewerEvent>({ recommendationId, ...event }: Event) {
    const isOwn = recommendationId === undefined || recommendationId.startsWith(ownListPrefix);
    return isOwn ? event : { ...event, recommendationId };
}

export interface ExperimentParts extends Context {
    readonly experiment: Experiment;
    /** Checks whether one more campaign call for a viewer is allowed. */
    readonly allowed: CampaignAllowance;
}

/** Creates the functions that record which viewers an experiment has reached, and what they watch. */
export function experimenter(parts: ExperimentParts) {
    const { experiment, allowed, table, clock, log, limits } = parts;
    /** Times of the first exposures that this process recorded, in epoch milliseconds. */
    const known = new LRUCache<string, Promise<number | undefined>>({
        maxSize: countedNames,
        sizeCalculation: () => 1,
    });
    /** Calls DynamoDB also while lists do not: nothing else keeps what a call records. */
    const later = <T>(work: (signal: AbortSignal) => Promise<T>) => withTimeout(limits.background, work);
    const keyOf = (subject: string) => ({ run: experiment.since, subject });

    const failed = (what: string, trace: Trace) => tableFailure(log, trace, `record ${what} of the experiment`);

    /**
     * Records a viewer's first exposure. A stranger can invent viewers, so the record of an unproven viewer counts like a
     * campaign call, in both groups.
     */
    async function record(subject: string, viewer: AllowedViewer): Promise<number | undefined> {
        const exposure = { exposedAt: clock(), proven: viewer.proven };
        if (!viewer.proven && !(await allowed(viewer))) return undefined;
        const expiresAt = Math.ceil((exposure.exposedAt + limits.experiment) / 1000);
        return later((signal) => table.putExposure(keyOf(subject), exposure, expiresAt, signal));
    }

    async function addWatches(subject: string, events: readonly ViewerEvent[]): Promise<void> {
        const read = () => later((signal) => table.exposedAt(keyOf(subject), signal));
        const exposedAt = await (known.get(subject) ?? read());
        if (exposedAt === undefined) return;
        // The time of an event has whole seconds.
        const from = Math.floor(exposedAt / 1000);
        const { end } = windowEnd(experiment, exposedAt);
        const watches = events.filter(({ sentAt }) => sentAt >= from && sentAt * 1000 < end).map(packWatch);
        if (watches.length === 0) return;
        await later((signal) => table.addWatches(keyOf(subject), watches, signal));
    }

    return {
        /**
         * Records in the background that the viewer gets a list; a process writes each viewer once. Returns the lists that
         * a viewer of the control group gets, and undefined for other viewers.
         */
        expose(viewer: AllowedViewer, trace: Trace): Experiment["control"] | undefined {
            const subject = subjectId(experiment, viewer.userId);
            if (!known.has(subject)) {
                const work = record(subject, viewer).catch(failed("a viewer", trace));
                known.set(subject, work);
                // The next request tries again if this one recorded nothing.
                trace.background.push(work.then((exposedAt) => exposedAt === undefined && known.delete(subject)));
            }
            return isControl(experiment, subject) ? experiment.control : undefined;
        },
        /** Adds what the viewer watched to the viewer's record in the background, if the experiment has reached them. */
        observe(userId: string, watches: readonly ViewerEvent[], trace: Trace): void {
            if (watches.length === 0) return;
            const work = addWatches(subjectId(experiment, userId), watches);
            trace.background.push(work.catch(failed("watches", trace)));
        },
    };
}

export type Experimenter = ReturnType<typeof experimenter>;
