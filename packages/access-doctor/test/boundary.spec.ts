import assert from "node:assert/strict";
import { personalizeService, type Statement } from "policy-evaluator";
import { diagnose } from "../diagnose.ts";
import { document, keyPolicy, roleArnOf } from "./fixtures/import-fixture.ts";
import { createFixture, findBrokenFaults, fixtureSnapshot } from "./support.ts";

describe("`diagnose` of kms:Decrypt by a role with a permissions boundary", () => {
    /** Returns the snapshot of an import whose key policy allows these principals. */
    const encrypted = (principals: readonly NonNullable<Statement["Principal"]>[], actions: readonly string[]) => {
        const fixture = createFixture();
        const grants = principals.map(
            (Principal): Statement => ({ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }),
        );
        return fixtureSnapshot({
            ...fixture,
            key: { state: "Enabled", policy: keyPolicy(fixture, ...grants) },
            boundary: document({ Effect: "Allow", Action: [...actions], Resource: "*" }),
        });
    };
    const toRole = { AWS: roleArnOf(createFixture()) };
    const toService = { Service: personalizeService };

    it("a boundary without kms:Decrypt is a fault if the key policy allows only the role, and the fix also allows Personalize", () => {
        assert.deepEqual(findBrokenFaults(encrypted([toRole], ["s3:*", "kms:Decrypt"])), []);
        const { links, findings, fixes } = diagnose(encrypted([toRole], ["s3:*"]));
        assert.equal(links.find(({ link }) => link === "encryption key")?.verdict, "broken");
        const [first] = findings;
        assert.equal(first?.fault, "boundary");
        assert.match(first?.sentence ?? "", /No statement of the permissions boundary allows kms:Decrypt\.$/);
        assert.match(
            fixes.flatMap(({ commands }) => commands).join(),
            /^aws kms put-key-policy .*personalize\.amazonaws/,
        );
    });

    it("a boundary without kms:Decrypt is a warning if the key policy also allows Personalize", () => {
        const { verdict, findings } = diagnose(encrypted([toRole, toService], ["s3:*"]));
        assert.equal(verdict, "sound");
        const found = findings.find(({ fault }) => fault === "kms-one-only");
        assert.match(found?.sentence ?? "", /^Only Personalize may decrypt with the key arn:/);
    });
});
