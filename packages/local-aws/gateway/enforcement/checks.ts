import type { Emulator, EmulatorRequest } from "local-personalize";
import { toRecord } from "local-personalize";
import { passRole } from "policy-evaluator";
import type { Directory, NamedCall, NamedCheck, Principal } from "./directory.ts";
import type { PassedRole } from "./passed-roles.ts";

/** Returns the check of the iam:PassRole permission for a role and a service. */
export async function passCheck(directory: Directory, { roleArn, service }: PassedRole): Promise<NamedCheck> {
    return { ...passRole(roleArn, service, (await directory.role(roleArn))?.tags), policy: null };
}

/**
 * Returns the permissions that a Personalize call needs. Includes the resource's tags if a policy of the principal uses
 * aws:ResourceTag.
 */
export async function personalizeChecks(
    emulator: Emulator,
    call: EmulatorRequest,
    principal: Limits,
    account: string,
): Promise<NamedCall> {
    const named = await nameOfPersonalizeCall(emulator, call, account);
    if (/^(Create|List)/.test(call.operation) || !asksForTags(principal)) {
        return named;
    }
    const withTags = async (check: NamedCheck): Promise<NamedCheck> => {
        if (!check.resource.startsWith("arn:")) return check;
        const tags = tagContext(await fetchTags(emulator, check.resource, call.region));
        return { ...check, context: { ...tags, ...check.context } };
    };
    return { ...named, checks: await Promise.all(named.checks.map(withTags)) };
}

type Limits = Pick<Principal, "identity" | "boundary" | "session">;

const asking = new WeakMap<Limits, boolean>();

function asksForTags(principal: Limits): boolean {
    const { identity, boundary, session } = principal;
    const asks = asking.get(principal) ?? /aws:ResourceTag/i.test(JSON.stringify([identity, boundary, session]));
    asking.set(principal, asks);
    return asks;
}

