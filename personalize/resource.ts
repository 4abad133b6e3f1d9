import type { PersonalizeClient } from "@aws-sdk/client-personalize";

/** What every resource is told besides its own properties. */
export interface CommonInputs {
    readonly region: string;
    readonly tags: Readonly<Record<string, string>>;
    /** Seconds between two looks while waiting. */
    readonly pollSeconds: number;
    /** Minutes until a wait is given up; the work in AWS goes on, and the next `pulumi up` resumes the wait. */
    readonly deadlineMinutes: number;
    /** ARN of what was made outside this program (in the console) and is to be gone on with, whoever's tags it has. */
    readonly adopt?: string;
}

/** What the service says of a resource. */
export interface Description {
    /** The service's own word, for example `CREATE IN_PROGRESS`. */
    readonly status: string;
    readonly failureReason?: string | undefined;
    /** When the service last changed it. */
    readonly since?: Date | undefined;
    /** Properties under the names of the inputs and outputs; JSON only. */
    readonly properties: Readonly<Record<string, unknown>>;
    /** The newest change in place, where the service reports one. */
    readonly update?: { readonly status: string; readonly failureReason?: string | undefined } | undefined;
}

/** A bad input, found before anything is created. */
export interface Problem {
    readonly property: string;
    readonly reason: string;
}

/** Everything that is particular to one kind of Personalize resource; `lifecycle` does the rest. */
export interface ResourceKind<I extends CommonInputs> {
    /** As a person would call it: `dataset group`. */
    readonly noun: string;
    /** How long creation usually takes, for the progress line (personalize-facts: observed durations). */
    readonly usual: string;
    /** Inputs whose change makes a new resource (the service cannot update them). */
    readonly replaces: readonly (keyof I & string)[];
    /** Inputs that the service updates in place. */
    readonly updates: readonly (keyof I & string)[];
    /**
     * Inputs that make up its ARN. While they stay, the old resource must be gone before the new one can be made; when
     * one changes, both can stand side by side. Empty for jobs and versions, each of which has a name of its own.
     */
    readonly identity: readonly (keyof I & string)[];
    /** Whether the service lets it carry tags, by which we know our own again. */
    readonly taggable: boolean;
    displayName(inputs: I): string;
    problems(inputs: I): readonly Problem[];
    /** Tags that say what it was made of, besides those of the stack. */
    contentTags?(inputs: I): Readonly<Record<string, string>>;
    /** ARN of the resource that these inputs would collide with or could go on with. */
    find(client: PersonalizeClient, inputs: I): Promise<string | undefined>;
    /** Asks the service once to create it; answers the ARN. */
    create(client: PersonalizeClient, inputs: I): Promise<string>;
    describe(client: PersonalizeClient, arn: string): Promise<Description>;
    update?(client: PersonalizeClient, arn: string, inputs: I): Promise<void>;
    /** What stands on it and must go before it, with its kind. */
    dependents?(client: PersonalizeClient, arn: string): AsyncIterable<readonly [Removable, string]>;
    /** Ends work that is billed and under way, where the service can. */
    stop?(client: PersonalizeClient, arn: string): Promise<void>;
    /** Absent where the service has no such operation. */
    delete?(client: PersonalizeClient, arn: string): Promise<void>;
}

/** What is asked of a kind whose resource is on its way out. */
export type Removable = Pick<ResourceKind<CommonInputs>, "noun" | "describe" | "dependents" | "stop" | "delete">;

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/;

/** Checks a name by the service's rule: 1 to 63 letters, digits, `-` and `_`. */
export function nameProblems(property: string, name: string): readonly Problem[] {
    return isUnknown(name) || (namePattern.test(name) && name.length <= 63)
        ? []
        : [{ property, reason: `"${name}" is no Personalize name: 1 to 63 letters, digits, - and _` }];
}

/** Pulumi's placeholder for a value that preview does not know yet (`pulumi.runtime.unknownValue`). */
export function isUnknown(value: unknown): boolean {
    return value === "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
}

/** Drops what JSON cannot say, so that Pulumi's state can hold it; dates become ISO 8601. */
export function jsonClean<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}

/** The first listed thing that matches, page by page; nothing is asked for beyond it. */
export async function firstMatch<P, T>(
    pages: AsyncIterable<P>,
    items: (page: P) => readonly T[] | undefined,
    matches: (item: T) => boolean,
): Promise<T | undefined> {
    for await (const page of pages) {
        const found = items(page)?.find(matches);
        if (found !== undefined) {
            return found;
        }
    }
    return undefined;
}
