import {
    APIGatewayClient,
    GetStageCommand,
    type PatchOperation,
    paginateGetRestApis,
    UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import {
    CloudFrontClient,
    GetDistributionConfigCommand,
    paginateListDistributions,
    UpdateDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Handler } from "pulumi-personalize/core";
import { about } from "pulumi-personalize/errors";
import { apiStage, type Names } from "../config/names.ts";
import { otherPaths, type Throttle } from "../config/throttles.ts";
import { nowIso } from "./operation.ts";
import { type ClosedFlag, noteFlag, removeStateFlag } from "./state-flags.ts";
import { stateOnlyHandler } from "./state-only-handler.ts";

/** The throttle of one method in the settings of a stage. */
type MethodThrottle = Pick<Throttle, "methodPath" | "rate" | "burst">;

/** A stage of a REST API. */
interface StageId {
    readonly restApiId: string;
    readonly stageName: string;
}

/**
 * Maximum number of operations in one UpdateStage call: API Gateway accepts 80 ("UpdateStage", member patchOperations).
 */
const patchLimit = 80;

/** Sets throttles of a stage, also for methods without settings of their own. */
async function throttleStage(
    client: APIGatewayClient,
    stage: StageId,
    throttles: readonly MethodThrottle[],
): Promise<void> {
    const operations = throttles.flatMap(({ methodPath, rate, burst }): PatchOperation[] => [
        { op: "replace", path: `/${methodPath}/throttling/rateLimit`, value: String(rate) },
        { op: "replace", path: `/${methodPath}/throttling/burstLimit`, value: String(burst) },
    ]);
    for (let from = 0; from < operations.length; from += patchLimit) {
        const patchOperations = operations.slice(from, from + patchLimit);
        await client.send(new UpdateStageCommand({ ...stage, patchOperations }));
    }
}

/** Returns the throttle of a closed method. */
const closed = (methodPath: string): MethodThrottle => ({ methodPath, rate: 0, burst: 0 });

export interface ClosedStageInputs extends StageId {
    readonly region: string;
    /** The keys of all method settings of the stage. */
    readonly methodPaths: readonly string[];
}

/**
 * Creates the lifecycle of a resource that sets the throttles of a stage to 0. The resource exists while the API and
 * the page are closed. It is necessary because `aws.apigateway.MethodSettings` does not send a throttle of 0 for a new
 * stage: it regards 0 as the value before the creation (terraform-provider-aws, method_settings.go). A stage that is
 * created while the API is closed would then allow as many requests as the account's limits.
 */
export function closedStageHandler(deps: {
    gateway(region: string): APIGatewayClient;
    assertEngineAlive(): Promise<void>;
}): Handler {
    return stateOnlyHandler<ClosedStageInputs>({
        compared: ["region", "restApiId", "stageName", "methodPaths"],
        idOf: ({ restApiId, stageName }) => `${restApiId}/${stageName}`,
        async settle({ region, restApiId, stageName, methodPaths }) {
            await deps.assertEngineAlive();
            try {
                await throttleStage(deps.gateway(region), { restApiId, stageName }, methodPaths.map(closed));
            } catch (error) {
                throw about(`stage ${stageName} of REST API ${restApiId}`, error);
            }
        },
        // Do nothing to open the stage: `npm run resume` or the next `pulumi up` sets its throttles again.
    });
}

export interface CloseClients {
    readonly ssm: SSMClient;
    readonly gateway: APIGatewayClient;
    readonly edge: CloudFrontClient;
}

/**
 * Creates the clients that close the API and the page. CloudFront is a global service; its API answers in us-east-1.
 */
export const createCloseClients = (region: string): CloseClients => ({
    ssm: new SSMClient({ region }),
    gateway: new APIGatewayClient({ region }),
    edge: new CloudFrontClient({ region: "us-east-1" }),
});

/** The API and the page of a stack. */
export interface ServedPlace {
    readonly stack: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly apiName: string;
    /** Comment of the distribution; undefined if the stack has none. */
    readonly distribution: string | undefined;
}

/** Returns the API and the page of a stack, by the names in its configuration. */
export const toServedPlace = ({
    project,
    stack,
    names,
    storefront,
}: {
    readonly project: string;
    readonly stack: string;
    readonly names: Pick<Names, "api" | "storefront">;
    readonly storefront: string;
}): ServedPlace => ({
    stack,
    tags: { "pulumi:project": project, "pulumi:stack": stack },
    apiName: names.api,
    distribution: storefront === "cloudfront" ? names.storefront : undefined,
});

/**
 * Closes the API and the page: every method of the stage allows 0 requests, and the distribution is disabled. Writes
 * the flag first, so that a parallel `pulumi up` keeps both closed. If they are already closed, keeps the flag and
 * closes them again.
 */
export async function closeApi(clients: CloseClients, place: ServedPlace, reason: string): Promise<ClosedFlag> {
    const { flag, failed } = await noteFlag(clients.ssm, place.stack, "closed", () => ({ reason, since: nowIso() }));
    await both(
        async () => {
            for await (const stage of listStages(clients.gateway, place)) await closeStage(clients.gateway, stage);
        },
        () => enableDistribution(clients.edge, place, false),
    );
    if (failed) throw failed;
    return flag;
}

/**
 * Checks whether the API exists, and API and page are closed: no method of the stage allows a request, and the
 * distribution is disabled. The flag `closed` states only what an operator or the cost guard wants.
 */
export async function isApiClosed(
    { gateway, edge }: Pick<CloseClients, "gateway" | "edge">,
    place: ServedPlace,
): Promise<boolean> {
    let hasStage = false;
    for await (const stage of listStages(gateway, place)) {
        hasStage = true;
        const { methodSettings = {} } = await gateway.send(new GetStageCommand(stage));
        const rates = Object.values(methodSettings).map(({ throttlingRateLimit }) => throttlingRateLimit);
        if (methodSettings[otherPaths] === undefined || rates.some((rate) => rate !== 0)) return false;
    }
    return hasStage && !(await readDistribution(edge, place))?.DistributionConfig?.Enabled;
}

/**
 * Opens the API and the page again, with these throttles. Removes the flag last, so that the next run repeats an
 * interrupted one.
 */
export async function openApi(
    clients: CloseClients,
    place: ServedPlace,
    throttles: readonly MethodThrottle[],
): Promise<void> {
    await both(
        async () => {
            for await (const stage of listStages(clients.gateway, place)) {
                await throttleStage(clients.gateway, stage, throttles);
            }
        },
        () => enableDistribution(clients.edge, place, true),
    );
    await removeStateFlag(clients.ssm, place.stack, "closed");
}

/**
 * Runs all work, even after an error, because the API and the page are each billed. Throws the first error at the end.
 */
async function both(...work: readonly (() => Promise<void>)[]): Promise<void> {
    const failed = (await Promise.allSettled(work.map((one) => one()))).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
}

/** Yields the stages of the stack's APIs. After an interrupted replacement, several APIs have the stack's API name. */
async function* listStages(client: APIGatewayClient, { apiName, tags }: ServedPlace): AsyncGenerator<StageId> {
    for await (const { items = [] } of paginateGetRestApis({ client }, { limit: 500 })) {
        for (const { id = "", name, tags: apiTags = {} } of items) {
            if (name === apiName && hasTags(apiTags, tags)) yield { restApiId: id, stageName: apiStage };
        }
    }
}

/**
 * Sets every throttle of the stage to 0: the throttle for all methods, and the throttle of each method with its own
 * settings.
 */
async function closeStage(client: APIGatewayClient, stage: StageId): Promise<void> {
    const { methodSettings = {} } = await client.send(new GetStageCommand(stage));
    const paths = new Set([otherPaths, ...Object.keys(methodSettings)]);
    await throttleStage(client, stage, [...paths].map(closed));
}

const hasTags = (apiTags: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>>): boolean =>
    Object.entries(tags).every(([key, value]) => apiTags[key] === value);

/**
 * Returns the ID of the stack's distribution, which it finds by the distribution's comment; undefined if there is none.
 */
export async function distributionId(client: CloudFrontClient, comment: string): Promise<string | undefined> {
    for await (const { DistributionList } of paginateListDistributions({ client }, {})) {
        const distribution = DistributionList?.Items?.find(({ Comment }) => Comment === comment);
        if (distribution) return distribution.Id;
    }
    return undefined;
}

/** Returns the configuration of the stack's distribution; undefined if there is none. */
async function readDistribution(client: CloudFrontClient, { distribution }: ServedPlace) {
    const Id = distribution === undefined ? undefined : await distributionId(client, distribution);
    return Id === undefined ? undefined : { Id, ...(await client.send(new GetDistributionConfigCommand({ Id }))) };
}

async function enableDistribution(client: CloudFrontClient, place: ServedPlace, Enabled: boolean): Promise<void> {
    const { Id, DistributionConfig, ETag } = (await readDistribution(client, place)) ?? {};
    if (DistributionConfig === undefined || DistributionConfig.Enabled === Enabled) return;
    await client.send(
        new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: { ...DistributionConfig, Enabled } }),
    );
}
