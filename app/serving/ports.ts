import type { FilmScores } from "./film-scores.ts";

/** A list of films as the campaign gave it, or as it was kept. */
export interface FilmOrder {
    readonly films: FilmScores;
    /** Of the campaign's answer. */
    readonly recommendationId?: string;
}

/** What a campaign is asked. */
export interface CampaignAsk {
    readonly userId: string;
    readonly numResults: number;
    /** ARN of a filter, with what its placeholders stand for. */
    readonly filter?: { readonly arn: string; readonly values: Readonly<Record<string, string>> };
    readonly context: Readonly<Record<string, string>>;
}

/** What the service says of the campaign; times are epoch milliseconds. */
export interface CampaignStatus {
    /** Empty where there is none. */
    readonly status: string;
    readonly solutionVersionArn?: string;
    readonly minProvisionedTPS?: number;
    readonly checkedAt: number;
    /** When it was last found active. */
    readonly activeAt?: number;
}

/** The campaign; each call throws what the service, or the way to it, fails with. */
export interface CampaignPort {
    ask(ask: CampaignAsk, signal: AbortSignal): Promise<FilmOrder>;
    /** undefined where there is no campaign. */
    describe(signal: AbortSignal): Promise<Omit<CampaignStatus, "checkedAt" | "activeAt"> | undefined>;
    /** By the ranking campaign; undefined where the stack has none. */
    readonly rank:
        | ((userId: string, itemIds: readonly string[], signal: AbortSignal) => Promise<FilmOrder>)
        | undefined;
}

/** Something that a viewer did; `sentAt` is epoch seconds. */
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
}

/** A viewer's newest films; the revision grows with each of his events, and is 0 before the first. */
export interface Recent {
    readonly revision: number;
    /** The newest first. */
    readonly films: readonly RecentFilm[];
}

/** A viewer's list as it is kept. */
export interface KeptList extends FilmOrder {
    /** Of filter, values and context; empty for a plain list. */
    readonly key: string;
    /** When the campaign was asked; epoch milliseconds. */
    readonly madeAt: number;
    /** The viewer's revision that was known before the campaign was asked: it knows the events up to there. */
    readonly revision: number;
    /** Solution version that served; undefined where nobody knew. */
    readonly solutionVersion?: string;
    readonly from: "campaign" | "precomputed";
}

/** What the cost guard says; `at` is epoch milliseconds. */
export interface ShownNotification {
    readonly kind: string;
    readonly text: string;
    readonly at: number;
}

export interface StackItems {
    readonly campaign?: CampaignStatus;
    /** Lists that were made before are stale; epoch milliseconds. */
    readonly flushed?: number;
    readonly notification?: ShownNotification;
}

/** The table; each call throws what it fails with. `expiresAt` is epoch seconds. */
export interface TablePort {
    /** A viewer's newest films, and his list of a key, if there is one. */
    viewer(
        userId: string,
        key: string,
        signal: AbortSignal,
    ): Promise<{ readonly recent: Recent; readonly list?: KeptList }>;
    /** Keeps a list, unless one that knows later events is there. */
    putList(userId: string, list: KeptList, expiresAt: number, signal: AbortSignal): Promise<void>;
    /** As it is now, not as it was some milliseconds ago. */
    recent(userId: string, signal: AbortSignal): Promise<Recent>;
    /** Answers whether the revision was still `before`; if not, nothing is put. */
    putRecent(userId: string, recent: Recent, before: number, expiresAt: number, signal: AbortSignal): Promise<boolean>;
    stack(signal: AbortSignal): Promise<StackItems>;
    /** Notes what was seen, unless another did since `before`; `flushed` stays. */
    putCampaign(seen: CampaignStatus, before: number | undefined, signal: AbortSignal): Promise<void>;
    addAsked(hour: number, userId: string, requests: number, expiresAt: number, signal: AbortSignal): Promise<void>;
}

/** A line of the log. */
export type Log = (line: Readonly<Record<string, unknown>>) => void;
