import { advice } from "./advice.ts";
import { processHandlers } from "./process-handlers.ts";

/**
 * Handlers by resource kind, for programs without resource kinds and advice of their own. The provider text in Pulumi's
 * state (forward.ts) imports this module.
 * @public
 */
export const handlers = processHandlers(advice);
