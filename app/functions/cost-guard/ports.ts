import type { Gauges } from "../../../cost/decide.ts";
import type { SentNotification } from "../../../cost/notifications.ts";
import type { ObservedCampaign, ObservedParking, ObservedSolution } from "../../../cost/observations.ts";
import type { RequestWindows } from "../../../cost/spend.ts";

/** The world as the cost guard meets it. Each call may fail; moments are milliseconds since 1970. */
export interface GuardPorts {
    now(): number;
    /** One line of JSON. */
    log(line: Readonly<Record<string, unknown>>): void;

    /** The stack's campaign; undefined where there is none. */
    campaign(): Promise<ObservedCampaign | undefined>;
    /** Whether the campaign carries the tag `keep`. */
    kept(): Promise<boolean>;
    /** Requests of the campaign by windows of five minutes, from that moment on. */
    requests(since: number): Promise<RequestWindows>;
    /** The same of the campaign that orders given films; undefined where the stack's config has none. */
    readonly ranking: Pick<GuardPorts, "campaign" | "requests"> | undefined;
    parked(): Promise<ObservedParking | undefined>;
    /** The solutions that carry the stack's tags. */
    solutions(): Promise<readonly ObservedSolution[]>;

    /** What the last run noted, and under which name; text is undefined before the first. `version` grows by 1 a note. */
    readState(): Promise<{ readonly text: string | undefined; readonly version: number; readonly name: string }>;
    /** Answers the version that this note has. */
    writeState(text: string): Promise<number>;

    /** Asks the campaign once, as nobody's user. */
    probe(): Promise<void>;
    /** Notes the campaign as parked and asks for its deletion, and the ranking campaign's. Done before: asks no second time. */
    park(reason: string): Promise<void>;
    deleteSolution(name: string): Promise<void>;
    /** Shows it to the viewers of the page, as long as there is no campaign; does nothing where there is no page. */
    show(notification: SentNotification): Promise<void>;
    notify(notification: SentNotification): Promise<void>;
    publish(gauges: Gauges): Promise<void>;
}
