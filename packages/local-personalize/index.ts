/** Amazon Personalize on this machine: one emulator answers the three Personalize APIs. */
export { serviceModelDirOf } from "./botocore.ts";
export type * from "./contract.ts";
export { createEmulator, operationOf } from "./emulator.ts";
export { ServiceError } from "./errors.ts";
export { keysToRead } from "./importing/data-location.ts";
export { type CostRecord, costsOf, monthStart } from "./metering/cost.ts";
export { billedService } from "./metering/price-list.ts";
export { failure } from "./wire/response.ts";
