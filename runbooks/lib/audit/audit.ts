import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import pMap from "p-map";
import { oneLine, shell } from "terminal-text";
import { keysOf } from "../../../core/config/records.ts";
import type { AllStacks } from "../stack/all-stacks.ts";
import { readPages, whoAmI } from "../stack/stack.ts";
import { partListers } from "./inventory/interrupted.ts";
import {
    type InventoryItem,
    type InventoryKind,
    inventoryKinds,
    type Listed,
    type Lister,
    type Place,
    pairs,
    type Tags,
    toInventoryItem,
    type Unread,
} from "./inventory/item.ts";
import { operationsListers } from "./inventory/operations.ts";
import { personalizeListers } from "./inventory/personalize.ts";
import { distributionListers, servingListers } from "./inventory/serving.ts";
import { storageAndAccessListers } from "./inventory/storage-and-access.ts";
import { findClaim, importCommand, inRemovalOrder, isBilled, isRecorded, monthlyUsd, type Row } from "./leftovers.ts";

/**
 * Names of services, as in the ARNs of the listed kinds of resources. The code takes each name from a type of Pulumi's
 * AWS plugin, such as `lambda` from `aws:lambda/function:Function`. It adds `logs`, because the plugin's types of
 * CloudWatch Logs contain another name.
 */
const listedServices = new Set([
    ...["personalize", "logs"],
    ...Object.values(inventoryKinds).flatMap((types) => types.map((type: string) => type.split(/[:/]/)[1])),
]);

/**
 * Checks whether the audit lists the resources of the ARN's service with the service's own API. The tagging API is less
 * exact: it returns deleted resources for a while, and resources without a delete call forever.
 */
function isListed(arn: string): boolean {
    const [, , service = "", , , rest = ""] = arn.split(":");
    return listedServices.has(service) && (service !== "scheduler" || rest.startsWith("schedule/"));
}

/** Lists resources that only the tagging API returns. Their price and delete commands are unknown. */
const otherResources = async ({ tagged = new Map() }: Place): Promise<readonly Listed[]> =>
    [...tagged.keys()]
        .filter((arn) => !isListed(arn))
        .map((arn) => ({
            name: arn.split(":").slice(2).join(":"),
            arn,
            usdPerMonth: async () => null,
        }));

/** For each resource kind, the function that lists its resources. */
export const listers: Readonly<Record<InventoryKind, Lister>> = {
    ...personalizeListers,
    ...storageAndAccessListers,
    ...operationsListers,
    ...servingListers,
    ...distributionListers,
    ...partListers,
    "other resource": otherResources,
};

export interface Audit {
    readonly accountId: string;
    readonly regions: readonly string[];
    readonly rows: readonly Row[];
    /** Resources that may belong to a stack whose state cannot be read. */
    readonly undecided: readonly Row[];
    /** Resources of an interrupted update, each with the commands that import or delete the resource. */
    readonly interrupted: readonly InterruptedRow[];
    /**
     * Commands to run after those of `interrupted`. They remove the pending operations from Pulumi's state, so that
     * Pulumi stops warning of them.
     */
    readonly clearPending: readonly string[];
    /** Paid Personalize resources of other projects, without delete commands. */
    readonly notOurs: readonly Omit<Row, "remove">[];
    readonly unread: readonly Unread[];
    /** Known total cost of the leftover resources, in US dollars a month. */
    readonly monthlyUsd: number;
}

/** A resource of an interrupted update. */
interface InterruptedRow extends Omit<Row, "remove"> {
    readonly stack: string;
    readonly commands: readonly string[];
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
    const audits: Audit[] = [];
    for (const region of regions) {
        audits.push(await auditRegion(region, project, stacks, (line) => progress(`${region}: ${line}`)));
    }
    // Resources of global services, such as roles, are in every audit.
    const all = <T>(of: (one: Audit) => readonly T[], key: (row: T) => string): T[] => [
        ...new Map(audits.flatMap(of).map((row) => [key(row), row])).values(),
    ];
    const keyOf = ({ kind, arn }: Pick<Row, "kind" | "arn">) => `${kind} ${arn}`;
    const rows = inRemovalOrder(all((one) => one.rows, keyOf));
    return {
        accountId: audits[0]?.accountId ?? "",
        regions,
        rows,
        undecided: inRemovalOrder(all((one) => one.undecided, keyOf)),
        interrupted: all((one) => one.interrupted, keyOf),
        clearPending: all(
            (one) => one.clearPending,
            (command) => command,
        ),
        notOurs: all((one) => one.notOurs, keyOf),
        unread: all(
            (one) => one.unread,
            ({ what, reason }) => `${what} ${reason}`,
        ),
        monthlyUsd: monthlyUsd(rows),
    };
}

