const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Timeouts and validity periods in milliseconds. If memory has no list, and DynamoDB and the campaign both hang, the
 * API answers after `table` + `campaign` milliseconds: half a second.
 */
export const limits = {
    /**
     * Timeout of DynamoDB. To read two items by key takes single-digit milliseconds; the first read of a process opens
     * a connection, which takes about 50 more.
     */
    table: 150,
    /**
     * Timeout of the campaign, whose p99 is some tens of milliseconds. A viewer who would wait longer gets an older
     * list instead.
     */
    campaign: 350,
    /**
     * Timeout of work for which no request waits. It is long, because the time in which Lambda freezes the process
     * counts too.
     */
    background: 10 * second,
    /** Timeout of events. It is longer than for a list, because an event cannot be requested again. */
    events: second,
    /**
     * Time at the end of a request for background work. Lambda freezes the process after the answer, and the next
     * invocation continues the work. DynamoDB completes a write that was already sent.
     */
    grace: 4,

    /**
     * Time for which a process answers from memory. Afterwards it reads DynamoDB, because another process may have
     * stored an event.
     */
    trusted: 30 * second,
    /**
     * Time for which a list is fresh. A list changes only with events, with a new version, and with Personalize's own
     * update (every two hours for the recipe aws-user-personalization).
     */
    fresh: hour,
    /** Time for which the API answers with a list that is no longer fresh, and requests a new one in the background. */
    revalidated: 6 * hour,
    /** Time for which the API uses an older list while there is no campaign. Then the list's DynamoDB item expires. */
    stale: 7 * 24 * hour,
    /**
     * Time before the start of a batch inference job whose events may be missing in the job's lists (developer guide,
     * "Creating a batch inference job").
     */
    batchLag: 15 * minute,
    /** Time after an event in which Personalize may not have learned from it: a second or two. */
    settling: 3 * second,
    /** Time for which a list is valid if it was requested within `settling` milliseconds after an event. */
    unsettled: second / 2,
    /** Time after which a viewer's newest items expire in DynamoDB. */
    recent: 30 * 24 * hour,
    /** Time after which a viewer's record of an experiment expires in DynamoDB. */
    experiment: 365 * 24 * hour,
    /** Time after which the counts of viewers in an hour expire in DynamoDB. */
    asked: 2 * 24 * hour,

    /** Interval at which a process reads the campaign's status from DynamoDB. */
    campaignRead: 10 * second,
    /**
     * Interval at which a process reads the status while there is no campaign. One request reads it; other requests do
     * not wait.
     */
    awayRead: 5 * second,
    /** Age of the status after which a process calls Personalize again. */
    campaignChecked: minute,
    awayChecked: 5 * second,
    /** Timeout to load the fallback tables of a version, which have some megabytes. */
    tables: 5 * second,
    /** Timeout of the three reads with which a process begins. Lambda allows ten seconds before the first request. */
    starting: 8 * second,
    /**
     * Timeout of a process's first reads: of the status in DynamoDB, and of the campaign itself. Both open connections
     * and share the processor.
     */
    firstRead: 3 * second,
    /** Time for which a request waits for the first reads of its process (`firstRead`). */
    unstarted: second,
    /**
     * If a process has no fallback tables, a request makes at most two attempts to load them, and waits so long for
     * each one. Lambda ends a request after ten seconds.
     */
    withoutTables: 3.5 * second,
    /** Interval at which a process compares its fallback tables with the stored ones, or tries again to load them. */
    tablesCompared: 5 * minute,
    /** Time between the cost guard's notification and the deletion of the campaign. */
    parking: 10 * minute,
    /** Maximum time by which a revision may be ahead of the clock. A later revision is invalid. */
    revisionAhead: minute,

    /** Interval at which a process adds the counts of its busiest viewers to DynamoDB. */
    trafficNoted: minute,

    /** Number of consecutive failures after which the API pauses calls to the campaign or to DynamoDB. */
    failuresInRow: 5,
    /** Length of a pause of calls to the campaign or to DynamoDB after failures. Then one request tries again. */
    resting: 2 * second,
};

export type Limits = typeof limits;

/** Maximum bytes of lists in a process's memory. The lists of about 40,000 viewers have this size. */
export const memoryBytes = 48 * 1024 * 1024;
/**
 * Options of the function's process (`NODE_OPTIONS`). By default, V8 sizes its heap for the machine, and collects
 * garbage too late for the function's memory. With these options, a million viewers leave the process below 256 MiB
 * (`bench:api`).
 */
export const nodeOptions = ["--max-old-space-size=256", "--max-semi-space-size=4"];
/**
 * Maximum number of lists of one viewer in memory. Each has another filter, other filter values, or another context.
 */
export const listsOfViewer = 4;
/** Number of items in a stored list. Each answer shortens the list, so one list serves every `numResults`. */
export const listLength = 100;
/** Number of newest items that the API stores for each viewer. */
export const recentLength = 20;
/** Number of items to request in each campaign call: the items of a list, and as many more as the API may leave out. */
export const askedLength = listLength + recentLength;
/**
 * Number of candidates that the API examines for a list, best first. A filter that no item passes would otherwise take 30
 * milliseconds with 60,000 items, for each request of a stranger.
 */
export const examinedLength = 20_000;
/** Maximum number of events per minute: a viewer sends a few, and an address can be a whole office. */
export const eventsPerViewer = 60;
export const eventsPerAddress = 300;
/**
 * Maximum number of campaign calls per minute for a viewer with a valid token. This is enough for a person who requests
 * lists with a few filters after each event.
 */
export const campaignCallsPerViewer = 30;
/**
 * Share of the campaign calls of all unproven viewers that one address may cause, and maximum share of a network of
 * addresses: without it, one stranger could take the personal lists of all others.
 */
export const shareOfAddress = { address: 1 / 4, network: 1 / 2 };
/** Maximum number of viewers and addresses whose events a process counts. */
export const countedNames = 20_000;
/** Number of viewers whose requests a process counts, and number of the busiest ones that it adds to DynamoDB. */
export const countedViewers = 5000;
export const notedViewers = 25;
/** Maximum age of an event in seconds: an event describes what a viewer does now. */
export const oldestEvent = 24 * 3600;
/** Maximum length of an ID in bytes. Personalize accepts 256 characters (API reference, PutEvents). */
export const idBytes = 256;
