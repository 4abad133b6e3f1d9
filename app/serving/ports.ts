import type { ItemScores } from "./item-scores.ts";

/** A list of items from the campaign, or from DynamoDB. */
export interface ItemOrder {
    readonly items: ItemScores;
    /** Recommendation ID from the campaign's answer. */
    readonly recommendationId?: string;
}

/** A request to the campaign. */
export interface CampaignAsk {
    readonly userId: string;
    readonly numResults: number;
    /** ARN of a filter, and the values of its placeholders. */
    readonly filter?: { readonly arn: string; readonly values: Readonly<Record<string, string>> };
    readonly context: Readonly<Record<string, string>>;
}

/** Status of the campaign; times are epoch milliseconds. */
export interface CampaignStatus {
    /** Status from Personalize; empty if no campaign exists. */
    readonly status: string;
    /** The version that the campaign serves, or served last. Its lists and fallback tables belong to this version. */
    readonly solutionVersionArn?: string;
    readonly minProvisionedTPS?: number;
    readonly checkedAt: number;
    /** Time when the campaign was last seen ACTIVE. */
    readonly activeAt?: number;
}

/** Calls to the campaign. Each call throws the errors of Personalize and of the network. */
export interface CampaignPort {
    ask(ask: CampaignAsk, signal: AbortSignal): Promise<ItemOrder>;
    /** Returns the campaign's status; undefined if no campaign exists. */
    describe(signal: AbortSignal): Promise<Omit<CampaignStatus, "checkedAt" | "activeAt"> | undefined>;
}

/** An event of a viewer; `sentAt` is epoch seconds. */
export interface ViewerEvent {
    readonly eventId?: string;
    readonly eventType: string;
    readonly itemId: string;
    readonly sentAt: number;
    readonly recommendationId?: string;
}

/** Sends events to the event tracker. */
export type PutEvents = (
    from: { readonly userId: string; readonly sessionId: string; readonly events: readonly ViewerEvent[] },
    signal: AbortSignal,
) => Promise<void>;

export interface RecentItem {
    readonly itemId: string;
    /** Epoch milliseconds. */
    readonly at: number;
    /**
     * False if the viewer did not watch the item: all events of the viewer about it are of other types, such as clicks.
     */
    readonly watched?: false;
    /** Whether the viewer refused the item: lists leave it out, and no list is based on it. */
    readonly refused?: true;
}

/** A viewer's newest items. Each event increases `revision`, which is 0 before the first event. */
export interface Recent {
    readonly revision: number;
    /** The viewer's newest items, the newest first. */
    readonly items: readonly RecentItem[];
    /** Whether all items were sent with the viewer's token or the API key. If absent, anybody may have sent some. */
    readonly proven?: true;
    /** Events of the viewer in one minute (epoch minutes). */
    readonly counted?: { readonly minute: number; readonly events: number };
}

/** A viewer's list in memory or in DynamoDB. */
export interface KeptList extends ItemOrder {
    /** Key of the list, from filter, values and context; empty for a plain list. */
    readonly key: string;
    /** Time of the call to the campaign, in epoch milliseconds. */
    readonly madeAt: number;
    /** The viewer's revision before the call. The list includes the events up to this revision. */
    readonly revision: number;
    /** Solution version that the campaign served; undefined if unknown. */
    readonly solutionVersion?: string;
    readonly from: "campaign" | "precomputed" | "batch";
}

/** The lists of batch inference that the API serves. */
export interface ServedLists {
    /** Number of the generation that the API serves. It serves only viewers' lists of this generation. */
    readonly generation: number;
    /** Version that made the lists. The API answers from its fallback tables. */
    readonly solutionVersionArn: string;
    /** Start of the job in epoch milliseconds. */
    readonly madeAt: number;
}

/** Returns the key of a viewer's list in a generation of batch inference. */
export const batchListKey = (generation: number) => `batch-${generation}`;

/** Hidden items: for each ID the time in epoch milliseconds from which lists may contain the item again, or 0 for none. */
export type HiddenItems = ReadonlyMap<string, number>;

