import { flushCompileCache } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SSMClient } from "@aws-sdk/client-ssm";
import { asCalled } from "../config/as-called.ts";
import { assertEngineAlive, endWithEngine } from "./engine.ts";
import { anyKind, kinds, type ResourceKindName } from "./kinds.ts";
import { type Handler, type LifecycleDeps, lifecycle } from "./lifecycle.ts";
import { keepLive } from "./live.ts";
import { closedStageHandler } from "./operations/closed-stage.ts";
import { stateFlagsHandler } from "./operations/state-flags.ts";
import { personalizeClients } from "./resource.ts";
import { stackOwnerHandler } from "./stack-owner.ts";

endWithEngine();
// Write Node's compile cache (NODE_COMPILE_CACHE) now, because the engine ends this process by a signal.
flushCompileCache();

export type HandlerName = ResourceKindName | "Marks" | "StackOwner" | "ClosedStage";

/**
 * Handlers by kind of resource. The forwarder in Pulumi's state calls them by this file's path and the kind.
 * @public
 */
export const handlers: Readonly<Record<HandlerName, Handler>> = keepLive(log, (live) => {
    const deps = {
        ...realDeps(),
        live,
        ssm: (region: string) => new SSMClient({ region }),
        gateway: (region: string) => new APIGatewayClient({ region }),
    };
    return {
        ...createHandlers(deps),
        Marks: stateFlagsHandler(deps),
        StackOwner: stackOwnerHandler(deps),
        ClosedStage: closedStageHandler(deps),
    };
});

/** Creates the handlers of Personalize's resources. Tests pass their own clock and log. */
export function createHandlers(deps: LifecycleDeps): Record<ResourceKindName, Handler> {
    const made = Object.entries(kinds).map(([name, kind]) => [name, lifecycle(anyKind(kind), deps)]);
    return Object.fromEntries(made) as Record<ResourceKindName, Handler>;
}

/** Prints a message, which Pulumi shows as information on the stack. */
function log(message: string): void {
    console.log(asCalled(message));
}

function realDeps(): LifecycleDeps {
    return {
        client: personalizeClients(),
        sleep: (seconds) => sleep(seconds * 1000),
        now: () => performance.now() / 1000,
        log,
        assertEngineAlive: () => assertEngineAlive(),
        random: Math.random,
    };
}
