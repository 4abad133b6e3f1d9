import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
    DeleteSolutionCommand,
    PersonalizeClient,
    paginateListCampaigns,
    paginateListSolutions,
    paginateListSolutionVersions,
} from "@aws-sdk/client-personalize";
import { GetRecommendationsCommand, PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { goneOrThrow, isOurs, listTags } from "pulumi-personalize/core";
import { ownMetrics, ownNamespace } from "../../../core/config/metrics.ts";
import type { Gauges } from "../../../core/cost/decide.ts";
import { keepTag } from "../../../core/cost/guard-config.ts";
import type { ObservedSolution } from "../../../core/cost/observations.ts";
import { guardStateParameter, readGuardState, writeGuardState } from "../../../core/operations/guard-parameter.ts";
import {
    observeCampaign,
    type PrefetchFunction,
    prefetchWindows,
    requestWindows,
} from "../../../core/operations/observe-campaign.ts";
import { nameInArn, solutionOf } from "../../../core/operations/operation.ts";
import { beginPark } from "../../../core/operations/park.ts";
import { readStateFlags } from "../../../core/operations/state-flags.ts";
import { listSubscriptions, sendNotification } from "../../../core/operations/topic.ts";
import { putNotification, putSpend } from "../recommendation-api/table.ts";
import { edgeRegion, type ServingTargets, servingPorts } from "./counted-metrics.ts";
import type { GuardPorts } from "./guard-ports.ts";

/** The guarded stack, its campaign, and the targets of notifications. */
export interface GuardTargets {
    readonly project: string;
    readonly stack: string;
    /** Id of the stack. */
    readonly owner: string;
    readonly campaignArn: string;
    readonly topicArn: string;
    /** The function that precomputes lists; undefined for a stack without this function. */
    readonly prefetch?: PrefetchFunction | undefined;
    /** The API and the page that the cost guard observes and can close; undefined for a stack without an API. */
    readonly serving?: ServingTargets | undefined;
    /** Name of the solution that makes lists by batch inference. It has no campaign, but is not an unused solution. */
    readonly batchSolution?: string | undefined;
    /** Whether the guard publishes custom metrics; absent: true. */
    readonly customMetrics?: boolean | undefined;
    /**
     * Name of the API's DynamoDB table, which stores the notification and the spend that the page shows; undefined
     * without an API.
     */
    readonly tableName?: string | undefined;
}

/** Creates the clients of the services that the guard calls, in the function's region. */
export const createClients = () => ({
    personalize: new PersonalizeClient({}),
    // Without retries, because CloudWatch counts each attempt as a request to the campaign.
    runtime: new PersonalizeRuntimeClient({ maxAttempts: 1 }),
    cloudwatch: new CloudWatchClient({}),
    // For the metrics of CloudFront.
    edgeCloudwatch: new CloudWatchClient({ region: edgeRegion }),
    gateway: new APIGatewayClient({}),
    edge: new CloudFrontClient({ region: edgeRegion }),
    ssm: new SSMClient({}),
    sns: new SNSClient({}),
    dynamo: new DynamoDBClient({}),
});

/** A user id that no dataset has; the answer is ignored. */
const probeUser = "cost-guard-probe";

/** Creates the functions with which the cost guard calls AWS. */
export function awsPorts(clients: ReturnType<typeof createClients>, place: GuardTargets): GuardPorts {
    const { personalize, runtime, cloudwatch, ssm, sns, dynamo } = clients;
    const { stack, owner, campaignArn, prefetch, tableName, topicArn } = place;
    const deps = { client: () => personalize, ssm: () => ssm };
    const solutionArn = (name: string) => `${campaignArn.slice(0, campaignArn.lastIndexOf(":"))}:solution/${name}`;
    return {
        now: Date.now,
        log: (line) => console.log(JSON.stringify(line)),
        campaign: () => observeCampaign(personalize, campaignArn),
        kept: async () => keepTag in ((await listTags(personalize, campaignArn).catch(goneOrThrow)) ?? {}),
        isAddressConfirmed: async () =>
            (await listSubscriptions(sns, topicArn))?.some(
                ({ protocol, confirmed }) => confirmed && protocol !== "sqs",
            ) ?? false,
        requests: (since) => requestWindows(cloudwatch, campaignArn, since, Date.now()),
        prefetched: async (since) =>
            prefetch ? prefetchWindows(cloudwatch, stack, prefetch, since, Date.now()) : new Map(),
        serving: place.serving && servingPorts(clients, place.serving),
        async parked() {
            const { parked } = await readStateFlags(ssm, stack, ["parked"]);
            return (
                parked && {
                    since: Date.parse(parked.since),
                    cause: parked.cause ?? { by: "operator" },
                    solution: parked.campaign ? solutionOf(parked.campaign.solutionVersionArn) : undefined,
                }
            );
        },
        async solutions() {
            const solutions = await stackSolutions(personalize, owner);
            const isUsed = ({ arn }: { arn: string }) => nameInArn(arn) === place.batchSolution;
            return solutions.map((one) => (isUsed(one) ? { ...one, hasCampaign: true } : one));
        },
        readState: async () => ({ ...(await readGuardState(ssm, stack)), name: guardStateParameter(stack) }),
        writeState: (text) => writeGuardState(ssm, stack, text),
        async probe() {
            await runtime.send(new GetRecommendationsCommand({ campaignArn, userId: probeUser, numResults: 1 }));
        },
        async park({ reason, cause }) {
            await beginPark(deps, { stack, campaignArn, reason, cause });
        },
        async deleteSolution(name) {
            const command = new DeleteSolutionCommand({ solutionArn: solutionArn(name) });
            await personalize.send(command).catch(goneOrThrow);
        },
        async show(notification) {
            if (tableName !== undefined) await putNotification(dynamo, tableName, notification);
        },
        async showSpend(spend) {
            if (tableName !== undefined) await putSpend(dynamo, tableName, spend);
        },
        notify: (notification) => sendNotification(sns, place, notification),
        async publish(gauges) {
            if (place.customMetrics ?? true) await publishGauges(cloudwatch, stack, gauges);
        },
    };
}

/** Returns the solutions of a stack, by its owner tag, and whether each has a campaign. */
async function stackSolutions(client: PersonalizeClient, owner: string): Promise<readonly ObservedSolution[]> {
    const observedSolutions: ObservedSolution[] = [];
    for await (const { solutions = [] } of paginateListSolutions({ client }, {})) {
        for (const { solutionArn = "", status = "", lastUpdatedDateTime, creationDateTime } of solutions) {
            const tags = await listTags(client, solutionArn).catch(goneOrThrow);
            if (tags === undefined || !isOurs(tags, owner)) continue;
            // Personalize changes a version, for example, when it changes the status of a running training.
            const pages = await Array.fromAsync(paginateListSolutionVersions({ client }, { solutionArn }));
            const versions = pages.flatMap(({ solutionVersions = [] }) => solutionVersions);
            const changes = [lastUpdatedDateTime, creationDateTime, ...versions.map((one) => one.lastUpdatedDateTime)];
            const campaigns = await Array.fromAsync(paginateListCampaigns({ client }, { solutionArn }));
            observedSolutions.push({
                arn: solutionArn,
                status,
                changedAt: Math.max(...changes.map((change) => change?.getTime() ?? 0)),
                hasCampaign: campaigns.some((page) => (page.campaigns ?? []).length > 0),
                kept: keepTag in tags,
            });
        }
    }
    return observedSolutions;
}

/** Publishes the calculated gauges as CloudWatch metrics. Leaves out gauges with an unknown value. */
async function publishGauges(client: CloudWatchClient, stack: string, gauges: Gauges): Promise<void> {
    const values: readonly [string, number | undefined][] = [
        [ownMetrics.monthSpend, gauges.monthSpendUsd],
        [ownMetrics.hourlyCost, gauges.hourlyUsd],
        [ownMetrics.idleHours, gauges.idleHours],
    ];
    const MetricData = values.flatMap(([MetricName, Value]) =>
        Value === undefined ? [] : [{ MetricName, Value, Dimensions: [{ Name: "Stack", Value: stack }] }],
    );
    await client.send(new PutMetricDataCommand({ Namespace: ownNamespace, MetricData }));
}
