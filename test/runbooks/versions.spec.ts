import assert from "node:assert/strict";
import { chooseTarget, parseSwitches } from "../../runbooks/lib/training/versions.ts";

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

describe("chooseTarget of a rollback", () => {
    it("chooseTarget returns the previous ACTIVE version and skips a failed one", () => {
        assert.equal(chooseTarget(versions, "solution/films/d4", undefined), "solution/films/b2");
    });

    it("chooseTarget returns the version with the given id or ARN", () => {
        assert.equal(chooseTarget(versions, "solution/films/d4", "e5"), "solution/films/e5");
        assert.equal(chooseTarget(versions, "solution/films/d4", "solution/films/a1"), "solution/films/a1");
    });

    it("chooseTarget rejects failed and unknown versions and lists the choices", () => {
        const choices = /Choices: a1 \(2026-11-25 14:00\), b2 .*, e5 /;
        assert.throws(() => chooseTarget(versions, "solution/films/d4", "c3"), /c3 is CREATE FAILED, not ACTIVE\. /);
        assert.throws(() => chooseTarget(versions, "solution/films/d4", "c3"), choices);
        assert.throws(() => chooseTarget(versions, "solution/films/d4", "solution/other/a1"), choices);
        assert.throws(() => chooseTarget(versions, "solution/films/a1", undefined), /no ACTIVE version before/);
        assert.throws(() => chooseTarget(versions.slice(0, 1), "solution/films/a1", undefined), /There is no other/);
    });
});

describe("parseSwitches in the history of the parameter serving", () => {
    const note = (solutionVersionArn: string, from: string | undefined, at = "2026-11-25T15:00:00.000Z") => ({
        value: JSON.stringify({ solutionVersionArn, hold: true, reason: "r", since: "2026-01-01T00:00:00Z", from }),
        at,
        by: "arn:aws:iam::000000000000:user/ann",
    });

    it("parseSwitches returns changes of the version with user and time", () => {
        assert.deepEqual(parseSwitches([note("v1", "v1"), note("v2", "v1"), note("v2", "v2")]), [
            {
                solutionVersionArn: "v2",
                at: "2026-11-25T15:00:00.000Z",
                by: "arn:aws:iam::000000000000:user/ann",
                reason: "r",
            },
        ]);
    });

    it("parseSwitches omits a switch that failed in the service", () => {
        const back = note("v1", "v1");
        const failed = { ...back, value: JSON.stringify({ ...JSON.parse(back.value), failed: "v2" }) };
        assert.deepEqual(parseSwitches([note("v2", "v1"), failed]), []);
    });

    it("parseSwitches omits switches of an unfinished retraining", () => {
        const begun = note("v2", "v1");
        const retraining = { live: "v1", newest: "v1", before: { hold: false, reason: "" } };
        const value = JSON.stringify({ ...JSON.parse(begun.value), retraining });
        assert.equal(parseSwitches([{ ...begun, value }, begun]).length, 1);
    });

    it("parseSwitches uses the flag's own time if SSM returns none", () => {
        assert.equal(parseSwitches([note("v2", "v1", "")])[0]?.at, "2026-01-01T00:00:00Z");
    });
});
