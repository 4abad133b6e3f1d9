import { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { Advice } from "./advice.ts";

/** Region and tags of resources. */
export interface Defaults {
    /** Region of a new resource. A deployed resource keeps its region. */
    readonly region?: string;
    /** Tags of the resource in addition to its own `tags`, which have priority. */
    readonly tags?: Readonly<Record<string, string>>;
}

/** Inputs of every resource, besides its own properties. */
export interface CommonInputs {
    /**
     * Region of the resource. Default: the region of a deployed resource; else that of `defaults`, of the program's AWS
     * provider, or of the environment.
     */
    readonly region: string;
    /** Tags of the resource. Tags that were added outside the program are kept. */
    readonly tags: Readonly<Record<string, string>>;
    /** Region and tags that several resources share. A change never replaces a resource. */
    readonly defaults?: Defaults;
    /**
     * Text that identifies the stack, for the tag `pulumi-personalize:owner`. An existing resource of the wanted name
     * is used only if it has this owner. Default in TypeScript: the ID of the program's `Owner`.
     */
    readonly owner?: string;
    /** Seconds between two polls while waiting. Default: 15. */
    readonly pollSeconds: number;
    /**
     * Deadline of the wait for a creation or an update, in minutes; the work in AWS continues, and the next `pulumi up`
     * resumes the wait. Default in TypeScript: the option `customTimeouts`.
     */
    readonly deadlineMinutes: number;
    /** Deadline of the wait for a deletion, in minutes. Default: 60; in TypeScript the option `customTimeouts`. */
    readonly deleteDeadlineMinutes?: number;
    /**
     * Seconds for which a deletion waits for resources that use this one and are not being deleted, before it fails.
     * Default: 20 times `pollSeconds`, and at least 5.
     */
    readonly inUseSeconds?: number;
    /** ARN of an existing resource that the program uses regardless of its tags, for example one from the console. */
    readonly adopt?: string;
}

/** A resource as Personalize describes it. */
export interface Description {
    /** Personalize's status, for example `CREATE IN_PROGRESS`. */
    readonly status: string;
    readonly failureReason?: string | undefined;
    /**
     * Time at which Personalize last changed the status of the resource. An update in place does not change this time:
     * see `update`.
     */
    readonly since?: Date | undefined;
    /** Properties under the names of the inputs and outputs. All values must be valid in JSON. */
    readonly properties: Readonly<Record<string, unknown>>;
    /** The newest update in place, if Personalize reports one. */
    readonly update?:
        | {
              readonly status: string;
              readonly failureReason?: string | undefined;
              /** Time at which Personalize last changed the status of the update. */
              readonly since?: Date | undefined;
              /**
               * Properties that the update sets. Present for kinds that Personalize itself may also update, so that
               * `pulumi refresh` records these values while the update runs.
               */
              readonly properties?: Readonly<Record<string, unknown>>;
          }
        | undefined;
}

/** An invalid input, found before anything is created. */
export interface Problem {
    readonly property: string;
    readonly reason: string;
}

/** The properties and calls of one kind of Personalize resource. `lifecycle` creates Pulumi's handlers from them. */
export interface ResourceKind<I extends CommonInputs> {
    /** Name for messages: `dataset group`. */
    readonly noun: string;
    /** Default of `deadlineMinutes`: several times the usual duration, in minutes. */
    readonly deadlineMinutes: number;
    /** How long creation usually takes, for the progress line; durations observed in real accounts. */
    readonly usual: string;
    /** Inputs that Personalize cannot update: a change creates a new resource. */
    readonly replaces: readonly (keyof I & string)[];
    /** Inputs that Personalize updates in place. */
    readonly updates: readonly (keyof I & string)[];
    /** Returns those of `updates` that Personalize cannot update for a resource with these inputs. */
    fixed?(inputs: I): readonly (keyof I & string)[];
    /**
     * Inputs that determine the ARN. While they are unchanged, the program must delete the old resource before it
     * creates the new one. If one changes, both resources can exist. Empty for jobs and versions, because each has its
     * own name.
     */
    readonly identity: readonly (keyof I & string)[];
    /**
     * Functions that return one spelling for all values of an input that mean the same to Personalize. Personalize may
     * return another case, other spaces, another order, or more defaults than it received, and that is not a change.
     */
    readonly spellings?: { readonly [K in keyof I & string]?: (value: NonNullable<I[K]>) => unknown };
    /** Inputs that are only recorded in the state. `diff` ignores changes of them. */
    readonly noted?: readonly (keyof I & string)[];
    /** Whether the resource can have tags. The program recognizes its own resources by their tags. */
    readonly taggable: boolean;
    displayName(inputs: I): string;
    /** Returns defaults for omitted inputs, which may depend on the other inputs. */
    defaults?(inputs: Partial<I>): Readonly<Record<string, unknown>>;
    problems(inputs: I): readonly Problem[];
    /**
     * Returns the values of inputs that follow from the recorded inputs: of inputs that are only recorded in the state
     * (`noted`), and of names that a deployed resource keeps. `now` is the time of the run.
     */
    notes?(olds: Partial<I>, news: I, now: Date): Readonly<Record<string, unknown>>;
    /** Returns tags that record the data from which the resource is created, in addition to the stack's tags. */
    contentTags?(inputs: I): Readonly<Record<string, string>>;
    /** Returns the ARN of an existing resource that these inputs could use, or would conflict with. */
    find(client: PersonalizeClient, inputs: I): Promise<string | undefined>;
    /** Sends one create call and returns the ARN. `inputs.tags` are all tags of the resource. */
    create(client: PersonalizeClient, inputs: I): Promise<string>;
    describe(client: PersonalizeClient, arn: string): Promise<Description>;
    /** Checks whether Personalize still returns the resource although its parent resource is deleted. */
    isOutlived?(client: PersonalizeClient, arn: string): Promise<boolean>;
    /** Returns why a failed creation may succeed if it is repeated once; undefined if it would fail again. */
    worthRepeating?(client: PersonalizeClient, arn: string, inputs: I): Promise<string | undefined>;
    /**
     * Returns the command that finds the cause of a failed creation. Without `arn`, the service refused the creation.
     */
    diagnosis?(inputs: I, arn: string | undefined, advice: Advice): string;
    update?(client: PersonalizeClient, arn: string, inputs: I): Promise<void>;
    /** Yields the resources that use a resource and must be deleted before it, with their kinds. */
    dependents?(client: PersonalizeClient, arn: string): AsyncIterable<readonly [Removable, string]>;
    /** Checks whether a deletion would lose imported data or a trained version. Absent if it never does. */
    holdsData?(client: PersonalizeClient, arn: string): Promise<boolean>;
    /**
     * Whether resources of other owners may use a resource without the stack's knowledge. Then a deletion leaves the
     * resource in AWS.
     */
    readonly isShared?: boolean;
    /** Whether Personalize itself created the resource, so that no state contains it. */
    readonly isOfService?: boolean;
    /** Stops running, billed work. Absent if Personalize cannot stop it. */
    stop?(client: PersonalizeClient, arn: string): Promise<unknown>;
    /** Deletes the resource. Absent if Personalize has no operation that deletes it. */
    delete?(client: PersonalizeClient, arn: string): Promise<unknown>;
}

/** The members of a resource kind that a deletion needs. */
export type Removable = Pick<
    ResourceKind<CommonInputs>,
    "noun" | "describe" | "dependents" | "isShared" | "isOfService" | "stop" | "delete"
>;

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/;

/** Returns the problem of an input; none if `isValid`. */
export const problemUnless = (isValid: boolean, property: string, reason: string): readonly Problem[] =>
    isValid ? [] : [{ property, reason }];

/** Checks the input `name` by the service's rule: 1 to 63 letters, digits, `-` and `_`. */
export const nameProblems = (name: string) =>
    problemUnless(
        isUnknown(name) || (namePattern.test(name) && name.length <= 63),
        "name",
        `"${name}" is not a valid Personalize name: 1 to 63 letters, digits, - and _`,
    );

/** Checks a whole number of at least 1. `words` are the words of the problem before the number. */
export const countProblems = (property: string, words: string, count: number) =>
    problemUnless(
        isUnknown(count) || (Number.isInteger(count) && count >= 1),
        property,
        `${words} ${count}; it must be a whole number of at least 1`,
    );

/** Checks whether a value is unknown at preview. */
export const isUnknown = (value: unknown): boolean => value === unknownValue;

/** Pulumi's placeholder for a value that is unknown at preview (`pulumi.runtime.unknownValue`). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Removes values that JSON cannot express, so that Pulumi's state can store the rest. Dates become ISO 8601. */
export function jsonClean<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}

