import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { breaks, compatiblePairs } from "./fixtures/break.ts";
import { soundFixtures } from "./fixtures/sound.ts";
import { brokenBy, createFixture, diagnoseFixture, explains, findBrokenFaults, fixtureSnapshot } from "./support.ts";

describe("`diagnose` of an import's access", () => {
    it("`diagnose` finds no fault in the policies of this program", () => {
        const { links, findings, fixes, firstBroken, verdict } = diagnoseFixture(createFixture());
        assert.deepEqual([findings, fixes, firstBroken, verdict], [[], [], undefined, "sound"]);
        const notOk = links.filter((link) => link.verdict !== "ok").map(({ link }) => link);
        assert.deepEqual(notOk, []);
    });

    for (const one of breaks) {
        it(`\`diagnose\` explains ${one.name} and reports no other fault`, () => {
            const snapshot = fixtureSnapshot(brokenBy(one.name));
            assert.deepEqual(findBrokenFaults(snapshot), [one.fault]);
            const { findings } = diagnose(snapshot);
            assert.ok(explains(diagnose(snapshot), one), findings.map(({ sentence }) => sentence).join("\n"));
        });
    }

    for (const [name, make] of soundFixtures) {
        it(`\`diagnose\` finds no fault in ${name}`, () => {
            assert.deepEqual(findBrokenFaults(fixtureSnapshot(make(createFixture()))), []);
        });
    }

    it("`diagnose` reports both faults of two-fault setups in which neither fault hides the other", () => {
        const pairs = compatiblePairs();
        assert.ok(pairs.length > 1000, `${pairs.length}`);
        for (const [a, b] of pairs.filter((_, index) => index % 10 === 0)) {
            const both = diagnose(fixtureSnapshot(b.make(a.make(createFixture()))));
            const sentences = both.findings.map(({ sentence }) => sentence).join("\n");
            assert.ok(explains(both, a) && explains(both, b), `${a.name} + ${b.name}: ${sentences}`);
        }
    });

    it("`diagnose` returns as firstBroken the fault that an import reaches first", () => {
        const { firstBroken, findings } = diagnoseFixture(
            brokenBy("rows-too-few", "trust-source-account", "bucket-deny-vpc"),
        );
        assert.equal(firstBroken?.link, "trust policy");
        assert.deepEqual(
            findings.map(({ fault }) => fault),
            ["trust-policy", "bucket-policy", "rows-too-few"],
        );
    });

    it("`diagnose` returns equal results for equal snapshots", () => {
        const snapshot = fixtureSnapshot(brokenBy("role-source-arn", "kms-disabled"));
        assert.deepEqual(diagnose(snapshot), diagnose(structuredClone(snapshot)));
    });
});