/** The cost guard's notification for viewers; `at` is epoch milliseconds. */
export interface ShownNotification {
    readonly kind: string;
    readonly text: string;
    readonly at: number;
}

/** The stack's spend in a month, as the cost guard counts it. */
export interface MonthSpend {
    /** For example `2026-11`. */
    readonly month: string;
    /** US dollars. */
    readonly usd: number;
    /** Epoch milliseconds. */
    readonly at: number;
}

export interface StackItems {
    readonly campaign?: CampaignStatus;
    /** Time before which all lists are stale, in epoch milliseconds. */
    readonly flushed?: number;
    readonly notification?: ShownNotification;
    readonly spend?: MonthSpend;
    /** The lists of batch inference that the API serves; absent until a job has made lists. */
    readonly lists?: ServedLists;
    readonly hidden?: HiddenItems;
}

/** The record of a viewer in an experiment: the run's start (epoch milliseconds), and the viewer's ID in the experiment. */
export interface SubjectKey {
    readonly run: number;
    readonly subject: string;
}

/** Calls to the API's DynamoDB table. Each call throws DynamoDB's errors. `expiresAt` is epoch seconds. */
export interface TablePort {
    /** Returns a viewer's newest items, and the list with this key if it exists. */
    viewer(
        userId: string,
        key: string,
        signal: AbortSignal,
    ): Promise<{ readonly recent: Recent; readonly list?: KeptList }>;
    /** Stores a list, unless DynamoDB has a list that includes later events. */
    putList(userId: string, list: KeptList, expiresAt: number, signal: AbortSignal): Promise<void>;
    /** Reads a viewer's newest items with a consistent read. */
    recent(userId: string, signal: AbortSignal): Promise<Recent>;
    /**
     * Stores a viewer's newest items only if the stored revision is still `before`. Returns whether the items were
     * stored.
     */
    putRecent(userId: string, recent: Recent, before: number, expiresAt: number, signal: AbortSignal): Promise<boolean>;
    stack(signal: AbortSignal): Promise<StackItems>;
    /**
     * Stores the campaign's status, unless another process stored one since `before`. Does not change the item's
     * `flushed`, the time before which lists are stale.
     */
    putCampaign(campaign: CampaignStatus, before: number | undefined, signal: AbortSignal): Promise<void>;
    addAsked(hour: number, userId: string, requests: number, expiresAt: number, signal: AbortSignal): Promise<void>;
    /** Adds to the count of a window, and returns the window's new total. */
    count(what: string, window: number, more: number, expiresAt: number, signal: AbortSignal): Promise<number>;
    /**
     * Records a viewer's exposure to an experiment, unless an earlier one is recorded. Returns the time of the first
     * exposure in epoch milliseconds.
     */
    putExposure(
        key: SubjectKey,
        exposure: { readonly exposedAt: number; readonly proven: boolean },
        expiresAt: number,
        signal: AbortSignal,
    ): Promise<number>;
    /** Returns the time of a viewer's first exposure; undefined if none is recorded. */
    exposedAt(key: SubjectKey, signal: AbortSignal): Promise<number | undefined>;
    /** Adds packed watches to a viewer's record. A watch that the record contains changes nothing. */
    addWatches(key: SubjectKey, watches: readonly Uint8Array[], signal: AbortSignal): Promise<void>;
}

/** Calls for the fallback tables of solution versions. They throw the errors of the store. */
export interface TablesPort {
    /**
     * Returns the fallback tables of a version as text, with their ETag; undefined if they still have the ETag `etag`.
     * @param version the last part of the version's ARN
     */
    read(
        version: string,
        etag: string | undefined,
        signal: AbortSignal,
    ): Promise<{ readonly text: string; readonly etag: string } | undefined>;
    /** Returns the version that the newest `pulumi up` trained, or found already trained. */
    newest(signal: AbortSignal): Promise<string>;
}

/** Logs a line of JSON. */
export type Log = (line: Readonly<Record<string, unknown>>) => void;