async function auditRegion(
    region: string,
    project: string,
    stacks: AllStacks,
    progress: (line: string) => void,
): Promise<Audit> {
    const settings = { region };
    const { partition, accountId } = await whoAmI(region);
    const place = { partition, region, accountId, project, settings };
    const unread: Unread[] = [];
    const trying: Trying = async (what, work) => {
        try {
            return await work();
        } catch (error) {
            unread.push({ what, reason: oneLine(error) });
            return undefined;
        }
    };
    const tagged = await trying("the tagging API", () => taggedByPulumi(settings));
    const items = await listEverything({ ...place, tagged, interrupted: stacks.interrupted }, trying, progress);
    const { rows, undecided, interrupted, notOurs } = await createRows(items, stacks, project, trying);
    return {
        accountId,
        regions: [region],
        rows: inRemovalOrder(rows),
        undecided: inRemovalOrder(undecided),
        interrupted,
        clearPending: [...new Set(interrupted.map(({ stack }) => stack))].map((stack) =>
            shell("pulumi", "refresh", "--clear-pending-creates", "--yes", "--stack", stack),
        ),
        notOurs,
        unread,
        monthlyUsd: monthlyUsd(rows),
    };
}

/** Lists the resources of all kinds. */
async function listEverything(
    place: Place,
    trying: Trying,
    progress: (line: string) => void,
): Promise<readonly InventoryItem[]> {
    const kinds = keysOf(inventoryKinds);
    const listed = kinds.map(async (kind) => {
        const items = await trying(kind, () => listers[kind](place));
        progress(`${kind}: ${items?.length ?? "not readable"}`);
        return (items ?? []).map((item) => toInventoryItem(kind, item, place));
    });
    return (await Promise.all(listed)).flat();
}

/**
 * Decides for each resource outside the stacks whether it belongs to this project, and reads its price and delete
 * commands.
 */
async function createRows(
    items: readonly InventoryItem[],
    stacks: AllStacks,
    project: string,
    trying: Trying,
): Promise<Pick<Audit, "rows" | "undecided" | "interrupted" | "notOurs">> {
    const rows: Row[] = [];
    const undecided: Row[] = [];
    const interrupted: InterruptedRow[] = [];
    const notOurs: Omit<Row, "remove">[] = [];
    await pMap(
        items.filter((item) => !isRecorded(item, stacks)),
        async (item) => {
            const what = `${item.kind} ${item.name}`;
            const claim = findClaim(item, await trying(`tags of ${what}`, item.tags), stacks, project);
            if (claim.is === "in a stack") return;
            if (claim.is === "interrupted") {
                const { by } = claim;
                const command = importCommand(item, by);
                const commands = command ? [command] : ((await trying(`how to remove ${what}`, item.remove)) ?? []);
                const isOurs = !by.type.startsWith("aws:");
                const why = command
                    ? "made, but not recorded"
                    : isOurs
                      ? "the program no longer declares it"
                      : "pulumi up makes another one";
                interrupted.push({ ...(await pricedRow(item, why, trying)), stack: by.stack, commands });
            } else if (claim.is !== "not ours") {
                const remove = (await trying(`how to remove ${what}`, item.remove)) ?? [];
                const row = await pricedRow(item, claim.why, trying);
                (claim.is === "leftover" ? rows : undecided).push({ ...row, remove });
            } else if (item.kind === "campaign" || item.kind === "recommender") {
                const row = await pricedRow(item, "neither its tags nor its name are of this project", trying);
                notOurs.push(...(row.bills ? [row] : []));
            }
        },
        // An account may have hundreds of roles.
        { concurrency: 8 },
    );
    return { rows, undecided, interrupted, notOurs };
}

async function pricedRow(item: InventoryItem, why: string, trying: Trying): Promise<Omit<Row, "remove">> {
    const { kind, name, arn, since } = item;
    const usdPerMonth = (await trying(`price of ${kind} ${name}`, item.usdPerMonth)) ?? null;
    return { kind, name, arn, why, since: since?.toISOString() ?? null, usdPerMonth, bills: isBilled(usdPerMonth) };
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
