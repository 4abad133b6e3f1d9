import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { shell } from "terminal-text";
import { oneLine } from "../doctor/check.ts";
import type { AllStacks } from "../stack/all-stacks.ts";
import { whoAmI } from "../stack/who-am-i.ts";
import {
    cachePolicies,
    distributions,
    originAccessControls,
    responseHeadersPolicies,
} from "./inventory/distributions.ts";
import { interruptedParts } from "./inventory/interrupted.ts";
import {
    type AccountScope,
    type InventoryItem,
    mapLimited,
    readPages,
    type Tags,
    tagsIn,
    type Unread,
} from "./inventory/item.ts";
import {
    alarms,
    budgets,
    dashboards,
    functions,
    logGroups,
    parameters,
    schedules,
    topics,
} from "./inventory/operations.ts";
import { isListed, otherThing } from "./inventory/other.ts";
import { personalizeSources } from "./inventory/personalize.ts";
import { queues, trails } from "./inventory/queues-and-trails.ts";
import { apiKeys, restApis, tables, usagePlans } from "./inventory/serving.ts";
import { buckets, policies, roles } from "./inventory/storage-and-access.ts";
import { findClaim, importCommand, inRemovalOrder, isBilled, isRecorded, monthlyUsd, type Row } from "./leftovers.ts";

export interface Audit {
    readonly accountId: string;
    readonly region: string;
    readonly rows: readonly Row[];
    /** Rows that may belong to a stack whose state cannot be read. */
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
    /** Known cost of the rows, US dollars a month. */
    readonly monthlyUsd: number;
}

/** A resource of an interrupted update. */
interface InterruptedRow extends Omit<Row, "remove"> {
    readonly stack: string;
    readonly commands: readonly string[];
}

/** Runs `work` and returns its result. If it fails, adds the error to `unread` and returns undefined. */
type Trying = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>;

/**
 * Finds this project's resources in the account and one region that no stack contains. Changes nothing. Services that
 * deny access or do not answer are listed in `unread`.
 * @throws Error of STS if credentials are missing or rejected
 */
