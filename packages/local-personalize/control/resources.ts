import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EmulatorOptions, ResourceFault } from "../contract.ts";
import { alreadyExists, inUse, invalidInput, limitExceeded, notFound, ServiceError } from "../errors.ts";
import type { EventStore } from "../events/event-store.ts";
import type { Streams } from "../events/streams.ts";
import type { Tag } from "./properties.ts";
import { defaultQuotas, type Quota } from "./quotas.ts";
import { hasWork, type Kind, type Phase, phaseAt, type Status } from "./states.ts";
import type { Resource, Store } from "./store.ts";

/** What the emulator opens once for all its parts. */
export interface Opened {
    options: EmulatorOptions;
    store: Store;
    events: EventStore;
    streams: Streams;
}

/** The context of a call to the control plane. `now`, in epoch milliseconds, does not change during the call. */
export interface Call {
    options: EmulatorOptions;
    store: Store;
    region: string;
    now: number;
    /** The fault of the created resource or of its update, if a test requested a fault. */
    fault?: ResourceFault;
    /** Returns the ID of the last event that was streamed into a dataset; 0 if there is none. */
    lastEvent(dataset: number): number;
    /** Schedules the work of a job, solution version or recommender to begin after its pending time. */
    schedule(resource: Resource): void;
    /** Aborts the work of a solution version. */
    cancel(resource: Resource): void;
}

/** A function that answers one operation from its validated input. If it returns undefined, the body is empty. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers with an empty body has no return statement
export type Handler = (call: Call, input: never) => object | void;

/** Returns a kind in the words of messages: `dataset import job`. */
export const labelOf = (kind: Kind) => kind.replaceAll("-", " ");

/** Returns an ARN in the call's region and account. `tail` is, for example, `solution/name`. */
const arnOf = ({ options, region }: Call, tail: string) =>
    `arn:${options.partition}:personalize:${region}:${options.accountId}:${tail}`;

/** Returns the status of a resource at the time of the call. */
export const computePhase = (call: Call, resource: Resource<object>): Phase =>
    phaseAt(resource, call.options.speed, call.now);

/**
 * Returns the resource with this kind and ARN. Throws ResourceNotFoundException if it does not exist or has another
 * kind.
 */
export function need<Properties extends object = Record<string, unknown>>(
    call: Call,
    kind: Kind,
    arn: string,
): Resource<Properties> {
    const resource = call.store.find<Properties>(call.region, arn);
    if (resource?.kind !== kind) throw notFound(labelOf(kind), arn);
    return resource;
}

/**
 * Returns the resource with the ARN `arn`. Throws the errors of `need`, and ResourceInUseException if the resource is
 * not ACTIVE.
 */
export function needActive<Properties extends object = Record<string, unknown>>(
    call: Call,
    kind: Kind,
    arn: string,
): Resource<Properties> {
    const resource = need<Properties>(call, kind, arn);
    const { status } = computePhase(call, resource);
    if (status !== "ACTIVE") throw inUse(`The ${labelOf(kind)} ${arn} is ${status}; it must be ACTIVE.`);
    return resource;
}

/**
 * Creates a resource with its tags, and schedules its work. Throws InvalidInputException for wrong tags,
 * LimitExceededException above a quota, and ResourceAlreadyExistsException if another resource has its ARN.
 *
 * @param resource its `siblings` are the resources that count for the quota; absent: those of the same kind and parent
 */
export function create(
    call: Call,
    resource: {
        kind: Kind;
        name: string;
        tail?: string;
        parent?: string | undefined;
        properties: object;
        tags?: Tag[] | undefined;
        siblings?: readonly unknown[];
    },
): Resource {
    const { kind, name, tail = `${kind}/${name}`, parent, properties, siblings } = resource;
    const tags = checkedTags(resource.tags);
    checkQuota(call, kind, siblings ?? call.store.list(kind, call.region, parent));
    const arn = arnOf(call, tail);
    if (call.store.find(call.region, arn)) throw alreadyExists(arn);
    const entry = {
        arn,
        kind,
        region: call.region,
        name,
        parent: parent ?? null,
        createdAt: call.now,
        properties,
        failure: requestedFailure(call),
        heldUntil: call.fault?.kind === "hang" ? Number.POSITIVE_INFINITY : null,
    };
    const created = call.store.transaction(() => call.store.add(entry, tags));
    if (hasWork(kind)) call.schedule(created);
    return created;
}

/** Returns the reason why the created resource will fail, if a test requested that. */
export const requestedFailure = ({ fault }: Call) => (fault?.kind === "fail" ? fault.reason : null);

/** Begins a deletion. Throws ResourceInUseException unless the resource is ACTIVE or CREATE FAILED. */
export function beginDelete(call: Call, resource: Resource<object>): void {
    const { status } = computePhase(call, resource);
    if (status !== "ACTIVE" && status !== "CREATE FAILED") {
        throw inUse(`The ${labelOf(resource.kind)} ${resource.arn} is ${status}; it must be ACTIVE or CREATE FAILED.`);
    }
    call.store.save({ ...resource, deletedAt: call.now });
}

