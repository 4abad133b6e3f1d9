import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SSMClient } from "@aws-sdk/client-ssm";
import { processHandlers } from "pulumi-personalize/core";
import { advice } from "./advice.ts";
import { awaitedListsHandler, listsClient } from "./operations/awaited-lists.ts";
import { closedStageHandler } from "./operations/closed-stage.ts";
import { stateFlagsHandler } from "./operations/state-flags.ts";
import { stackOwnerHandler } from "./stack-owner.ts";

/**
 * Handlers of the dynamic resources, by resource kind. The provider code in Pulumi's state only imports this module, as
 * `#handlers` (package.json).
 * @public
 */
export const handlers = processHandlers(advice, (lifecycleDeps) => {
    const deps = {
        ...lifecycleDeps,
        ssm: (region: string) => new SSMClient({ region }),
        lambda: listsClient,
        gateway: (region: string) => new APIGatewayClient({ region }),
    };
    return {
        StateFlags: stateFlagsHandler(deps),
        StackOwner: stackOwnerHandler(deps),
        ClosedStage: closedStageHandler(deps),
        AwaitedLists: awaitedListsHandler(deps),
    };
});
