import { type Import, listOf, type PolicyDocument } from "policy-evaluator";
import type { Finding, Scene } from "../link.ts";
import { read } from "../links/policies.ts";
import { known, type PolicyText, type Snapshot } from "../snapshot.ts";
import type { Step } from "./steps.ts";
import { storable } from "./storable.ts";

/** The repair of one place. */
export interface Repair {
    /** A change of this program; empty for what the stack did not make. */
    readonly program: string;
    readonly steps: readonly Step[];
    /** Another person who can fix it, and the request to that person; absent if the steps suffice. */
    readonly ask?: string;
    /** Location of the next import, if it changes. */
    readonly location?: string;
    /** Role of the next import, if it changes. */
    readonly roleArn?: string;
    /** The snapshot after a change that has no step. */
    readonly moved?: (snapshot: Snapshot) => Snapshot;
}

export type MakeRepair = (scene: Scene, group: readonly Finding[]) => Repair;

/** Name of the role policy that this program makes, and that the fixes add to. */
export const policyName = "read-interactions";
export const nothing: Repair = { program: "", steps: [] };
/** A repair that a person must do, as a request. */
export const asks = (ask: string): Repair => ({ ...nothing, ask });
/** Whether one of these faults was found. */
export const has = (group: readonly Finding[], ...faults: readonly Finding["fault"][]) =>
    group.some(({ fault }) => faults.includes(fault));

/** Advice for what the stack made, unless `up` would remove statements that another person added. */
export function drift({ snapshot }: Scene, what: string, present?: PolicyDocument, declared?: PolicyDocument): string {
    const ours = new Set(listOf(declared?.Statement).map(({ Sid }) => Sid));
    const foreign = listOf(present?.Statement).some(({ Sid }) => !ours.has(Sid));
    return snapshot.ownedByStack && !foreign ? `pulumi refresh && pulumi up   # the program declares it: ${what}` : "";
}

/** The place that an import reads, as `iam/` describes it. */
export const placeOf = ({ partition, bucket, key }: Import) => ({ partition, bucketName: bucket, readPrefixes: [key] });

/** The document of a policy; undefined if it is not valid. */
export const parsed = (policy: PolicyText, kind: "identity" | "resource") => read([policy], kind).policies[0]?.document;

function currentRole({ snapshot }: Scene) {
    const role = known(snapshot.role);
    return role && { id: role.id, arn: role.arn };
}

/** The document that AWS stores. */
export const kept = (scene: Scene, document: PolicyDocument) => storable(document, currentRole(scene)).document;
