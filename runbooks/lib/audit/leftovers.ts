import { shell } from "terminal-text";
import { namesFor } from "../../../core/config/config.ts";
import { keysOf } from "../../../core/config/records.ts";
import { type AllStacks, datasetName, type InterruptedCreate, shortName } from "../stack/all-stacks.ts";
import type { Kind, Tags } from "./inventory/kind.ts";
import { type InventoryItem, type KindName, kinds, partName } from "./inventory/kinds.ts";

/** How a resource outside the stacks is related to this project. */
export type Claim =
    | { readonly is: "leftover"; readonly why: string }
    /** An interrupted update created the resource before the state recorded it. */
    | { readonly is: "interrupted"; readonly by: InterruptedCreate }
    /** The resource may belong to a stack whose state cannot be read. */
    | { readonly is: "undecided"; readonly why: string }
    | { readonly is: "not ours" };

type Identity = Pick<InventoryItem, "kind" | "name" | "arn" | "within">;

/** The smallest amount that a bill shows, US dollars a month. */
const leastUsd = 0.01;

/** Prefixes of this program's resource names, for stacks with any suffix. */
const prefixes = [
    ...Object.values(namesFor("dev")),
    ...["my-movie-recommender-data", "movie-recommender", "/movie-recommender/"],
];

/** Name pattern of execution roles that the console creates. */
const consoleRole = /^AmazonPersonalize-ExecutionRole-\d{10,}$/;

const typesOf = (kind: KindName): readonly string[] => kinds[kind].types;

/**
 * Checks whether a stack's state contains the resource or its parent. SSM parameters under a stack's name count as
 * recorded, although the state does not contain them, because runbooks create them.
 */
export function isRecorded({ kind, name, arn, within }: Identity, stacks: AllStacks): boolean {
    return (
        stacks.arns.has(arn) ||
        (within !== undefined && stacks.arns.has(within)) ||
        (kind === "SSM parameter" && stacks.names.includes(name.split("/")[2] ?? "")) ||
        typesOf(kind).some((type) => stacks.ids.has(`${type} ${name}`))
    );
}

/**
 * Decides whether a resource outside the stacks belongs to this project. Uses the Pulumi project tag if the resource has one, otherwise
 * the name. A resource that may belong to a stack whose state cannot be read stays undecided.
 */
export function findClaim(item: Identity, tags: Tags | undefined, stacks: AllStacks, project: string): Claim {
    const by = findInterrupted(item, stacks);
    if (by && (tags === undefined || Object.keys(tags).length === 0 || hasStackTags(tags, project, by.stack))) {
        return { is: "interrupted", by };
    }
    const unreadable = stacks.unreadable.map(({ stack }) => stack);
    const tagged = tags?.["pulumi:project"];
    if (tagged !== undefined) {
        if (tagged !== project) return { is: "not ours" };
        const stack = tags?.["pulumi:stack"] ?? "";
        const why = `tag pulumi:stack=${stack}`;
        if (unreadable.includes(stack)) return { is: "undecided", why: `${why}, whose state cannot be read` };
        const isOurs = stacks.names.includes(stack);
        return { is: "leftover", why: isOurs ? why : `${why}, which is not a stack of this backend` };
    }
    if (!hasOurName(item)) return { is: "not ours" };
    return unreadable.length > 0
        ? { is: "undecided", why: `its name, and the state of ${unreadable.join(", ")} cannot be read` }
        : { is: "leftover", why: tags === undefined ? "its name" : "its name; it has no tag of a project" };
}

/** Finds the interrupted creation of a resource by type and name. */
function findInterrupted({ kind, name }: Identity, { interrupted }: AllStacks): InterruptedCreate | undefined {
    const nameOf = (inputs: InterruptedCreate["inputs"]) =>
        datasetName(inputs) ??
        inputs.name ??
        inputs.bucket ??
        inputs.dashboardName ??
        inputs.comment ??
        partName(inputs);
    return interrupted.find(({ type, inputs }) => typesOf(kind).includes(type) && nameOf(inputs) === name);
}

const hasStackTags = (tags: Tags, project: string, stack: string) =>
    tags["pulumi:project"] === project && tags["pulumi:stack"] === shortName(stack);

function hasOurName({ kind, name }: Identity): boolean {
    const own = kind === "dataset" ? (name.split("/")[0] ?? "") : name.replace(/^\/aws\/[a-z]+\//, "");
    return !consoleRole.test(own) && prefixes.some((prefix) => own.startsWith(prefix));
}

/**
 * Returns the command that imports a resource of an interrupted update into its stack, under the URN that the program
 * gives it. Returns undefined if the resource must be deleted instead: because the next update creates another one, or
 * because it is a resource of Personalize that the program no longer declares.
 */
export function importCommand(
    { kind, name, id = name }: Pick<InventoryItem, "kind" | "name" | "id">,
    { stack, type, urn, parent }: InterruptedCreate,
): string | undefined {
    const { isDoubled }: Kind = kinds[kind];
    if (isDoubled || !type.startsWith("aws:")) return undefined;
    // `pulumi import` keeps the names of parents and of imported resources in one table, so do not give the parent the
    // name of the imported resource.
    const under = parent === undefined ? [] : ["--parent", `parent=${parent}`];
    const resource = ["pulumi", "import", type, urn.split("::").at(-1) ?? "", id, ...under];
    return shell(...resource, "--stack", stack, "--protect=false", "--generate-code=false", "--yes");
}

/** A resource outside the stacks, with the data to judge and delete it. */
export interface Row {
    readonly kind: KindName;
    readonly name: string;
    readonly arn: string;
    readonly why: string;
    /** Creation time of the resource in ISO 8601; null if the service returns no time. */
    readonly since: string | null;
    /** Cost of the resource in US dollars a month; null for an unknown amount. */
    readonly usdPerMonth: number | null;
    readonly bills: boolean;
    /** The commands that delete or import the resource, in order; empty if none is known. */
    readonly commands: readonly string[];
    /** The stack of the interrupted update that created the resource. */
    readonly stack?: string;
}

/** Checks whether a monthly amount appears on a bill; true for an unknown amount. */
export const isBilled = (usdPerMonth: number | null) => usdPerMonth === null || usdPerMonth >= leastUsd;

/** Sorts leftover resources in the order of their deletion. */
export function inRemovalOrder(rows: readonly Row[]): Row[] {
    const order = keysOf(kinds);
    return rows.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
}

/** Returns the total known cost of the leftover resources, in US dollars a month. */
export const monthlyUsd = (rows: readonly Pick<Row, "usdPerMonth">[]) =>
    rows.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
