import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { brokenBy, brokenIn, diagnosisOf, explains, seen, world } from "./support.ts";
import { breaks, compatiblePairs } from "./worlds/break.ts";
import { soundWorlds } from "./worlds/sound.ts";

describe("the diagnosis of an import's access", () => {
    it("finds nothing in what this program makes", () => {
        const { links, findings, fixes, firstBroken, verdict } = diagnosisOf(world());
        assert.deepEqual([findings, fixes, firstBroken, verdict], [[], [], undefined, "sound"]);
        const notOk = links.filter((link) => link.verdict !== "ok").map(({ link }) => link);
        assert.deepEqual(notOk, []);
    });

    for (const one of breaks) {
        it(`explains ${one.name}, and names nothing else`, () => {
            const snapshot = seen(brokenBy(one.name));
            assert.deepEqual(brokenIn(snapshot), [one.fault]);
            const { findings } = diagnose(snapshot);
            assert.ok(explains(diagnose(snapshot), one), findings.map(({ sentence }) => sentence).join("\n"));
        });
    }

    for (const [name, make] of soundWorlds) {
        it(`calls nothing broken: ${name}`, () => {
            assert.deepEqual(brokenIn(seen(make(world()))), []);
        });
    }

    it("names both of two faults, of every pair of which neither hides the other", () => {
        const pairs = compatiblePairs();
        assert.ok(pairs.length > 1000, `${pairs.length}`);
        for (const [a, b] of pairs.filter((_, index) => index % 10 === 0)) {
            const both = diagnose(seen(b.make(a.make(world()))));
            const sentences = both.findings.map(({ sentence }) => sentence).join("\n");
            assert.ok(explains(both, a) && explains(both, b), `${a.name} + ${b.name}: ${sentences}`);
        }
    });

    it("names the first broken link in the service's order", () => {
        const { firstBroken, findings } = diagnosisOf(
            brokenBy("rows-too-few", "trust-source-account", "bucket-deny-vpc"),
        );
        assert.equal(firstBroken?.link, "trust policy");
        assert.deepEqual(
            findings.map(({ fault }) => fault),
            ["trust-policy", "bucket-policy", "rows-too-few"],
        );
    });

    it("gives equal results for equal snapshots", () => {
        const snapshot = seen(brokenBy("role-source-arn", "kms-disabled"));
        assert.deepEqual(diagnose(snapshot), diagnose(structuredClone(snapshot)));
    });
});