export async function audit(
    region: string,
    project: string,
    stacks: AllStacks,
    progress: (line: string) => void,
): Promise<Audit> {
    const settings = { region };
    const place = { ...(await whoAmI(region)), region };
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
    const listed = await Promise.all(
        Object.entries(sourcesOf(place, project, tagged, stacks)).map(async ([what, list]) => {
            const things = await trying(what, list);
            progress(`${what}: ${things?.length ?? "not readable"}`);
            return things ?? [];
        }),
    );
    const others = [...(tagged ?? [])].filter(([arn]) => !isListed(arn)).map(([arn, tags]) => otherThing(arn, tags));
    const { rows, undecided, interrupted, notOurs } = await rowsOf(
        [...listed.flat(), ...others],
        stacks,
        project,
        trying,
    );
    return {
        accountId: place.accountId,
        region,
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

/**
 * Returns a function for each resource kind that lists its resources. `tagged` is undefined if the tagging API denies
 * access.
 */
function sourcesOf(
    account: AccountScope,
    project: string,
    tagged: ReadonlyMap<string, Tags> | undefined,
    { interrupted }: AllStacks,
): Record<string, () => Promise<InventoryItem[]>> {
    const { region } = account;
    const settings = { region };
    const place = { ...account, taggedOf: (arn: string) => tagged && (tagged.get(arn) ?? {}) };
    const cloudWatch = new CloudWatchClient(settings);
    const iam = new IAMClient(settings);
    const apis = new APIGatewayClient(settings);
    const edge = new CloudFrontClient(settings);
    return {
        ...personalizeSources(new PersonalizeClient(settings), region),
        "S3 buckets": () => buckets(new S3Client(settings), place),
        "IAM roles": () => roles(iam),
        "IAM policies": () => policies(iam),
        "EventBridge schedules": () => schedules(new SchedulerClient(settings), place),
        "Lambda functions": () => functions(new LambdaClient(settings), place),
        "DynamoDB tables": () => tables(new DynamoDBClient(settings), place),
        "REST APIs": () => restApis(apis, place),
        "usage plans": () => usagePlans(apis, place),
        "API keys": () => apiKeys(apis, place, tagged),
        "CloudFront distributions": () => distributions(edge, place),
        "CloudFront origin access controls": () => originAccessControls(edge, place),
        "CloudFront response headers policies": () => responseHeadersPolicies(edge, place),
        "CloudFront cache policies": () => cachePolicies(edge, place),
        "CloudWatch alarms": () => alarms(cloudWatch, place),
        "CloudWatch dashboards": () => dashboards(cloudWatch, place),
        "CloudWatch log groups": () => logGroups(new CloudWatchLogsClient(settings), place),
        "SQS queues": () => queues(new SQSClient(settings), place),
        "CloudTrail trails": () => trails(new CloudTrailClient(settings), place),
        "SNS topics": () => topics(new SNSClient(settings), place),
        "resources of an interrupted update": () =>
            interruptedParts(interrupted, { gateway: apis, lambda: new LambdaClient(settings) }),
        budgets: () => budgets(new BudgetsClient(settings), place),
        "SSM parameters": () => parameters(new SSMClient(settings), place, `/${project}/`),
    };
}

/**
 * Decides for each resource outside the stacks whether it belongs to this project, and reads its price and delete
 * commands.
 */
async function rowsOf(
    things: readonly InventoryItem[],
    stacks: AllStacks,
    project: string,
    trying: Trying,
): Promise<Pick<Audit, "rows" | "undecided" | "interrupted" | "notOurs">> {
    const rows: Row[] = [];
    const undecided: Row[] = [];
    const interrupted: InterruptedRow[] = [];
    const notOurs: Omit<Row, "remove">[] = [];
    await mapLimited(
        things.filter((thing) => !isRecorded(thing, stacks)),
        async (thing) => {
            const what = `${thing.kind} ${thing.name}`;
            const claim = findClaim(thing, await trying(`tags of ${what}`, thing.tags), stacks, project);
            if (claim.is === "in a stack") {
                return;
            }
            if (claim.is === "interrupted") {
                const { by } = claim;
                const command = importCommand(thing, by);
                const commands = command ? [command] : ((await trying(`how to remove ${what}`, thing.remove)) ?? []);
                const why = command ? "made, but not recorded" : "pulumi up makes another one";
                interrupted.push({ ...(await pricedRow(thing, why, trying)), stack: by.stack, commands });
            } else if (claim.is !== "not ours") {
                const remove = (await trying(`how to remove ${what}`, thing.remove)) ?? [];
                const row = await pricedRow(thing, claim.why, trying);
                (claim.is === "leftover" ? rows : undecided).push({ ...row, remove });
            } else if (thing.kind === "campaign" || thing.kind === "recommender") {
                const row = await pricedRow(thing, "neither its tags nor its name are of this project", trying);
                notOurs.push(...(row.bills ? [row] : []));
            }
        },
    );
    return { rows, undecided, interrupted, notOurs };
}

async function pricedRow(thing: InventoryItem, why: string, trying: Trying): Promise<Omit<Row, "remove">> {
    const { kind, name, arn, since } = thing;
    const bill = await trying(`price of ${kind} ${name}`, thing.bill);
    const usdPerMonth = bill === undefined ? null : bill.usdPerMonth;
    return { kind, name, arn, why, since: since?.toISOString() ?? null, usdPerMonth, bills: isBilled(usdPerMonth) };
}

/** Lists resources of all services in the region that have a Pulumi project tag. */
async function taggedByPulumi(settings: { readonly region: string }): Promise<Map<string, Tags>> {
    const client = new ResourceGroupsTaggingAPIClient(settings);
    const resources = await readPages(
        paginateGetResources({ client }, { TagFilters: [{ Key: "pulumi:project" }] }),
        (page) => page.ResourceTagMappingList,
    );
    return new Map(resources.map(({ ResourceARN = "", Tags }) => [ResourceARN, tagsIn(Tags)]));
}
