import type { ServingConfig } from "./serving.ts";

/** Throttle of a method, or of every other method. */
export interface Throttle {
    /** End of the resource's name. */
    readonly ending: string;
    /** The method in the stage's settings, without a leading slash (Pulumi Registry, "MethodSettings"). */
    readonly methodPath: string;
    /** Requests per second. */
    readonly rate: number;
    /** Requests. */
    readonly burst: number;
}

type Rates = Pick<ServingConfig, "requestsPerSecond" | "burst" | "eventsPerSecond" | "eventsBurst">;

/** The throttles of a stage. A method's own throttle replaces the one of all methods. */
export const throttles = (serving: Rates): readonly Throttle[] => [
    { ending: "", methodPath: "*/*", rate: serving.requestsPerSecond, burst: serving.burst },
    { ending: "-events", methodPath: "events/POST", rate: serving.eventsPerSecond, burst: serving.eventsBurst },
];
