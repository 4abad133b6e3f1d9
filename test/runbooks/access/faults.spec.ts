import assert from "node:assert/strict";
import { diagnose } from "../../../runbooks/lib/access/diagnose.ts";
import { breaks } from "../../drills/access/break.ts";
import { compatiblePairs } from "../../drills/access/case.ts";
import { soundWorlds } from "../../drills/access/sound.ts";
import { brokenBy, brokenIn, diagnosisOf, seen, world } from "./support.ts";

describe("the diagnosis of an import's access", () => {
    it("finds nothing in what this program makes", () => {
        const { links, findings, fixes, firstBroken, verdict } = diagnosisOf(world());
        assert.deepEqual([findings, fixes, firstBroken, verdict], [[], [], undefined, "sound"]);
        const notOk = links.filter((link) => link.verdict !== "ok").map(({ link }) => link);
        assert.deepEqual(notOk, []);
    });

    for (const { name, fault } of breaks) {
        it(`names ${name}, and nothing else`, () => {
            assert.deepEqual(brokenIn(seen(brokenBy(name))), [fault]);
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
            const named = brokenIn(seen(b.make(a.make(world()))));
            assert.ok(named.includes(a.fault) && named.includes(b.fault), `${a.name} + ${b.name}: ${named.join(", ")}`);
        }
    });

    it("names the first broken link in the service's order", () => {
        const { firstBroken, findings } = diagnosisOf(
            brokenBy("rows-too-few", "trust-source-account", "bucket-deny-vpc"),
        );
        assert.equal(firstBroken?.link, "trust policy");
        assert.deepEqual(
            findings.map(({ fault }) => fault),
            ["trust-source-account", "bucket-deny-vpc", "rows-too-few"],
        );
    });

    it("gives equal results for equal snapshots", () => {
        const snapshot = seen(brokenBy("role-source-arn", "kms-disabled"));
        assert.deepEqual(diagnose(snapshot), diagnose(structuredClone(snapshot)));
    });
});