/** Checks whether a creation is running: CREATE PENDING, CREATE IN_PROGRESS or CREATE STOPPING. */
export function isUnderWay(call: Call, resource: Resource<object>): boolean {
    const underWay: Status[] = ["CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING"];
    return underWay.includes(computePhase(call, resource).status);
}

/**
 * Throws LimitExceededException if `siblings` already has as many resources as the quota of the kind allows, or, for
 * jobs and versions, if as many are in progress in the region.
 */
function checkQuota(call: Call, kind: Kind, siblings: readonly unknown[]): void {
    const inProgress = kind === "solution-version" ? "solution-versions-in-progress" : "jobs-in-progress";
    const countsProgress = kind === "solution-version" || kind.endsWith("-job");
    const quota = countsProgress ? inProgress : kind in defaultQuotas ? (kind as Quota) : undefined;
    if (!quota) return;
    const most = call.options.quotas?.[quota] ?? defaultQuotas[quota];
    const counted = countsProgress
        ? call.store.list(kind, call.region).filter((resource) => isUnderWay(call, resource))
        : siblings;
    if (counted.length < most) return;
    throw limitExceeded(
        countsProgress
            ? `More than ${most} resources with PENDING or IN_PROGRESS status.`
            : `Cannot create a ${labelOf(kind)}. More than ${most} resources in ACTIVE state. Please delete some and try again.`,
    );
}

/**
 * Returns the members that every Describe and List answer has. Times are epoch seconds, as in the service's protocol.
 */
export const vitals = ({ createdAt, failure }: Resource<object>, { status, since }: Phase) => ({
    status,
    creationDateTime: createdAt / 1000,
    lastUpdatedDateTime: since / 1000,
    ...(status === "CREATE FAILED" && failure !== null && { failureReason: failure }),
});

/** Returns the path of the file with the imported rows of a dataset. */
export const rowsFile = (dataDir: string, datasetId: number) => join(dataDir, "datasets", `${datasetId}.rows`);
/** Returns the path of the folder with the trained model of a solution version. */
export const modelDir = (dataDir: string, versionId: number) => join(dataDir, "models", String(versionId));

/**
 * Removes resources whose deletion has ended, with everything that belongs to them: a dataset's rows, a solution's
 * versions, a group's filters.
 */
export function forgetDeleted(call: Call): void {
    const { store, options } = call;
    for (const resource of store.deleted()) {
        if (computePhase(call, resource).status !== "GONE") continue;
        const versions =
            resource.kind === "solution" ? store.list("solution-version", resource.region, resource.arn) : [];
        const ofGroup: Kind[] = resource.kind === "dataset-group" ? ["filter", "metric-attribution"] : [];
        const others = ofGroup.flatMap((kind) => store.list(kind, resource.region, resource.arn));
        store.transaction(() => {
            for (const { id } of [...versions, ...others, resource]) store.remove(id);
        });
        for (const { id } of resource.kind === "recommender" ? [resource] : versions) {
            rmSync(modelDir(options.dataDir, id), { recursive: true, force: true });
        }
        if (resource.kind === "dataset") rmSync(rowsFile(options.dataDir, resource.id), { force: true });
    }
}

export interface PageInput {
    nextToken?: string;
    maxResults?: number;
}

const largestPage = 100;

/**
 * Returns one page of `items`, which are in a stable order by `id`. A token continues after the last returned id. Items
 * that are added or deleted between two calls neither repeat nor hide another one. `query` (operation and filters) is
 * part of the token. Throws InvalidNextTokenException for a token of another query, or for any other text.
 */
export function paginate<Item extends { id: number }>(items: Item[], input: PageInput, query: string) {
    const after = input.nextToken === undefined ? -1 : readToken(input.nextToken, query);
    const rest = items.filter(({ id }) => id > after);
    const page = rest.slice(0, input.maxResults ?? largestPage);
    const last = page.at(-1);
    return last && page.length < rest.length ? { page, nextToken: writeToken(last.id, query) } : { page };
}

const writeToken = (after: number, query: string) => Buffer.from(JSON.stringify([after, query])).toString("base64url");

function readToken(token: string, query: string): number {
    try {
        const [after, ofQuery] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
        if (typeof after === "number" && ofQuery === query) return after;
    } catch {
        // An unreadable token: throw the error below, as for every other invalid token.
    }
    throw new ServiceError("InvalidNextTokenException", "The token is not valid for this call.");
}

/** Maximum number of tags of a resource, and of tag keys in a call. */
export const largestCount = 50;

/** Returns the validated tags of a Create call. Throws InvalidInputException or TooManyTagsException. */
export function checkedTags(tags: Tag[] = []): Tag[] {
    const keys = tags.map(({ tagKey }) => tagKey);
    const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
    if (repeated !== undefined) throw invalidInput(`The tag key ${repeated} is given twice.`);
    const reserved = keys.find((key) => key.toLowerCase().startsWith("aws:"));
    if (reserved !== undefined) throw invalidInput(`The tag key ${reserved} begins with aws:, which AWS reserves.`);
    if (keys.length > largestCount) throw tooManyTags();
    return tags;
}

/** Returns the error for a resource with more tags. */
export const tooManyTags = () =>
    new ServiceError("TooManyTagsException", `A resource can have at most ${largestCount} tags.`);
