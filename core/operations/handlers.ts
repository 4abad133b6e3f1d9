import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ownerHandler, processHandlers } from "pulumi-personalize/core";
import { advice } from "./advice.ts";
import { awaitedListsHandler, listsClient } from "./awaited-lists.ts";
import { closedStageHandler } from "./close-api.ts";
import { stackRecordHandler } from "./stack-record.ts";

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
        // The name in existing states, from when the record contained only the path of the state flags.
        StateFlags: stackRecordHandler(deps),
        // The name of `Owner` in states of earlier releases.
        StackOwner: ownerHandler,
        ClosedStage: closedStageHandler(deps),
        AwaitedLists: awaitedListsHandler(deps),
    };
});
