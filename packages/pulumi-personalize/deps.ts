import type { Advice } from "./advice.ts";
import type { RemoveDeps } from "./remove.ts";
import type { ClientOf } from "./resource.ts";

/** The clients, texts, clock and log that the lifecycle of every resource kind uses. */
export interface LifecycleDeps extends RemoveDeps {
    readonly client: ClientOf;
    readonly advice: Advice;
}