type ListItem<List> = List extends readonly (infer Item)[] ? Item : never;

/** Returns the first matching item of the pages' list `key`. Does not request further pages. */
export async function firstMatch<P, K extends keyof P>(
    pages: AsyncIterable<P>,
    key: K,
    matches: (item: ListItem<P[K]>) => boolean,
): Promise<ListItem<P[K]> | undefined> {
    for await (const page of pages) {
        const item = (page[key] as readonly ListItem<P[K]>[] | undefined)?.find(matches);
        if (item !== undefined) return item;
    }
    return undefined;
}

/** Returns the first item with this name of the pages' list `key`. */
export const firstNamed = <K extends string, I extends { readonly name?: string | undefined }>(
    pages: AsyncIterable<{ readonly [key in K]?: readonly I[] | undefined }>,
    key: K,
    name: string,
): Promise<I | undefined> => firstMatch(pages, key, (item) => item.name === name);

/** Returns the status of a resource, or of its newest update, as Personalize describes it. */
export const standing = (
    described:
        | {
              readonly status?: string | undefined;
              readonly failureReason?: string | undefined;
              readonly lastUpdatedDateTime?: Date | undefined;
          }
        | undefined,
) => ({
    status: described?.status ?? "",
    failureReason: described?.failureReason,
    since: described?.lastUpdatedDateTime,
});

/** Returns the client for a region. `once` disables retries, for calls that must not be repeated before a check. */
export type ClientOf = (region: string, tries?: "once") => PersonalizeClient;

/**
 * Creates one client per region and retry mode, at its first use. A call without an answer fails after `requestTimeout`
 * milliseconds with a TimeoutError, because otherwise the SDK, and therefore `pulumi up`, would wait forever.
 */
export function personalizeClients(requestTimeout = 60_000): ClientOf {
    const requestHandler = { connectionTimeout: 10_000, requestTimeout, throwOnRequestTimeout: true };
    const clients = new Map<string, PersonalizeClient>();
    return (region, tries) => {
        const key = `${region} ${tries}`;
        const maxAttempts = tries === "once" ? 1 : 8;
        const client = clients.get(key) ?? new PersonalizeClient({ region, maxAttempts, requestHandler });
        clients.set(key, client);
        return client;
    };
}

/** Returns the ARN in the response to a create call. Throws if the ARN is missing. */
export function requireArn(arn: string | undefined): string {
    if (arn === undefined) throw new Error("Personalize's response contains no ARN");
    return arn;
}
