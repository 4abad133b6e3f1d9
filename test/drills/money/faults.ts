import { seededRandom } from "../../../bench/lib/random.ts";

/**
 * What a fault prevents the guard from doing: any run, parking, notifying (`say`), or reading requests, datapoints or
 * the campaign.
 */
export type Hindered = "runs" | "park" | "say" | "requests" | "datapoints" | "campaign";

/**
 * A period, in minutes of the month, in which a fault prevents an action of the guard. With `lag`, the fault only
 * delays the action by this number of minutes.
 */
interface Hindrance {
    readonly from: number;
    readonly to: number;
    readonly what: readonly Hindered[];
    readonly lag?: number;
}

type Met = "dies before" | "dies after" | "refused" | "answer lost" | undefined;

/** The faults that occur in a simulated month. */
export interface Disturbance {
    random(): number;
    /**
     * Returns the fault of a call of the `GuardPorts` method `port`; undefined for none. `call` is the number of the
     * call in the run.
     */
    call(minute: number, port: string, call: number): Met;
    /** Minutes until CloudWatch shows a request. */
    metricDelay(minute: number): number;
    /** Minutes by which the guard's clock is ahead. */
    skew(minute: number): number;
    /** How many times SNS delivers a notification. */
    deliveries(minute: number): number;
    /** How many parallel runs the schedule starts. */
    invocations(minute: number): number;
    readonly hindrances: readonly Hindrance[];
    /** Minutes by which the guard may act too early, because of its clock. */
    readonly early: number;
}

/** A month without faults. */
export const undisturbed: Disturbance = {
    random: () => 0,
    call: () => undefined,
    metricDelay: () => 3,
    skew: () => 0,
    deliveries: () => 1,
    invocations: () => 1,
    hindrances: [],
    early: 1,
};

/**
 * The random numbers and the minutes from which the times of a fault are chosen. `moments` are the minutes in which the
 * guard acts in a month without faults.
 */
interface Chance {
    readonly random: () => number;
    readonly moments: readonly number[];
}

interface Fault {
    readonly name: string;
    make(chance: Chance): Partial<Disturbance>;
}

const minutesOfMonth = 30 * 24 * 60;

/**
 * Returns two periods of this number of hours: one around a random moment at which the guard acts, and one at a random
 * time.
 */
function times({ random, moments }: Chance, hours: number) {
    const length = Math.round(hours * 60);
    const around = moments[Math.floor(random() * moments.length)] ?? minutesOfMonth / 2;
    const starts = [around - Math.floor(random() * length * 0.8), Math.floor(random() * (minutesOfMonth - length))];
    return starts.map((from) => ({ from, to: from + length }));
}

const within = (minute: number, spans: readonly { from: number; to: number }[]) =>
    spans.some(({ from, to }) => minute >= from && minute < to);

/**
 * Returns a fault that kills the function at the n-th call of the `GuardPorts` method `port`, once at each moment at
 * which the guard acts.
 */
function dies(name: string, port: string, time: "before" | "after" | "either", nth = 1): Fault {
    return {
        name,
        make({ random, moments }) {
            const left = new Set(moments);
            let met = 0;
            return {
                call(minute, called, call) {
                    if (call === 1) met = 0;
                    if (called !== port || !left.has(minute)) return undefined;
                    met += 1;
                    if (met !== nth) return undefined;
                    left.delete(minute);
                    return time === "either" ? (random() < 0.5 ? "dies before" : "dies after") : `dies ${time}`;
                },
            };
        },
    };
}

/** Returns a fault with which a service rejects the calls of the `GuardPorts` methods `ports` for some hours. */
function refuses(name: string, ports: readonly string[], hours: number, what: readonly Hindered[]): Fault {
    return {
        name,
        make(chance) {
            const spans = times(chance, hours);
            return {
                call: (minute, port) => (ports.includes(port) && within(minute, spans) ? "refused" : undefined),
                hindrances: spans.map((span) => ({ ...span, what })),
            };
        },
    };
}

