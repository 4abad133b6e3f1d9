import type { Advice } from "./advice.ts";
import type { ClientOf } from "./resource.ts";
import type { WaitDeps } from "./wait.ts";

/** The clients, texts, clock and log that the lifecycle of every resource kind uses. */
export interface LifecycleDeps extends WaitDeps {
    readonly client: ClientOf;
    readonly advice: Advice;
}
