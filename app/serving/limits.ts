const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * How long things may take, and how long they hold; milliseconds. A request that finds nothing in memory and meets a
 * table and a campaign that both hang is answered after `table` + `campaign`: half a second.
 */
export const limits = {
    /** Two items by their keys take single-digit milliseconds; the first one of a process makes a connection, some 50 more. */
    table: 150,
    /** A campaign's p99 is some tens of milliseconds; whoever waits longer is served better by a list from before. */
    campaign: 350,
    /** Nobody waits for these. A frozen process finds its clocks run down when it is thawed, so they are generous. */
    background: 10 * second,
    /** An event is worth more patience than a list: it cannot be asked for again. */
    events: second,
    /**
     * Work that nobody waits for gets this much of a request's end. Lambda freezes the process after the answer: what is
     * not done by then goes on in the next invocation, and a write whose bytes are on the wire is done by the table meanwhile.
     */
    grace: 4,

    /** A process answers so long from memory without a look into the table: another one may have taken an event. */
    trusted: 30 * second,
    /** Only events, a new version and the service's own update (two hours, user-personalization) change a list. */
    fresh: hour,
    /** A list that is no longer fresh is answered at once so long, while a new one is asked for. */
    revalidated: 6 * hour,
    /** While there is no campaign, a list from before is better than none so long. The table forgets it then, too. */
    stale: 7 * 24 * hour,
    /** The service needs a second or two to learn of an event: lists that are made so soon after one … */
    settling: 3 * second,
    /** … hold only so long. */
    unsettled: second / 2,
    /** The table forgets a viewer's newest films after this. */
    recent: 30 * 24 * hour,
    /** The table forgets after this who asked in an hour. */
    asked: 2 * 24 * hour,

    /** A process looks so often at what the table says of the campaign … */
    campaignRead: 10 * second,
    /** … and so often while it is away. One request looks, the others do not wait. */
    awayRead: 5 * second,
    /** Whoever finds it older than this asks the service. */
    campaignChecked: minute,
    awayChecked: 5 * second,
    /** The cost guard says that it parks somewhat before the campaign is seen to leave. */
    parking: 10 * minute,
    /** A revision so far ahead of the clock is none of ours. */
    revisionAhead: minute,

    /** How often a process adds its busiest viewers to the table. */
    trafficNoted: minute,

    /** After so many failures in a row the campaign, or the table, is left alone … */
    failuresInRow: 5,
    /** … for so long; then one request tries. */
    resting: 2 * second,
};

export type Limits = typeof limits;

/** Bytes of lists that a process keeps: some 40,000 viewers. */
export const memoryBytes = 48 * 1024 * 1024;
/**
 * How the function's process is to be run (`NODE_OPTIONS`): V8 fits its heap to the machine, and lets garbage pile up that the
 * function's memory has no room for. With these, a million viewers leave the process below 256 MiB (`bench:api`).
 */
export const nodeOptions = ["--max-old-space-size=256", "--max-semi-space-size=4"];
/** Lists that a process keeps of one viewer, by filter, values and context. */
export const listsOfViewer = 4;
/** A campaign is always asked for so many films, and the answer cut: one list serves every numResults. */
export const listLength = 100;
/** Newest films of a viewer that are remembered. */
export const recentLength = 20;
/** Viewers that a process counts, and how many of them, the busiest, it adds to the table. */
export const countedViewers = 5000;
export const notedViewers = 25;
