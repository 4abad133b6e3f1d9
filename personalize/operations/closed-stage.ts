import { type APIGatewayClient, type PatchOperation, UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import type { Handler } from "pulumi-personalize/core";
import { about } from "pulumi-personalize/errors";
import type { Throttle } from "../../config/throttles.ts";
import { recordedHandler } from "./recorded-handler.ts";

/** The throttle of one method in the settings of a stage. */
export type MethodThrottle = Pick<Throttle, "methodPath" | "rate" | "burst">;

/** A stage of a REST API. */
export interface StageId {
    readonly restApiId: string;
    readonly stageName: string;
}

/**
 * Maximum number of operations in one UpdateStage call: API Gateway accepts 80 ("UpdateStage", member patchOperations).
 */
const patchLimit = 80;

/** Sets throttles of a stage, also for methods without settings of their own. */
export async function throttleStage(
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
export const closed = (methodPath: string): MethodThrottle => ({ methodPath, rate: 0, burst: 0 });

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
    return recordedHandler<ClosedStageInputs>({
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
