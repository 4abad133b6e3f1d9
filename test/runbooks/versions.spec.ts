import assert from "node:assert/strict";
import {
    chooseTarget,
    costNote,
    parseSwitches,
    type ServedRecord,
    servedRecord,
} from "../../runbooks/lib/training/versions.ts";

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

const nothing: ServedRecord = { refused: new Map(), served: new Set() };

describe("`chooseTarget`, the version to which a rollback switches", () => {
    const choose = (live: string, wanted?: string, recorded = nothing, from = versions) =>
        chooseTarget(from, `solution/films/${live}`, wanted, recorded);

    it("`chooseTarget` returns the previous ACTIVE version and skips a failed version", () => {
        assert.deepEqual(choose("d4"), { solutionVersionArn: "solution/films/b2", skipped: ["c3 (CREATE FAILED)"] });
    });

    it("`chooseTarget` skips a version that the quality gate rejected", () => {
        const recorded = { ...nothing, refused: new Map([["d4", "the quality gate refused d4"]]) };
        assert.deepEqual(choose("e5", undefined, recorded), {
            solutionVersionArn: "solution/films/b2",
            skipped: ["d4 (the quality gate refused d4)", "c3 (CREATE FAILED)"],
        });
        assert.equal(choose("e5", "d4", recorded).solutionVersionArn, "solution/films/d4");
    });

    it("`chooseTarget` skips an automatically trained version that never served", () => {
        const automatic = versions.map((version) =>
            ["b2", "d4"].includes(version.id) ? { ...version, trainingType: "AUTOMATIC" } : version,
        );
        const recorded = { ...nothing, served: new Set(["b2"]) };
        const { solutionVersionArn, skipped } = choose("e5", undefined, recorded, automatic);
        assert.equal(solutionVersionArn, "solution/films/b2");
        assert.match(skipped[0] ?? "", /^d4 \(trained automatically, and no record/);
    });

    it("`chooseTarget` returns the version with the requested ID or ARN", () => {
        assert.equal(choose("d4", "e5").solutionVersionArn, "solution/films/e5");
        assert.equal(choose("d4", "solution/films/a1").solutionVersionArn, "solution/films/a1");
    });

    it("`chooseTarget` rejects failed and unknown versions, and the error lists the possible versions", () => {
        const choices = /Choices: a1 \(2026-11-25 14:00\), b2 .*, e5 /;
        assert.throws(() => choose("d4", "c3"), /c3 is CREATE FAILED, not ACTIVE\. /);
        assert.throws(() => choose("d4", "c3"), choices);
        assert.throws(() => choose("d4", "solution/other/a1"), choices);
        assert.throws(() => choose("a1"), /no earlier version that served or passed the quality gate\. Choices/);
        const recorded = { ...nothing, refused: new Map([["a1", "the quality gate refused a1"]]) };
        assert.throws(() => choose("b2", undefined, recorded), /Skipped: a1 \(the quality gate refused a1\)\. Choices/);
        assert.throws(() => choose("a1", undefined, nothing, versions.slice(0, 1)), /There is no other/);
    });
});

describe("`servedRecord`, the served and rejected versions in the SSM parameter `serving`", () => {
    const flag = (solutionVersionArn: string, from: string, more: object = {}) => ({
        ...{ solutionVersionArn, from, hold: true, reason: `reason of ${solutionVersionArn}`, since: "2026-01-01" },
        ...more,
    });
    const refusal = flag("a/v1", "a/v1", { refused: "a/v2", reason: "the quality gate refused v2" });
    const refusedIn = (...flags: ReturnType<typeof flag>[]) => [
        ...servedRecord(flags.map((flag) => ({ flag }))).refused,
    ];

    it("`servedRecord` contains the reason for which a version was rejected", () => {
        assert.deepEqual(refusedIn(refusal, flag("a/v3", "a/v1")), [["v2", "the quality gate refused v2"]]);
    });

    it("`servedRecord` forgets a version's rejection after a switch to or from that version", () => {
        assert.deepEqual(refusedIn(refusal, flag("a/v2", "a/v1")), []);
        assert.deepEqual(refusedIn(refusal, flag("a/v3", "a/v2")), []);
    });

    it("`servedRecord` contains the rejection of a version that failed the smoke test", () => {
        const failed = flag("a/v1", "a/v2", { refused: "a/v2", reason: "smoke test of v2 failed" });
        assert.deepEqual(refusedIn(flag("a/v2", "a/v1"), failed), [["v2", "smoke test of v2 failed"]]);
    });

    it("`servedRecord` contains the versions of all switches except failed switches", () => {
        const failed = flag("a/v2", "a/v2", { failed: "a/v3" });
        const { served } = servedRecord([flag("a/v2", "a/v1"), flag("a/v3", "a/v2"), failed].map((flag) => ({ flag })));
        assert.deepEqual([...served].sort(), ["v1", "v2"]);
    });
});

describe("`parseSwitches`, the campaign's version switches in the SSM parameter `serving`", () => {
    const note = (solutionVersionArn: string, from: string, at = "2026-11-25T15:00:00.000Z") => ({
        flag: { solutionVersionArn, hold: true, reason: "r", since: "2026-01-01T00:00:00Z", from },
        at,
        by: "arn:aws:iam::000000000000:user/ann",
    });

    it("`parseSwitches` returns each switch of the campaign's version with user and time", () => {
        assert.deepEqual(parseSwitches([note("v1", "v1"), note("v2", "v1"), note("v2", "v2")]), [
            {
                solutionVersionArn: "v2",
                at: "2026-11-25T15:00:00.000Z",
                by: "arn:aws:iam::000000000000:user/ann",
                reason: "r",
            },
        ]);
    });

    it("`parseSwitches` omits a switch that failed in Personalize", () => {
        const back = note("v1", "v1");
        const failed = { ...back, flag: { ...back.flag, failed: "v2" } };
        assert.deepEqual(parseSwitches([note("v2", "v1"), failed]), []);
    });

    it("`parseSwitches` omits the switches of a retraining that is not finished", () => {
        const begun = note("v2", "v1");
        const retraining = { live: "v1", newest: "v1", before: { hold: false, reason: "" } };
        assert.equal(parseSwitches([{ ...begun, flag: { ...begun.flag, retraining } }, begun]).length, 1);
    });

    it("`parseSwitches` uses the time in the state flag if SSM returns no time", () => {
        assert.equal(parseSwitches([note("v2", "v1", "")])[0]?.at, "2026-01-01T00:00:00Z");
    });
});

describe("costNote, the note about the column cost", () => {
    it("costNote states that the price is that of the training hours", () => {
        assert.equal(costNote({}), "The cost is the price of the training hours (US price, unverified).");
    });

    it("costNote states on the local AWS that AWS bills more, because the local AWS trains in seconds", () => {
        assert.equal(
            costNote({ MOVIE_RECOMMENDER_COMMANDS: "npm run local --" }),
            "The cost is the price of the training hours (US price, unverified). " +
                "The local AWS trains in seconds; for the same training AWS bills ≈ $0.26 or more.",
        );
    });
});
