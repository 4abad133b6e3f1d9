/** Amazon Personalize on this machine: one emulator answers the three Personalize APIs. `startLocalPersonalize` serves it. */
export { requireServiceModelDir } from "./botocore.ts";
export type * from "./contract.ts";
export { openDatabase } from "./database.ts";
export { createEmulator } from "./emulator.ts";
export { ServiceError } from "./errors.ts";
export { answerPersonalize } from "./host/answer.ts";
export { type ArmedFault, createFaults, type Effect, type Fault, type Faults } from "./host/faults.ts";
export { type LocalOptions, type LocalPersonalize, startLocalPersonalize } from "./host/start.ts";
export { answerTools, bad, type ToolEndpoints, type Tools, toolEndpoints } from "./host/tools.ts";
export { keysToRead } from "./importing/data-location.ts";
export { s3Objects } from "./s3.ts";
export {
    type CredentialScope,
    credentialScope,
    failure,
    findOperation,
    hostOf,
    isForTools,
    isFromWebPage,
    parseJson,
    readBody,
    writeAnswer,
} from "./wire/http.ts";
export { isRecord, toRecord } from "./wire/validate.ts";