const tagContext = (tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

/** The IAM action of GetCostAndUsage, which has no resources (Service Authorization Reference). */
export const costExplorerChecks: NamedCall = {
    service: "ce",
    checks: [{ action: "ce:GetCostAndUsage", resource: "*", context: {}, policy: null }],
};

/**
 * Returns the IAM actions and resources of a Personalize call (Service Authorization Reference, "Amazon Personalize"),
 * or no check for an unknown operation. A create uses the ARN of the future resource, and a list uses `*`. A create
 * with tags also needs TagResource. A call with a filter also needs permission for the same action on the filter; AWS
 * does not document this, so the local AWS is strict.
 */
async function nameOfPersonalizeCall(emulator: Emulator, request: EmulatorRequest, account: string) {
    const { operation, region } = request;
    if (!emulator.operations.has(operation)) {
        return { service: "personalize", checks: [] };
    }
    const body = toRecord(request.body);
    const tags = Array.isArray(body.tags) ? (body.tags as Tag[]) : [];
    const removed = Array.isArray(body.tagKeys) ? (body.tagKeys as string[]) : [];
    const resource = await determineResource(emulator, request, body, `arn:aws:personalize:${region}:${account}:`);
    const keys = [...tags.map(({ tagKey }) => tagKey), ...removed];
    const context = {
        ...Object.fromEntries(tags.map(({ tagKey, tagValue }) => [`aws:RequestTag/${tagKey}`, tagValue])),
        ...(keys.length > 0 && { "aws:TagKeys": keys }),
    };
    const check = (action: string, on = resource): NamedCheck => ({
        action: `personalize:${action}`,
        resource: on,
        context,
        policy: null,
    });
    const tagging = tags.length > 0 && operation.startsWith("Create") ? [check("TagResource")] : [];
    const filter =
        filtered.has(operation) && typeof body.filterArn === "string" ? [check(operation, body.filterArn)] : [];
    const others = usedBy(operation, body).map((arn) => check(operation, arn));
    return { service: "personalize", checks: [check(operation), ...others, ...tagging, ...filter] };
}

/**
 * For each create call, the input members that name existing resources. The call also needs permission for these
 * resources (Service Authorization Reference, "Amazon Personalize", required resource types). A solution version's ARN
 * is its solution's ARN and an id. The reference does not list the recipe of CreateSolution: AWS's own programs grant it
 * (maintaining-personalized-experiences-with-machine-learning, retail-demo-store pull request 627).
 */
const usedResources: Readonly<Record<string, readonly string[]>> = {
    CreateBatchInferenceJob: ["solutionVersionArn"],
    CreateCampaign: ["solutionVersionArn"],
    CreateDataDeletionJob: ["datasetGroupArn"],
    CreateDataset: ["datasetGroupArn"],
    CreateDatasetExportJob: ["datasetArn"],
    CreateDatasetImportJob: ["datasetArn"],
    CreateEventTracker: ["datasetGroupArn"],
    CreateFilter: ["datasetGroupArn"],
    CreateMetricAttribution: ["datasetGroupArn"],
    CreateRecommender: ["datasetGroupArn"],
    CreateSolution: ["datasetGroupArn", "recipeArn"],
};

const usedBy = (operation: string, body: Body): readonly string[] =>
    (usedResources[operation] ?? []).flatMap((member) => {
        const arn = body[member];
        return typeof arn === "string" && arn !== "" ? [arn] : [];
    });

/** Operations that accept a filter. */
const filtered = new Set(["GetRecommendations", "GetPersonalizedRanking", "GetActionRecommendations"]);

/** Returns the tags of a Personalize resource, for aws:ResourceTag. */
async function fetchTags(
    emulator: Emulator,
    resource: string,
    region: string,
): Promise<Readonly<Record<string, string>>> {
    const answer = await ask(emulator, "ListTagsForResource", region, { resourceArn: resource });
    return Object.fromEntries(((answer.tags ?? []) as Tag[]).map(({ tagKey, tagValue }) => [tagKey, tagValue]));
}

type Body = Readonly<Record<string, unknown>>;
interface Tag {
    readonly tagKey: string;
    readonly tagValue: string;
}

/** Returns the last part of a new resource's ARN, for example `dataset-import-job/<jobName>`. */
function created(operation: string, { datasetGroupArn, datasetType, jobName, name = jobName }: Body): string {
    const type = operation
        .replace(/^Create/, "")
        .replace(/\B[A-Z]/g, "-$&")
        .toLowerCase();
    if (type === "dataset") {
        return `dataset/${String(datasetGroupArn).split("/").at(-1)}/${String(datasetType).toUpperCase()}`;
    }
    // The service chooses an event tracker's ARN, so a policy must use a wildcard.
    return `${type}/${type === "event-tracker" ? "*" : name}`;
}

/**
 * The input member that contains the resource's ARN, by operation. Other operations name this member after the resource
 * type, such as `campaignArn`.
 */
const members: Readonly<Record<string, string>> = {
    CreateSolutionVersion: "solutionArn",
    StopSolutionVersionCreation: "solutionVersionArn",
    GetSolutionMetrics: "solutionVersionArn",
    GetRecommendations: "campaignArn",
    GetPersonalizedRanking: "campaignArn",
    GetActionRecommendations: "campaignArn",
    PutItems: "datasetArn",
    PutUsers: "datasetArn",
    PutActions: "datasetArn",
    TagResource: "resourceArn",
    UntagResource: "resourceArn",
    ListTagsForResource: "resourceArn",
};

async function determineResource(
    emulator: Emulator,
    request: EmulatorRequest,
    body: Body,
    prefix: string,
): Promise<string> {
    const { operation, region } = request;
    if (operation.startsWith("Create") && !Object.hasOwn(members, operation)) {
        return `${prefix}${created(operation, body)}`;
    }
    if (operation === "PutEvents" || operation === "PutActionInteractions") {
        return fetchTrackerArn(emulator, region, body.trackingId, prefix);
    }
    const noun = operation.replace(/^(Describe|Delete|Update|Start|Stop)/, "");
    const member = members[operation] ?? `${noun.charAt(0).toLowerCase()}${noun.slice(1)}Arn`;
    const arn = body[member] ?? (operation === "GetRecommendations" ? body.recommenderArn : undefined);
    return typeof arn === "string" && arn !== "" ? arn : "*";
}

const trackers = new WeakMap<Emulator, Map<unknown, string>>();

/** Returns the ARN of the event tracker with this tracking id. The ARN does not contain the tracking id. */
async function fetchTrackerArn(
    emulator: Emulator,
    region: string,
    trackingId: unknown,
    prefix: string,
): Promise<string> {
    const arnsById = trackers.get(emulator) ?? new Map<unknown, string>();
    trackers.set(emulator, arnsById);
    const cachedArn = arnsById.get(trackingId);
    if (cachedArn) {
        return cachedArn;
    }
    const { eventTrackers = [] } = await ask(emulator, "ListEventTrackers", region, { maxResults: 100 });
    for (const { eventTrackerArn } of eventTrackers as { eventTrackerArn: string }[]) {
        const { eventTracker } = await ask(emulator, "DescribeEventTracker", region, { eventTrackerArn });
        arnsById.set(toRecord(eventTracker).trackingId, eventTrackerArn);
    }
    return arnsById.get(trackingId) ?? `${prefix}event-tracker/*`;
}

async function ask(emulator: Emulator, operation: string, region: string, body: Body): Promise<Body> {
    const answer = await emulator.handle({ service: "personalize", operation, region, body });
    return answer.status === 200 ? toRecord(JSON.parse(answer.body)) : {};
}
