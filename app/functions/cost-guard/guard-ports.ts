import type { Gauges } from "../../../core/cost/decide.ts";
import type { GuardState } from "../../../core/cost/guard-state.ts";
import type { SentNotification } from "../../../core/cost/notifications.ts";
import type { ObservedCampaign, ObservedParking, ObservedSolution } from "../../../core/cost/observations.ts";
import type { JobsSpend, UsageWindows } from "../../../core/cost/serving-spend.ts";
import type { RequestWindows } from "../../../core/cost/spend.ts";
import type { MonthSpend, ShownNotification } from "../../serving/ports.ts";

/** The cost guard's calls to AWS and other services. Each call may fail. Moments are milliseconds since 1970. */
export interface GuardPorts {
    now(): number;
    /** Logs one line of JSON. */
    log(line: Readonly<Record<string, unknown>>): void;

    /** Returns the stack's campaign; undefined if it does not exist. */
    campaign(): Promise<ObservedCampaign | undefined>;
    /** Returns whether the campaign has the tag `keep`. */
    kept(): Promise<boolean>;
    /** Returns the number of requests to the campaign in windows of five minutes, from the time `since`. */
    requests(since: number): Promise<RequestWindows>;
    /** Returns whether an address other than the stack's own queue has confirmed the notifications. */
    isAddressConfirmed(): Promise<boolean>;
    /**
     * Returns the number of requests from the stack's own prefetch function in windows of five minutes, from the time
     * `since`.
     */
    prefetched(since: number): Promise<RequestWindows>;
    /** The calls about the API and the page; undefined if the stack has none. */
    readonly serving?:
        | {
              /**
               * Returns the usage of the API and the page in windows of five minutes, from the time `since`, and the
               * names of metrics without complete data.
               */
              usage(since: number): Promise<{ readonly windows: UsageWindows; readonly missing: readonly string[] }>;
              /** Returns the spend of batch inference jobs; undefined for a stack without them. */
              jobs(): Promise<JobsSpend | undefined>;
              /** Returns whether the API and the page are closed, by the stage's throttles and the distribution. */
              isClosed(): Promise<boolean>;
              /**
               * Writes the `closed` flag, and closes the API and the page, even if the flag cannot be written. Closes them
               * again if they are closed already.
               */
              close(reason: string): Promise<void>;
          }
        | undefined;
    parked(): Promise<ObservedParking | undefined>;
    /** Returns the solutions that have the tags of this stack. */
    solutions(): Promise<readonly ObservedSolution[]>;

    /**
     * Returns the stored state, its version, and the name of the SSM parameter that stores the state. `text` is
     * undefined before the first run. `version` grows by 1 with each write.
     */
    readState(): Promise<{ readonly text: string | undefined; readonly version: number; readonly name: string }>;
    /** Writes the state, and returns the new version number of the state's parameter. */
    writeState(text: string): Promise<number>;

    /** Sends one request to the campaign, for a user who does not exist. */
    probe(): Promise<void>;
    /**
     * Marks the campaign as parked, and requests its deletion, to save its cost. Does nothing if the campaign is parked
     * already.
     */
    park(parking: NonNullable<GuardState["parking"]>): Promise<void>;
    deleteSolution(name: string): Promise<void>;
    /** Shows the notification on the page while the stack has no campaign. Does nothing without an API. */
    show(notification: ShownNotification): Promise<void>;
    /** Stores the month's spend for the page to show; does nothing without an API. */
    showSpend(spend: MonthSpend): Promise<void>;
    notify(notification: SentNotification): Promise<void>;
    publish(gauges: Gauges): Promise<void>;
}

/** The failed steps of a run of the cost guard. */
export interface Failures {
    readonly all: readonly Error[];
    error(): AggregateError;
    /** Runs one step. If it fails, logs and collects the error, and returns undefined. */
    of<T>(part: string, work: () => Promise<T>): Promise<T | undefined>;
}

/** Creates the collector of the failed steps of a run. */
export function collector(ports: Pick<GuardPorts, "log">): Failures {
    const all: Error[] = [];
    return {
        all,
        error: () => new AggregateError(all, all.map(({ message }) => message).join("\n")),
        async of(part, work) {
            try {
                return await work();
            } catch (cause) {
                const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
                const failure = new Error(`could not ${part}: ${message}`, { cause });
                all.push(failure);
                ports.log({ failed: part, error: message });
                return undefined;
            }
        },
    };
}