/** The 20 kinds of faults. */
export const faults: readonly Fault[] = [
    dies("Lambda dies before it notes its intent", "writeState", "before"),
    dies("Lambda dies after it noted its intent", "writeState", "after"),
    dies("Lambda dies after the park", "park", "after"),
    dies("Lambda dies before a notification is sent", "notify", "before"),
    dies("Lambda dies after a notification was sent", "notify", "after"),
    dies("Lambda dies before it notes what was done", "writeState", "before", 2),
    dies("Lambda dies over its own request", "probe", "either"),
    {
        name: "Lambda dies in every attempt for an hour",
        make(chance) {
            const spans = times(chance, 1);
            return {
                call(minute, _, call) {
                    return within(minute, spans) && chance.random() < 0.1 * call ? "dies before" : undefined;
                },
                hindrances: spans.map((span) => ({ ...span, what: ["runs"] })),
            };
        },
    },
    refuses("DescribeCampaign is throttled for 3 hours", ["campaign"], 3, ["campaign"]),
    refuses("CloudWatch is throttled for 6 hours", ["requests", "publish"], 6, ["requests"]),
    refuses("SSM is throttled for 2 hours", ["readState", "writeState", "parked"], 2, ["runs"]),
    refuses("DeleteCampaign is throttled for 2 hours", ["park"], 2, ["park"]),
    refuses("SNS is throttled for 5 hours: messages are lost", ["notify"], 5, ["say"]),
    {
        name: "SNS takes messages and its answers are lost, for a day",
        make(chance) {
            const spans = times(chance, 24);
            return { call: (minute, port) => (port === "notify" && within(minute, spans) ? "answer lost" : undefined) };
        },
    },
    { name: "every message arrives twice", make: () => ({ deliveries: () => 2 }) },
    {
        name: "no run for 3 hours, and every twentieth is missed",
        make(chance) {
            const spans = times(chance, 3);
            const missed = new Map<number, boolean>();
            const hindrances: Hindrance[] = spans.map((span) => ({ ...span, what: ["runs"] }));
            return {
                invocations(minute) {
                    if (within(minute, spans)) return 0;
                    if (!missed.has(minute)) {
                        missed.set(minute, chance.random() < 0.05);
                        if (missed.get(minute)) hindrances.push({ from: minute, to: minute + 15, what: ["runs"] });
                    }
                    return missed.get(minute) ? 0 : 1;
                },
                hindrances,
            };
        },
    },
    { name: "every run is started twice, at once", make: () => ({ invocations: () => 2 }) },
    {
        name: "the clock is up to 10 minutes off, in each run anew",
        make({ random }) {
            const off = new Map<number, number>();
            return {
                early: 11,
                skew(minute) {
                    const by = off.get(minute) ?? Math.round(random() * 20) - 10;
                    off.set(minute, by);
                    return by;
                },
            };
        },
    },
    {
        name: "CloudWatch shows nothing for a day",
        make(chance) {
            const spans = times(chance, 24);
            return {
                metricDelay(minute) {
                    const span = spans.find(({ from, to }) => minute >= from && minute < to);
                    return span === undefined ? 3 : minute - span.from + 3;
                },
                hindrances: spans.map((span) => ({ ...span, what: ["requests", "datapoints"] })),
            };
        },
    },
    {
        name: "CloudWatch is 45 minutes late for a day",
        make(chance) {
            const spans = times(chance, 24);
            return {
                metricDelay: (minute) => (within(minute, spans) ? 45 : 3),
                hindrances: spans.map((span) => ({ ...span, what: ["requests"], lag: 45 })),
            };
        },
    },
];

/** Returns the times and places at which a fault occurs in a month. Equal seeds give equal results. */
export function disturb(fault: Fault, moments: readonly number[], seed: number): Disturbance {
    const random = seededRandom(seed);
    return { ...undisturbed, random, ...fault.make({ random, moments }) };
}
