/**
 * Exports the resource kinds and their lifecycle without Pulumi's SDK, for a program's handlers, its commands, and its
 * Lambda functions.
 */

export { notOurs } from "./adopt.ts";
export type { Advice } from "./advice.ts";
export { type CampaignInputs, campaign } from "./campaign.ts";
export { datasetGroup } from "./dataset-group.ts";
export { canonical, isLeaving, type Passed, type Properties } from "./diff.ts";
export { endWithEngine } from "./engine.ts";
export { baseName, findContentHash } from "./job-names.ts";
export { anyKind, formerKinds, isKindName, kinds, type ResourceKindName } from "./kinds.ts";
export { type Handler, lifecycle } from "./lifecycle.ts";
export { createHandlers, ownerHandler, processHandlers } from "./process-handlers.ts";
export { goneOrThrow, remove } from "./remove.ts";
export {
    type ClientOf,
    type CommonInputs,
    type Description,
    isUnknown,
    type Problem,
    personalizeClients,
} from "./resource.ts";
export { everyDays, toEventParameters } from "./solution.ts";
export { fetchTrainingImport } from "./solution-version.ts";
export { isOurs, listTags, ownerTag, type Tags } from "./tags.ts";
export type { LifecycleDeps } from "./wait.ts";
export { duration, verdictOn, waitFor } from "./wait.ts";
