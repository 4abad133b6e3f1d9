const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Timeouts and validity periods in milliseconds. Memory may have no list, and table and campaign may both hang. Then a
 * request is answered after `table` + `campaign`: half a second.
 */
export const limits = {
    /**
     * Reading two items by key takes single-digit milliseconds; the first read of a process opens a connection, about
     * 50 more.
     */
    table: 150,
    /** A campaign's p99 is some tens of milliseconds; a viewer who would wait longer gets an older list instead. */
    campaign: 350,
    /** Generous, because no request waits for this work, and timers expire while the process is frozen. */
    background: 10 * second,
    /** Longer than for a list, because an event cannot be requested again. */
    events: second,
    /**
     * Time at the end of a request for background work. Lambda freezes the process after the answer, and the next
     * invocation continues the work. A write that was already sent completes in the table meanwhile.
     */
    grace: 4,

    /**
     * How long a process answers from memory without reading the table, where another process may have stored an event.
     */
    trusted: 30 * second,
    /** A list changes only by events, a new version and Personalize's own update (two hours, user-personalization). */
    fresh: hour,
    /** How long a list that is no longer fresh is answered at once, while a new one is requested. */
    revalidated: 6 * hour,
    /** How long an older list is better than none without a campaign; then its item in the table expires. */
    stale: 7 * 24 * hour,
    /** Personalize needs a second or two to learn from an event: lists requested this soon after one … */
    settling: 3 * second,
    /** … are valid only this long. */
    unsettled: second / 2,
    /** A viewer's newest films expire in the table after this time. */
    recent: 30 * 24 * hour,
    /** The viewers of an hour expire in the table after this time. */
    asked: 2 * 24 * hour,

    /** Interval at which a process reads the campaign's status from the table … */
    campaignRead: 10 * second,
    /** … and interval while the campaign is away. One request reads, the others do not wait. */
    awayRead: 5 * second,
    /** A process that finds an older status asks Personalize. */
    campaignChecked: minute,
    awayChecked: 5 * second,
    /** Loading the tables of a version: some megabytes. */
    tables: 5 * second,
    /** A process begins with three reads, and Lambda gives it ten seconds for all, before the first request … */
    starting: 8 * second,
    /** … for the status in the table, and for the campaign's own: connections are opened, and the processor is shared. */
    firstRead: 3 * second,
    /** A request that finds them unfinished waits this long. */
    unstarted: second,
    /** A request that finds no tables waits this long for each of two attempts; Lambda gives it ten seconds. */
    withoutTables: 3.5 * second,
    /** Interval at which a process compares its tables with the stored ones, or tries again to load them. */
    tablesCompared: 5 * minute,
    /** The cost guard's notification arrives some time before the campaign disappears. */
    parking: 10 * minute,
    /** A revision further ahead of the clock is invalid. */
    revisionAhead: minute,

    /** Interval at which a process adds its busiest viewers to the table. */
    trafficNoted: minute,

    /** After this number of consecutive failures, calls of the campaign or table are paused … */
    failuresInRow: 5,
    /** … for this time; then one request tries again. */
    resting: 2 * second,
};

export type Limits = typeof limits;

/** Bytes of lists in a process's memory: about 40,000 viewers. */
export const memoryBytes = 48 * 1024 * 1024;
/**
 * Options of the function's process (`NODE_OPTIONS`). By default V8 sizes its heap for the machine and collects too
 * late for the function's memory. With these options a million viewers leave the process below 256 MiB (`bench:api`).
 */
export const nodeOptions = ["--max-old-space-size=256", "--max-semi-space-size=4"];
/** Number of lists per viewer in memory, by filter, values and context. */
export const listsOfViewer = 4;
/** Number of films in a list; the answer is cut, so one list serves every numResults. */
export const listLength = 100;
/** Number of newest films per viewer. */
export const recentLength = 20;
/** Number of films in each campaign call: those of a list, and as many as the API may leave out. */
export const askedLength = listLength + recentLength;
/** Events a minute: a person who watches sends a few; an address can be a whole office. */
export const eventsPerViewer = 60;
export const eventsPerAddress = 300;
/** Campaign calls a minute for a proven viewer: one after each event of a person who watches, with a few filters. */
export const campaignCallsPerViewer = 30;
/** An address of CloudFront counts as this number of addresses. */
export const viewersPerEdge = 10;
/** Number of viewers and addresses whose events a process counts. */
export const countedNames = 20_000;
/** Number of viewers that a process counts, and of the busiest ones that it adds to the table. */
export const countedViewers = 5000;
export const notedViewers = 25;
