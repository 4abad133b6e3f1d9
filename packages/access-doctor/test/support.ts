import { type Diagnosis, diagnose } from "../diagnose.ts";
import type { FaultId } from "../faults.ts";
import type { Snapshot } from "../snapshot.ts";
import { type Break, breaks } from "./fixtures/break.ts";
import { createSnapshot } from "./fixtures/create-snapshot.ts";
import { type ImportFixture, soundFixture } from "./fixtures/import-fixture.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "000000000000" };

export const createFixture = (): ImportFixture => soundFixture("test", caller);

/** Returns the snapshot that the diagnosis would fetch for a fixture. */
export const fixtureSnapshot = (of: ImportFixture): Snapshot => createSnapshot(of);

export const diagnoseFixture = (of: ImportFixture) => diagnose(fixtureSnapshot(of));

/** Returns the faults that prevent the import, in the order of the links and without repetition. */
export const findBrokenFaults = (snapshot: Snapshot): FaultId[] => [
    ...new Set(diagnose(snapshot).findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []))),
];

/** Checks whether a diagnosis reports the fault with the expected explanation. */
export const explains = ({ findings }: Diagnosis, { fault, says }: Break): boolean =>
    findings.some((each) => each.verdict === "broken" && each.fault === fault && says.test(each.sentence));

/** Returns the working setup after the test faults (`Break`) with the given names have changed it. */
export function brokenBy(...names: string[]): ImportFixture {
    return names.reduce((fixture, name) => {
        const fault = breaks.find((each) => each.name === name);
        if (!fault) throw new Error(`fixtures/break.ts has no fault ${name}`);
        return fault.make(fixture);
    }, createFixture());
}
