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
import { apiStage, type Names } from "../../config/names.ts";
import type { Throttle } from "../../config/throttles.ts";
import { nowIso } from "./operation.ts";
import { type ClosedFlag, readFlagToWrite, removeStateFlag, writeStateFlag } from "./state-flags.ts";

export interface CloseClients {
    readonly ssm: SSMClient;
    readonly gateway: APIGatewayClient;
    readonly edge: CloudFrontClient;
}

/** CloudFront is a global service; its API answers in us-east-1. */
export const closeClientsOf = (region: string): CloseClients => ({
    ssm: new SSMClient({ region }),
    gateway: new APIGatewayClient({ region }),
    edge: new CloudFrontClient({ region: "us-east-1" }),
});

/** A stack's API and page. */
export interface ServedPlace {
    readonly stack: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly apiName: string;
    /** Comment of the distribution; undefined if the stack has none. */
    readonly distribution: string | undefined;
}

/** API and page of a stack, by the names in its configuration. */
export const servedPlaceOf = ({
    project,
    stack,
    names,
    serving,
}: {
    readonly project: string;
    readonly stack: string;
    readonly names: Pick<Names, "api" | "storefront">;
    readonly serving: { readonly storefront: string };
}): ServedPlace => ({
    stack,
    tags: { "pulumi:project": project, "pulumi:stack": stack },
    apiName: names.api,
    distribution: serving.storefront === "cloudfront" ? names.storefront : undefined,
});

/**
 * Closes API and page: every method of the stage allows 0 requests, and the distribution is disabled. The flag is written
 * first, so that a parallel `pulumi up` keeps them closed. If already closed, the flag stays, and the rest is done again.
 */
export async function closeApi(clients: CloseClients, place: ServedPlace, reason: string): Promise<ClosedFlag> {
    const closed = await readFlagToWrite(clients.ssm, place.stack, "closed");
    const flag = closed ?? { reason, since: nowIso() };
    if (closed === undefined) await writeStateFlag(clients.ssm, place.stack, "closed", flag);
    await both(
        () => throttleStage(clients.gateway, place, (methodPath) => ({ methodPath, rate: 0, burst: 0 })),
        () => enableDistribution(clients.edge, place, false),
    );
    return flag;
}

/** Opens API and page again, with these throttles. The flag is removed last, so that an interrupted run is repeated. */
export async function openApi(
    clients: CloseClients,
    place: ServedPlace,
    throttles: readonly Pick<Throttle, "methodPath" | "rate" | "burst">[],
): Promise<void> {
    const others = throttles.find(({ methodPath }) => methodPath === "*/*");
    await both(
        () =>
            throttleStage(clients.gateway, place, (path) => {
                const own = throttles.find(({ methodPath }) => methodPath === path) ?? others;
                return own && { ...own, methodPath: path };
            }),
        () => enableDistribution(clients.edge, place, true),
    );
    await removeStateFlag(clients.ssm, place.stack, "closed");
}

/** Does both, and throws the first error at the end: each one is billed. */
async function both(...work: readonly (() => Promise<void>)[]): Promise<void> {
    const failed = (await Promise.allSettled(work.map((one) => one()))).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
}

async function throttleStage(
    client: APIGatewayClient,
    { apiName, tags }: ServedPlace,
    throttleOf: (methodPath: string) => Pick<Throttle, "methodPath" | "rate" | "burst"> | undefined,
): Promise<void> {
    for await (const { items = [] } of paginateGetRestApis({ client }, { limit: 500 })) {
        for (const { id: restApiId, name, tags: found = {} } of items) {
            if (name !== apiName || !isOf(found, tags)) continue;
            const place = { restApiId, stageName: apiStage };
            const { methodSettings = {} } = await client.send(new GetStageCommand(place));
            const patchOperations = Object.keys(methodSettings).flatMap((path) => patches(throttleOf(path)));
            await client.send(new UpdateStageCommand({ ...place, patchOperations }));
        }
    }
}

/** Patches of one method's throttle; slashes inside the resource's path are escaped (API reference, UpdateStage). */
function patches(throttle: Pick<Throttle, "methodPath" | "rate" | "burst"> | undefined): PatchOperation[] {
    if (throttle === undefined) return [];
    const { methodPath, rate, burst } = throttle;
    const at = methodPath.lastIndexOf("/");
    const path = `/${methodPath.slice(0, at).replaceAll("/", "~1")}${methodPath.slice(at)}/throttling`;
    return [
        { op: "replace", path: `${path}/rateLimit`, value: String(rate) },
        { op: "replace", path: `${path}/burstLimit`, value: String(burst) },
    ];
}

const isOf = (found: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>>): boolean =>
    Object.entries(tags).every(([key, value]) => found[key] === value);

/** Id of the stack's distribution, by its comment; undefined if it does not exist. */
export async function distributionId(client: CloudFrontClient, comment: string): Promise<string | undefined> {
    for await (const { DistributionList } of paginateListDistributions({ client }, {})) {
        const found = DistributionList?.Items?.find(({ Comment }) => Comment === comment);
        if (found) return found.Id;
    }
    return undefined;
}

async function enableDistribution(client: CloudFrontClient, place: ServedPlace, Enabled: boolean): Promise<void> {
    if (place.distribution === undefined) return;
    const Id = await distributionId(client, place.distribution);
    if (Id === undefined) return;
    const { DistributionConfig, ETag } = await client.send(new GetDistributionConfigCommand({ Id }));
    if (DistributionConfig === undefined || DistributionConfig.Enabled === Enabled) return;
    await client.send(
        new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: { ...DistributionConfig, Enabled } }),
    );
}
