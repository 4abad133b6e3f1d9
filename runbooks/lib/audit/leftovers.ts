import { namesFor } from "../../../config/config.ts";
import type { AllStacks } from "../stack/all-stacks.ts";
import { type Tags, type Thing, type ThingKind, thingKinds } from "./inventory/thing.ts";

/** What a thing is to this project. */
export type Claim =
    | { readonly is: "in a stack" }
    | { readonly is: "leftover"; readonly why: string }
    /** Perhaps of a stack whose state could not be read. */
    | { readonly is: "undecided"; readonly why: string }
    | { readonly is: "not ours" };

type Identity = Pick<Thing, "kind" | "name" | "arn" | "within">;

/** A sum below this is on no bill. */
const leastUsd = 0.01;

/** Beginnings of names that this program gives, whatever the suffix. */
const { importJobPrefix: _, itemsImportJobPrefix: __, usersImportJobPrefix: ___, ...names } = namesFor("dev", "");
const prefixes = [...Object.values(names), "my-movie-recommender-data", "movie-recommender", "/movie-recommender/"];

/** The console names its own execution roles so; they are somebody's, not this program's. */
const consoleRole = /^AmazonPersonalize-ExecutionRole-\d{10,}$/;

/**
 * Whether the state of a stack has it, or has what it is a part of. What runbooks note of a stack, as parameters below
 * its name, is the stack's without being in its state.
 */
export function isRecorded({ kind, name, arn, within }: Identity, stacks: AllStacks): boolean {
    return (
        stacks.arns.has(arn) ||
        (within !== undefined && stacks.arns.has(within)) ||
        (kind === "SSM parameter" && stacks.names.includes(name.split("/")[2] ?? "")) ||
        thingKinds[kind].some((type) => stacks.ids.has(`${type} ${name}`))
    );
}

/**
 * Whose a thing is. A tag of the project decides, where there is one; a name only speaks for things without tags of
 * any Pulumi project. What a state that could not be read may hold is not guessed at.
 */
export function claimOn(thing: Identity, tags: Tags | undefined, stacks: AllStacks, project: string): Claim {
    if (isRecorded(thing, stacks)) {
        return { is: "in a stack" };
    }
    const unreadable = stacks.unreadable.map(({ stack }) => stack);
    const tagged = tags?.["pulumi:project"];
    if (tagged !== undefined) {
        if (tagged !== project) {
            return { is: "not ours" };
        }
        const stack = tags?.["pulumi:stack"] ?? "";
        const why = `tag pulumi:stack=${stack}`;
        return unreadable.includes(stack)
            ? { is: "undecided", why: `${why}, whose state cannot be read` }
            : {
                  is: "leftover",
                  why: stacks.names.includes(stack) ? why : `${why}, which is not a stack of this backend`,
              };
    }
    if (!hasOurName(thing)) {
        return { is: "not ours" };
    }
    return unreadable.length > 0
        ? { is: "undecided", why: `its name, and the state of ${unreadable.join(", ")} cannot be read` }
        : { is: "leftover", why: tags === undefined ? "its name" : "its name; it has no tag of a project" };
}

function hasOurName({ kind, name }: Identity): boolean {
    const own = kind === "dataset" ? (name.split("/")[0] ?? "") : name.replace(/^\/aws\/lambda\//, "");
    return !consoleRole.test(own) && prefixes.some((prefix) => own.startsWith(prefix));
}

/** A leftover, with what a person needs to judge and remove it. */
export interface Row {
    readonly kind: ThingKind;
    readonly name: string;
    readonly arn: string;
    readonly why: string;
    /** ISO 8601; null where the service does not say. */
    readonly since: string | null;
    /** null: it bills, and nobody knows how much. */
    readonly usdPerMonth: number | null;
    readonly bills: boolean;
    /** The commands that remove it, in their order. */
    readonly remove: readonly string[];
}

/** Whether a monthly sum comes to be on a bill; an unknown one does. */
export const bills = (usdPerMonth: number | null) => usdPerMonth === null || usdPerMonth >= leastUsd;

/**
 * Rows in the order in which removal works. A command that two of them want, as to detach a policy from a role, stays
 * with the first: the second time it would fail.
 */
export function inRemovalOrder(rows: readonly Row[]): Row[] {
    const order = Object.keys(thingKinds);
    const given = new Set<string>();
    return rows
        .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1))
        .map((row) => {
            const remove = row.remove.filter((command) => !given.has(command));
            for (const command of remove) given.add(command);
            return { ...row, remove };
        });
}

/** The known part of what the rows cost, in US dollars a month. */
export function monthlyUsd(rows: readonly Pick<Row, "usdPerMonth">[]): number {
    return rows.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
}
