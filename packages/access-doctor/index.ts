/** Diagnosis of an import's access to its data. README.md shows how to use it. */

export { type DiagnoseOptions, runDiagnosis, withDiagnoseOptions } from "./command.ts";
export { type Diagnosis, diagnose } from "./diagnose.ts";
export { draw, drawHeadline } from "./draw.ts";
export { AccessError, type AccessErrorKind } from "./errors.ts";
export { type FaultId, faults } from "./faults.ts";
export { fetchEntityArn, fetchSnapshot } from "./fetch.ts";
export { simulate } from "./fetch-role.ts";
export { type Again, createHeadline, type Headline } from "./headline.ts";
export { createReader, quietReader, type ReadFromAws } from "./look.ts";
export { explainMessage } from "./messages.ts";
export type { Snapshot, Target } from "./snapshot.ts";
export { fetchCaller, targetOfJob, targetOfRole } from "./target.ts";
