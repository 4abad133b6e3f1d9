import type { Advice } from "./advice.ts";
import type { RemoveDeps } from "./remove.ts";
import type { ClientOf } from "./resource.ts";

/** What the lifecycle of every kind needs from its process. */
export interface LifecycleDeps extends RemoveDeps {
    readonly client: ClientOf;
    readonly advice: Advice;
}
