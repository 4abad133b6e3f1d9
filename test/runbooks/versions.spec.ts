import assert from "node:assert/strict";
import { chooseTarget, switchesIn } from "../../runbooks/lib/training/versions.ts";

const versions = [
    { id: "a1", status: "ACTIVE" },
    { id: "b2", status: "ACTIVE" },
    { id: "c3", status: "CREATE FAILED" },
    { id: "d4", status: "ACTIVE" },
    { id: "e5", status: "ACTIVE" },
].map((version) => ({
    ...version,
    solutionVersionArn: `solution/films/${version.id}`,
    madeAt: "2026-11-25T14:00:00Z",
    trainingType: "MANUAL",
}));

describe("the version to roll back to", () => {
    it("is the ACTIVE one before what serves, over a failed one, however new the newest is", () => {
        assert.equal(chooseTarget(versions, "solution/films/d4", undefined), "solution/films/b2");
    });

    it("is the one that is named, by id or ARN", () => {
        assert.equal(chooseTarget(versions, "solution/films/d4", "e5"), "solution/films/e5");
        assert.equal(chooseTarget(versions, "solution/films/d4", "solution/films/a1"), "solution/films/a1");
    });

    it("is refused with the choices when it failed, is unknown, or is not there", () => {
        const choices = /Choices: a1 \(2026-11-25 14:00\), b2 .*, e5 /;
        assert.throws(() => chooseTarget(versions, "solution/films/d4", "c3"), /c3 is CREATE FAILED, not ACTIVE\. /);
        assert.throws(() => chooseTarget(versions, "solution/films/d4", "c3"), choices);
        assert.throws(() => chooseTarget(versions, "solution/films/d4", "solution/other/a1"), choices);
        assert.throws(() => chooseTarget(versions, "solution/films/a1", undefined), /no ACTIVE version before/);
        assert.throws(() => chooseTarget(versions.slice(0, 1), "solution/films/a1", undefined), /There is no other/);
    });
});

describe("the switches among the notes", () => {
    const note = (solutionVersionArn: string, from: string | undefined, at = "2026-11-25T15:00:00.000Z") => ({
        value: JSON.stringify({ solutionVersionArn, hold: true, reason: "r", since: "2026-01-01T00:00:00Z", from }),
        at,
        by: "arn:aws:iam::000000000000:user/ann",
    });

    it("are those that moved the campaign, with who and when", () => {
        assert.deepEqual(switchesIn([note("v1", "v1"), note("v2", "v1"), note("v2", "v2")]), [
            {
                solutionVersionArn: "v2",
                at: "2026-11-25T15:00:00.000Z",
                by: "arn:aws:iam::000000000000:user/ann",
                reason: "r",
            },
        ]);
    });

    it("are not those that the service failed", () => {
        const back = note("v1", "v1");
        const failed = { ...back, value: JSON.stringify({ ...JSON.parse(back.value), failed: "v2" }) };
        assert.deepEqual(switchesIn([note("v2", "v1"), failed]), []);
    });

    it("are not those that a retraining has not brought to its end", () => {
        const begun = note("v2", "v1");
        const retraining = { live: "v1", newest: "v1", before: { hold: false, reason: "" } };
        const value = JSON.stringify({ ...JSON.parse(begun.value), retraining });
        assert.equal(switchesIn([{ ...begun, value }, begun]).length, 1);
    });

    it("have the flag's own time if SSM returns none", () => {
        assert.equal(switchesIn([note("v2", "v1", "")])[0]?.at, "2026-01-01T00:00:00Z");
    });
});
