import type { StackConfig } from "../../config/config.ts";
import type { ListedVersion, Metrics } from "../../personalize/operations/solution-versions.ts";
import type { KeptList, ServedLists } from "../serving/ports.ts";
import type { TextLine } from "./output.ts";
import type { BatchState, Making } from "./state.ts";

/** The interactions of the newest `pulumi up`. */
export interface Interactions {
    readonly users: Int32Array;
    readonly timestamps: Uint32Array;
    readonly userIds: readonly string[];
    readonly userCount: number;
    /** Calculates the metrics of the most popular items, by the service's keys. */
    popularity(): Metrics;
}

/** A viewer in the API's table. */
export interface ViewerWithEvents {
    readonly userId: string;
    /** Whether a token or the API key proves all events of the viewer. */
    readonly proven: boolean;
    /** Time of the newest event in epoch milliseconds. */
    readonly at: number;
}

/** A batch inference job. */
interface Job {
    readonly status: string;
    readonly failureReason?: string;
}

/** Calls of the function to AWS. Each call may fail. Times are epoch milliseconds. */
export interface BatchPorts {
    now(): number;
    /** Returns the milliseconds until Lambda ends the run. */
    timeLeft(): number;
    log(line: Readonly<Record<string, unknown>>): void;

    /**
     * Takes the lease and returns the state; undefined while another run has the lease. A run that died keeps the lease until
     * `leaseMs` milliseconds have passed.
     */
    begin(leaseMs: number): Promise<BatchState | undefined>;
    /** Stores the state. @throws Error if another run has taken the lease */
    save(state: BatchState): Promise<void>;
    /** Returns the lease. */
    end(): Promise<void>;

    /** Returns the version that an operator holds; undefined without a hold. */
    heldVersion(): Promise<string | undefined>;
    /** Returns the versions of the solution, oldest first. */
    versions(): Promise<readonly ListedVersion[]>;
    metrics(solutionVersionArn: string): Promise<Metrics | null>;
    interactions(): Promise<Interactions>;
    /**
     * Returns a check for the viewers in a version's data; undefined if the data's tables do not list viewers, or do not exist.
     */
    viewersOf(solutionVersionArn: string): Promise<((userId: string) => boolean) | undefined>;
    /** Returns the viewers with an event since this moment. */
    viewersWithEvents(since: number): Promise<readonly ViewerWithEvents[]>;
    /** Returns the month's spend as the cost guard counts it; undefined before its first run. */
    spend(): Promise<{ readonly month: string; readonly usd: number } | undefined>;

    writeUsers(jobName: string, userIds: readonly string[]): Promise<void>;
    readUsers(jobName: string): Promise<readonly string[]>;
    /** Starts the job. Does nothing if this stack has started it. */
    createJob(making: Making): Promise<void>;
    describeJob(jobName: string): Promise<Job>;
    /** Returns the lines of the job's output from a position in bytes; none if the output is missing. */
    output(jobName: string, from: number): AsyncIterable<TextLine>;

    /** Stores lists that expire at this moment, and retries those that DynamoDB throttles. */
    putLists(lists: readonly { readonly userId: string; readonly list: KeptList }[], expiresAt: number): Promise<void>;
    /** Copies a viewer's list to another generation. Returns whether it exists. */
    copyList(userId: string, from: number, to: number): Promise<boolean>;
    /** Lets viewers' lists of a generation expire at this moment. */
    expireLists(userIds: readonly string[], generation: number, at: number): Promise<void>;
    /** Returns what the API serves; undefined before the first generation. */
    served(): Promise<ServedLists | undefined>;
    /** Makes the API serve a generation: lists, fallback tables and catalogue switch in this one write. */
    serve(lists: ServedLists): Promise<void>;
    /** Sends a notification. Readers ignore a second one with an equal ID. */
    notify(id: string, text: string): Promise<void>;
}

/** Returns the values of the stack's configuration that the function for batch inference needs. */
export const batchValuesOf = ({ project, stack, recipe, gate, serving }: StackConfig) => ({
    ...{ project, stack, recipe, gate },
    everyDays: serving.everyDays,
    activeDays: serving.activeDays,
});

/** Settings of the function. */
export interface BatchSettings extends ReturnType<typeof batchValuesOf> {
    /** Version of the newest `pulumi up`. */
    readonly solutionVersionArn: string;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    /** Start of the jobs' names. */
    readonly jobNamePrefix: string;
}
