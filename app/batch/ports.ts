import type { StackConfig } from "../../core/config/config.ts";
import type { ListedVersion, Metrics } from "../../core/operations/solution-versions.ts";
import type { KeptList, ServedLists } from "../serving/ports.ts";
import type { TextLine } from "./output.ts";
import type { BatchState, Making } from "./state.ts";

/** The interactions that the newest `pulumi up` imported. */
export interface Interactions {
    readonly users: Int32Array;
    readonly timestamps: Uint32Array;
    readonly userIds: readonly string[];
    readonly userCount: number;
    /** Calculates the metrics of recommending the most popular items, with Personalize's names of metrics as keys. */
    popularity(): Metrics;
}

/** A viewer in the API's table. */
export interface ViewerWithEvents {
    readonly userId: string;
    /** Whether all events of the viewer were sent with the viewer's token or the API key. */
    readonly proven: boolean;
    /** Time of the newest event in epoch milliseconds. */
    readonly at: number;
}

/** A batch inference job. */
interface Job {
    readonly status: string;
    readonly failureReason?: string;
}

/** The batch function's calls to AWS. Each call may fail. Times are epoch milliseconds. */
export interface BatchPorts {
    now(): number;
    /** Returns the milliseconds until Lambda ends the run. */
    timeLeft(): number;
    log(line: Readonly<Record<string, unknown>>): void;

    /**
     * Takes the lease and returns the state; undefined while another run has the lease. A run that died keeps the lease
     * until `leaseMs` milliseconds have passed.
     */
    begin(leaseMs: number): Promise<BatchState | undefined>;
    /** Stores the state. @throws Error if another run has taken the lease */
    save(state: BatchState): Promise<void>;
    /** Returns the lease. */
    end(): Promise<void>;

    /**
     * Returns the version at which an operator holds the stack (the state flag `hold`); undefined if the stack follows
     * the newest version.
     */
    heldVersion(): Promise<string | undefined>;
    /** Returns the versions of the solution, oldest first. */
    versions(): Promise<readonly ListedVersion[]>;
    metrics(solutionVersionArn: string): Promise<Metrics | null>;
    interactions(): Promise<Interactions>;
    /**
     * Returns a function that checks whether a version's data contains a viewer; undefined if the fallback tables of
     * the version do not list viewers, or do not exist.
     */
    viewersOf(solutionVersionArn: string): Promise<((userId: string) => boolean) | undefined>;
    /** Returns the viewers with an event after the time `since`. */
    viewersWithEvents(since: number): Promise<readonly ViewerWithEvents[]>;
    /** Returns the month's spend as the cost guard counts it; undefined before the cost guard's first run. */
    spend(): Promise<{ readonly month: string; readonly usd: number } | undefined>;

    writeUsers(jobName: string, userIds: readonly string[]): Promise<void>;
    readUsers(jobName: string): Promise<readonly string[]>;
    /** Starts the job. Does nothing if this stack has started it. */
    createJob(making: Making): Promise<void>;
    describeJob(jobName: string): Promise<Job>;
    /** Returns the lines of the job's output from a position in bytes; none if the output is missing. */
    output(jobName: string, from: number): AsyncIterable<TextLine>;

    /** Stores lists that expire at the time `expiresAt`. Repeats writes that DynamoDB throttles. */
    putLists(lists: readonly { readonly userId: string; readonly list: KeptList }[], expiresAt: number): Promise<void>;
    /** Copies a viewer's list from one generation to another. Returns false if the viewer has no list to copy. */
    copyList(userId: string, from: number, to: number): Promise<boolean>;
    /** Makes the lists of these viewers in a generation expire at the time `at`. */
    expireLists(userIds: readonly string[], generation: number, at: number): Promise<void>;
    /** Returns what the API serves; undefined before the first generation. */
    served(): Promise<ServedLists | undefined>;
    /** Makes the API serve a generation: lists, fallback tables and catalog switch in this one write. */
    serve(lists: ServedLists): Promise<void>;
    /** Sends a notification. Receivers ignore a second notification with the same ID. */
    notify(id: string, text: string): Promise<void>;
}

/** Returns the values of the stack's configuration that the function for batch inference needs. */
export const pickBatchValues = ({ project, stack, recipe, gate, serving }: StackConfig) => ({
    ...{ project, stack, recipe, gate },
    everyDays: serving.everyDays,
    activeDays: serving.activeDays,
});

/** Settings of the function. */
export interface BatchSettings extends ReturnType<typeof pickBatchValues> {
    /** Version of the newest `pulumi up`. */
    readonly solutionVersionArn: string;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    /** Prefix of the names of the batch inference jobs. */
    readonly jobNamePrefix: string;
}

/** A run of the function. */
export interface Run {
    readonly ports: BatchPorts;
    readonly settings: BatchSettings;
}
