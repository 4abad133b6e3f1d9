import { advice } from "./advice.ts";
import { processHandlers } from "./process-handlers.ts";

/**
 * Handlers by kind of resource, for programs without kinds and advice of their own. The forwarder in Pulumi's state
 * imports this module.
 * @public
 */
export const handlers = processHandlers(advice);
