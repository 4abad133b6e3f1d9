import { itemInteractionsSchema } from "../../../data-prep/avro.ts";
import { interactionsCsv, syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { diagnose } from "../../../runbooks/lib/access/diagnose.ts";
import type { FaultId } from "../../../runbooks/lib/access/faults.ts";
import type { Snapshot } from "../../../runbooks/lib/access/snapshot.ts";
import { breaks } from "../../drills/access/break.ts";
import { snapshotOf } from "../../drills/access/snapshot-of.ts";
import { soundWorld, type World } from "../../drills/access/world.ts";

export const caller = { partition: "aws", region: "eu-central-1", accountId: "000000000000" };
export const interactions = interactionsCsv(syntheticRatings()).toString();

export const world = (): World => soundWorld("test", caller);

/** The runbook's snapshot of a world. */
export const seen = (of: World): Snapshot => snapshotOf(of, interactions, itemInteractionsSchema);

export const diagnosisOf = (of: World) => diagnose(seen(of));

/** Broken faults, in the order of the chain. */
export const brokenIn = (snapshot: Snapshot): FaultId[] =>
    diagnose(snapshot).findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));

/** The world with the drill's fault of this name in it. */
export function brokenBy(...names: string[]): World {
    return names.reduce((made, name) => {
        const found = breaks.find((each) => each.name === name);
        if (!found) throw new Error(`the drill has no fault ${name}`);
        return found.make(made);
    }, world());
}
