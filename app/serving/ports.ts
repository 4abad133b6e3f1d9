import type { FilmScores } from "./film-scores.ts";

/** A list of films from the campaign, or from the table. */
export interface FilmOrder {
    readonly films: FilmScores;
    /** From the campaign's answer. */
    readonly recommendationId?: string;
}

/** A request to the campaign. */
export interface CampaignAsk {
    readonly userId: string;
    readonly numResults: number;
    /** ARN of a filter, with the values of its placeholders. */
    readonly filter?: { readonly arn: string; readonly values: Readonly<Record<string, string>> };
    readonly context: Readonly<Record<string, string>>;
}

/** Status of the campaign; times are epoch milliseconds. */
export interface CampaignStatus {
    /** Empty if there is no campaign. */
    readonly status: string;
    /** The version that the campaign serves, or served last: lists and tables are of it. */
    readonly solutionVersionArn?: string;
    readonly minProvisionedTPS?: number;
    readonly checkedAt: number;
    /** When it was last seen ACTIVE. */
    readonly activeAt?: number;
}

/** The campaign; each call throws the errors of Personalize and of the network. */
export interface CampaignPort {
    ask(ask: CampaignAsk, signal: AbortSignal): Promise<FilmOrder>;
    /** undefined if there is no campaign. */
    describe(signal: AbortSignal): Promise<Omit<CampaignStatus, "checkedAt" | "activeAt"> | undefined>;
    /** The ranking campaign; undefined if the stack has none. */
    readonly rank:
        | ((userId: string, itemIds: readonly string[], signal: AbortSignal) => Promise<FilmOrder>)
        | undefined;
}

/** An event of a viewer; `sentAt` is epoch seconds. */
export interface ViewerEvent {
    readonly eventId?: string;
    readonly eventType: string;
    readonly itemId: string;
    readonly sentAt: number;
    readonly recommendationId?: string;
}

/** The event tracker. */
export type PutEvents = (
    from: { readonly userId: string; readonly sessionId: string; readonly events: readonly ViewerEvent[] },
    signal: AbortSignal,
) => Promise<void>;

export interface RecentFilm {
    readonly itemId: string;
    /** Epoch milliseconds. */
    readonly at: number;
    /** false if the viewer's events of it are not viewings, for example clicks. */
    readonly watched?: false;
    /** Whether the viewer is not interested in it: lists leave it out, and none is made by it. */
    readonly refused?: true;
}

/** A viewer's newest films; each event increases the revision, which is 0 before the first. */
export interface Recent {
    readonly revision: number;
    /** The newest first. */
    readonly films: readonly RecentFilm[];
    /** Whether all films are of a proven caller; absent: a stranger may have sent them. */
    readonly proven?: true;
    /** Events of the viewer in one minute (epoch minutes). */
    readonly counted?: { readonly minute: number; readonly events: number };
}

/** A viewer's list in memory or table. */
export interface KeptList extends FilmOrder {
    /** From filter, values and context; empty for a plain list. */
    readonly key: string;
    /** When the campaign was called; epoch milliseconds. */
    readonly madeAt: number;
    /** The viewer's revision before the call: the list includes the events up to it. */
    readonly revision: number;
    /** Solution version that served; undefined if unknown. */
    readonly solutionVersion?: string;
    readonly from: "campaign" | "precomputed";
}

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
    /** Lists from before this moment are stale; epoch milliseconds. */
    readonly flushed?: number;
    readonly notification?: ShownNotification;
    readonly spend?: MonthSpend;
}

/** The table; each call throws its errors. `expiresAt` is epoch seconds. */
export interface TablePort {
    /** A viewer's newest films, and the list with this key if there is one. */
    viewer(
        userId: string,
        key: string,
        signal: AbortSignal,
    ): Promise<{ readonly recent: Recent; readonly list?: KeptList }>;
    /** Stores a list, unless the table has one with later events. */
    putList(userId: string, list: KeptList, expiresAt: number, signal: AbortSignal): Promise<void>;
    /** A consistent read. */
    recent(userId: string, signal: AbortSignal): Promise<Recent>;
    /** Stores only if the revision is still `before`; returns whether it was. */
    putRecent(userId: string, recent: Recent, before: number, expiresAt: number, signal: AbortSignal): Promise<boolean>;
    stack(signal: AbortSignal): Promise<StackItems>;
    /** Stores the status, unless another process did since `before`; `flushed` stays. */
    putCampaign(seen: CampaignStatus, before: number | undefined, signal: AbortSignal): Promise<void>;
    addAsked(hour: number, userId: string, requests: number, expiresAt: number, signal: AbortSignal): Promise<void>;
    /** Adds to the count of a window, and returns its total. */
    count(what: string, window: number, more: number, expiresAt: number, signal: AbortSignal): Promise<number>;
}

/** The fallback tables of solution versions; each call throws its errors. */
export interface TablesPort {
    /**
     * The document of a version, as text with its ETag; undefined if it still has the ETag `etag`.
     *
     * @param version the last part of the version's ARN.
     */
    read(
        version: string,
        etag: string | undefined,
        signal: AbortSignal,
    ): Promise<{ readonly text: string; readonly etag: string } | undefined>;
    /** The version that the newest `pulumi up` trained, or found trained. */
    newest(signal: AbortSignal): Promise<string>;
}

/** A line of the log. */
export type Log = (line: Readonly<Record<string, unknown>>) => void;
