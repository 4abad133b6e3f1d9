import { namesFor } from "../../../config/config.ts";
import { type AllStacks, type InterruptedCreate, shortName } from "../stack/all-stacks.ts";
import { partName } from "./inventory/interrupted.ts";
import { shell, type Tags, type Thing, type ThingKind, thingKinds } from "./inventory/thing.ts";

/** The relation of a resource to this project. */
export type Claim =
    | { readonly is: "in a stack" }
    | { readonly is: "leftover"; readonly why: string }
    /** An update made it, and was interrupted before the state recorded it. */
    | { readonly is: "interrupted"; readonly by: InterruptedCreate }
    /** It may belong to a stack whose state could not be read. */
    | { readonly is: "undecided"; readonly why: string }
    | { readonly is: "not ours" };

type Identity = Pick<Thing, "kind" | "name" | "arn" | "within">;

/** A smaller sum does not appear on a bill. */
const leastUsd = 0.01;

/** Prefixes of names that this program gives, for every suffix. */
const { importJobPrefix: _, itemsImportJobPrefix: __, usersImportJobPrefix: ___, ...names } = namesFor("dev");
const prefixes = [...Object.values(names), "my-movie-recommender-data", "movie-recommender", "/movie-recommender/"];

/** The console names its own execution roles like this; they are not this program's. */
const consoleRole = /^AmazonPersonalize-ExecutionRole-\d{10,}$/;

/**
 * Whether a stack's state contains the resource or its parent. The runbooks' SSM parameters below a stack's name belong
 * to the stack, although its state does not contain them.
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
 * Decides the relation of a resource. A project tag decides if there is one; a name counts only for resources without
 * any Pulumi project's tag. A resource that may be in an unreadable state stays undecided.
 */
export function claimOn(thing: Identity, tags: Tags | undefined, stacks: AllStacks, project: string): Claim {
    if (isRecorded(thing, stacks)) {
        return { is: "in a stack" };
    }
    const by = interruptedOf(thing, stacks);
    if (by && (tags === undefined || Object.keys(tags).length === 0 || isOf(tags, project, by.stack))) {
        return { is: "interrupted", by };
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

/** The interrupted creation of this resource, by its type and the name that the program gave. */
function interruptedOf({ kind, name }: Identity, { interrupted }: AllStacks): InterruptedCreate | undefined {
    return interrupted.find(
        ({ type, inputs }) =>
            (thingKinds[kind] as readonly string[]).includes(type) &&
            [inputs.name, inputs.bucket, inputs.dashboardName, inputs.comment, partName(type, inputs)].find(
                (given) => given !== undefined,
            ) === name,
    );
}

const isOf = (tags: Tags, project: string, stack: string) =>
    tags["pulumi:project"] === project && tags["pulumi:stack"] === shortName(stack);

function hasOurName({ kind, name }: Identity): boolean {
    const own = kind === "dataset" ? (name.split("/")[0] ?? "") : name.replace(/^\/aws\/[a-z]+\//, "");
    return !consoleRole.test(own) && prefixes.some((prefix) => own.startsWith(prefix));
}

/**
 * Kinds that the next update makes a second time. AWS's API identifies them by an id only, and `pulumi up` would not
 * find the first one.
 */
const doubled: readonly ThingKind[] = ["REST API", "usage plan", "API key", "distribution"];

/**
 * The command that records an interrupted resource in its stack, under the URN that the program gives it. Undefined if
 * the next update makes another one: then the first one is to be deleted.
 */
export function importCommand(
    { kind, name, importId = name }: Pick<Thing, "kind" | "name" | "importId">,
    { stack, type, urn, parent }: InterruptedCreate,
): string | undefined {
    if (doubled.includes(kind)) return undefined;
    // Any name but the resource's own: `pulumi import` keeps both in one table.
    const under = parent === undefined ? [] : ["--parent", `parent=${parent}`];
    const resource = ["pulumi", "import", type, urn.split("::").at(-1) ?? "", importId, ...under];
    return shell(...resource, "--stack", stack, "--protect=false", "--generate-code=false", "--yes");
}

/** A leftover, with the facts to judge and delete it. */
export interface Row {
    readonly kind: ThingKind;
    readonly name: string;
    readonly arn: string;
    readonly why: string;
    /** ISO 8601; null if the service does not return it. */
    readonly since: string | null;
    /** Null: it bills an unknown amount. */
    readonly usdPerMonth: number | null;
    readonly bills: boolean;
    /** The commands that delete it, in order. */
    readonly remove: readonly string[];
}

/** Whether a monthly sum appears on a bill; an unknown one does. */
export const bills = (usdPerMonth: number | null) => usdPerMonth === null || usdPerMonth >= leastUsd;

/**
 * Rows in the order of deletion. Two rows may need one command, for example to detach a policy from a role. It stays
 * only with the first: the second run would fail.
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

/** The known cost of the rows, US dollars a month. */
export function monthlyUsd(rows: readonly Pick<Row, "usdPerMonth">[]): number {
    return rows.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
}
