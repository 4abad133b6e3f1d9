/**
 * Exports the resource kinds and their lifecycle without Pulumi's SDK, for a program's handlers, its commands, and its
 * Lambda functions.
 */

export { differingOf, notOurs } from "./adopt.ts";
export type { Advice } from "./advice.ts";
export { type CampaignInputs, campaign } from "./campaign.ts";
export { datasetGroup } from "./dataset-group.ts";
export { accessHashOf } from "./dataset-import-job.ts";
export type { LifecycleDeps } from "./deps.ts";
export { canonical, isEqualValue, isLeaving, type Properties } from "./diff.ts";
export { endLanguageHostWithEngine, endWithEngine } from "./engine.ts";
export { baseName, contentHashIn } from "./job-names.ts";
export { anyKind, kinds, type ResourceKindName } from "./kinds.ts";
export { type Handler, lifecycle, type Passed } from "./lifecycle.ts";
export { createHandlers, processHandlers } from "./process-handlers.ts";
export { goneOrThrow, remove } from "./remove.ts";
export {
    type ClientOf,
    type CommonInputs,
    type Description,
    isUnknown,
    type Problem,
    personalizeClients,
} from "./resource.ts";
export { eventParametersOf, everyDays } from "./solution.ts";
export { importOf } from "./solution-version.ts";
export { isOurs, ownerTag, type Tags, tagsOf } from "./tags.ts";
export { duration, verdictOn, waitFor } from "./wait.ts";
