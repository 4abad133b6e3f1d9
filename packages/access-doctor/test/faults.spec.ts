import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { breaks } from "./fixtures/break.ts";
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

    for (const names of [
        "passrole-missing, trust-missing, role-get-missing, bucket-list-missing, kms-no-grant, header-case",
        "trust-source-account, role-deny, bucket-account, bucket-deny-tls, boundary, rows-too-few, file-bom",
        "trust-source-arn, role-source-arn, role-list-missing, bucket-principal, bucket-deny-vpc, kms-disabled",
        "passrole-other-service, role-condition, bucket-policy-not-json, bucket-region, timestamp-milliseconds",
        "trust-condition-misspelt, role-recreated, bucket-get-missing, object-wrong-key",
        "role-missing, bucket-missing",
    ]) {
        it(`\`diagnose\` explains all faults of a setup with ${names}`, () => {
            const all = names.split(", ");
            const diagnosis = diagnoseFixture(brokenBy(...all));
            const hidden = breaks.filter((each) => all.includes(each.name) && !explains(diagnosis, each));
            assert.deepEqual(hidden, []);
        });
    }

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
