import type { Gauges } from "../../../cost/decide.ts";
import type { SentNotification } from "../../../cost/notifications.ts";
import type { ObservedCampaign, ObservedParking, ObservedSolution } from "../../../cost/observations.ts";
import type { UsageWindows } from "../../../cost/serving-spend.ts";
import type { RequestWindows } from "../../../cost/spend.ts";
import type { MonthSpend } from "../../serving/ports.ts";

/** The guard's ports to the outside. Each call may fail; moments are milliseconds since 1970. */
export interface GuardPorts {
    now(): number;
    /** One line of JSON. */
    log(line: Readonly<Record<string, unknown>>): void;

    /** The stack's campaign; undefined if there is none. */
    campaign(): Promise<ObservedCampaign | undefined>;
    /** Whether the campaign has the tag `keep`. */
    kept(): Promise<boolean>;
    /** Requests of the campaign by windows of five minutes, from this moment. */
    requests(since: number): Promise<RequestWindows>;
    /** Requests of the stack's own prefetch, by windows of five minutes, from this moment. */
    prefetched(since: number): Promise<RequestWindows>;
    /** Ports of the ranking campaign; undefined if the stack has none. */
    readonly ranking: Pick<GuardPorts, "campaign" | "requests"> | undefined;
    /** Ports of API and page; undefined if the stack has none. */
    readonly serving?:
        | {
              /** Use by windows of five minutes, from this moment, and what is missing in it. */
              usage(since: number): Promise<{ readonly windows: UsageWindows; readonly missing: readonly string[] }>;
              /** Whether the closed flag exists. */
              isClosed(): Promise<boolean>;
              /** Writes the closed flag and closes API and page; does nothing if already done. */
              close(reason: string): Promise<void>;
          }
        | undefined;
    parked(): Promise<ObservedParking | undefined>;
    /** The solutions with the stack's tags. */
    solutions(): Promise<readonly ObservedSolution[]>;
    /** Statements in the policies of functions and topic that allow more than this account's services, by name. */
    foreignStatements(): Promise<readonly string[]>;

    /**
     * The stored state and its parameter's name; text is undefined before the first run. `version` grows by 1 with each
     * write.
     */
    readState(): Promise<{ readonly text: string | undefined; readonly version: number; readonly name: string }>;
    /** Returns the version of this write. */
    writeState(text: string): Promise<number>;

    /** Sends one request to the campaign, for a user who does not exist. */
    probe(): Promise<void>;
    /** Writes the parked flag and requests the deletion of all campaigns; does nothing if already done. */
    park(reason: string): Promise<void>;
    deleteSolution(name: string): Promise<void>;
    /** Shows it on the page while there is no campaign; does nothing without an API. */
    show(notification: SentNotification): Promise<void>;
    /** Shows the month's spend on the page; does nothing without an API. */
    showSpend(spend: MonthSpend): Promise<void>;
    notify(notification: SentNotification): Promise<void>;
    publish(gauges: Gauges): Promise<void>;
}
