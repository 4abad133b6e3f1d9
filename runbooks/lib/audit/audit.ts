import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import pMap from "p-map";
import { oneLine, shell } from "terminal-text";
import { keysOf } from "../../../core/config/records.ts";
import type { AllStacks } from "../stack/all-stacks.ts";
import { readPages, whoAmI } from "../stack/stack.ts";
import { type Kind, type Place, pairs, removal, type Tags } from "./inventory/kind.ts";
import { type InventoryItem, kinds } from "./inventory/kinds.ts";
import { findClaim, importCommand, inRemovalOrder, isBilled, isRecorded, monthlyUsd, type Row } from "./leftovers.ts";

export interface Audit {
    readonly accountId: string;
    readonly regions: readonly string[];
    readonly rows: readonly Row[];
    /** Resources that may belong to a stack whose state cannot be read. */
    readonly undecided: readonly Row[];
    /** Resources of an interrupted update. Their commands import or delete the resource. */
    readonly interrupted: readonly Row[];
    /**
     * Commands to run after those of `interrupted`. They remove the pending operations from Pulumi's state, so that
     * Pulumi stops warning of them.
     */
    readonly clearPending: readonly string[];
    /** Paid Personalize resources of other projects, without delete commands. */
    readonly notOurs: readonly Row[];
    /** The services and resources that the audit could not read. */
    readonly unread: readonly { readonly what: string; readonly reason: string }[];
    /** Known total cost of the leftover resources, in US dollars a month. */
    readonly monthlyUsd: number;
}

/**
 * A function that runs `work` and returns its result. If the work fails, the function adds the error to the list
 * `unread` and returns undefined.
 */
type Trying = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>;

/**
 * Finds resources of this project that belong to no stack, in the account and in these regions. Changes nothing.
 * Services that deny access or do not answer are listed in `unread`.
 * @throws Error of STS if credentials are missing or rejected
 */
export async function audit(
    regions: readonly string[],
    project: string,
    stacks: AllStacks,
    progress: (line: string) => void,
): Promise<Audit> {
    const unread = new Map<string, string>();
    const trying: Trying = async (what, work) => {
        try {
            return await work();
        } catch (error) {
            unread.set(what, oneLine(error));
            return undefined;
        }
    };
    const { partition, accountId } = await whoAmI(regions[0] ?? "");
    // Resources of global services, such as roles, are in the list of every region.
    const items = new Map<string, InventoryItem>();
    for (const region of regions) {
        const settings = { region };
        const tagged = await trying("the tagging API", () => taggedByPulumi(settings));
        const place = { partition, region, accountId, project, settings, tagged, interrupted: stacks.interrupted };
        const listed = await listEverything(place, trying, (line) => progress(`${region}: ${line}`));
        for (const item of listed) items.set(`${item.kind} ${item.arn}`, item);
    }
    const outside = [...items.values()].filter((item) => !isRecorded(item, stacks));
    // An account may have hundreds of roles.
    const judged = await pMap(outside, (item) => judge(item, stacks, project, trying), { concurrency: 8 });
    const of = (list: JudgedList) => inRemovalOrder(judged.flatMap((one) => (one?.list === list ? [one.row] : [])));
    const [rows, interrupted] = [of("rows"), of("interrupted")];
    return {
        ...{ accountId, regions, rows, interrupted, undecided: of("undecided"), notOurs: of("notOurs") },
        clearPending: [...new Set(interrupted.map(({ stack = "" }) => stack))].map((stack) =>
            shell("pulumi", "refresh", "--clear-pending-creates", "--yes", "--stack", stack),
        ),
        unread: [...unread].map(([what, reason]) => ({ what, reason })),
        monthlyUsd: monthlyUsd(rows),
    };
}

/** Lists the resources of all kinds. */
async function listEverything(place: Place, trying: Trying, progress: (line: string) => void) {
    const listed = keysOf(kinds).map(async (kind) => {
        const items = await trying(kind, () => kinds[kind].list(place));
        if (items?.length !== 0) progress(`${kind}: ${items?.length ?? "not readable"}`);
        return (items ?? []).map((item): InventoryItem => ({ ...item, kind, place }));
    });
    return (await Promise.all(listed)).flat();
}

type JudgedList = "rows" | "undecided" | "interrupted" | "notOurs";

/**
 * Decides whether a resource outside the stacks belongs to this project, and reads its price and commands. Returns
 * undefined for a resource that the audit does not report.
 */
async function judge(
    item: InventoryItem,
    stacks: AllStacks,
    project: string,
    trying: Trying,
): Promise<{ readonly list: JudgedList; readonly row: Row } | undefined> {
    const { kind, name, arn, since, place } = item;
    const what = `${kind} ${name}`;
    const rowOf = async (why: string, commands: readonly string[]): Promise<Row> => {
        const usdPerMonth = (await trying(`price of ${what}`, item.usdPerMonth ?? (async () => 0))) ?? null;
        const time = since?.toISOString() ?? null;
        return { kind, name, arn, why, since: time, usdPerMonth, bills: isBilled(usdPerMonth), commands };
    };
    const removals = async () => {
        const { remove }: Kind = kinds[kind];
        const before = await trying(`how to remove ${what}`, item.before ?? (async () => []));
        return before === undefined ? [] : [...before, ...(remove ? [removal(remove, item, place)] : [])];
    };
    const tagsOf = item.tags ?? (async () => place.tagged && (place.tagged.get(arn) ?? {}));
    const claim = findClaim(item, await trying(`tags of ${what}`, tagsOf), stacks, project);
    if (claim.is === "interrupted") {
        const { type, stack } = claim.by;
        const command = importCommand(item, claim.by);
        const isAws = type.startsWith("aws:");
        const unwanted = isAws ? "pulumi up makes another one" : "the program no longer declares it";
        const row = await rowOf(command ? "made, but not recorded" : unwanted, command ? [command] : await removals());
        return { list: "interrupted", row: { ...row, stack } };
    }
    if (claim.is === "leftover") return { list: "rows", row: await rowOf(claim.why, await removals()) };
    if (claim.is === "undecided") return { list: "undecided", row: await rowOf(claim.why, []) };
    if (claim.is !== "not ours" || (kind !== "campaign" && kind !== "recommender")) return undefined;
    const row = await rowOf("neither its tags nor its name are of this project", []);
    return row.bills ? { list: "notOurs", row } : undefined;
}

/** Lists resources of all services in the region that have a Pulumi project tag. */
export async function taggedByPulumi(settings: { readonly region: string }): Promise<Map<string, Tags>> {
    const client = new ResourceGroupsTaggingAPIClient(settings);
    const resources = await readPages(
        paginateGetResources({ client }, { TagFilters: [{ Key: "pulumi:project" }] }),
        (page) => page.ResourceTagMappingList,
    );
    return new Map(resources.map(({ ResourceARN = "", Tags = [] }) => [ResourceARN, pairs(Tags)]));
}
