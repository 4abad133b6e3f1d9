import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import type { Snapshot } from "../snapshot.ts";
import { brokenBy, createFixture, findBrokenFaults, fixtureSnapshot } from "./support.ts";

const privileges =
    "Failed to create a data import job for INTERACTIONS dataset....Insufficient privileges for accessing data in Amazon S3.";
const columns =
    "Failed to create a data import job INTERACTIONS dataset...Input CSV is missing the following columns:[USER_ID].";
const denied = { unread: "s3:GetBucketPolicy is denied (AccessDenied)", needs: "s3:GetBucketPolicy" };

const withJob = (snapshot: Snapshot, status: string, failureReason?: string): Snapshot => ({
    ...snapshot,
    job: { is: { arn: snapshot.sourceArn, status, failureReason } },
});
const failed = (snapshot: Snapshot, reason: string) => withJob(snapshot, "CREATE FAILED", reason);
const resultOf = (snapshot: Snapshot) => {
    const { links, verdict } = diagnose(snapshot);
    const result = links.find(({ link }) => link === "import job result");
    return [verdict, result?.verdict, result?.findings[0]?.fault, result?.detail ?? ""] as const;
};

describe('the check "import job result" of a diagnosis', () => {
    it("the job check is ok for a successful or running job", () => {
        assert.deepEqual(resultOf(withJob(fixtureSnapshot(createFixture()), "ACTIVE")).slice(0, 3), [
            "sound",
            "ok",
            undefined,
        ]);
        const [verdict, result, , detail] = resultOf(withJob(fixtureSnapshot(createFixture()), "CREATE PENDING"));
        assert.deepEqual([verdict, result, detail], ["sound", "ok", "CREATE PENDING: not failed yet"]);
    });

    it("the job check has the verdict `broken` if no other check explains the job's error about a line or column", () => {
        for (const reason of [columns, "Line 3 has 4 columns, but the header has 5."]) {
            const [verdict, result, fault, detail] = resultOf(failed(fixtureSnapshot(createFixture()), reason));
            assert.deepEqual([verdict, result, fault], ["broken", "broken", "file-refused"]);
            assert.ok(detail.endsWith(`s3://films-test/movies/interactions.csv: “${reason}”`), detail);
        }
        const explained = failed(fixtureSnapshot(brokenBy("column-missing")), columns);
        assert.deepEqual(findBrokenFaults(explained), ["column-missing"]);
    });

    it("the job check says that a fault is already fixed only if all other checks could run", () => {
        const sound = fixtureSnapshot(createFixture());
        assert.deepEqual(resultOf(failed(sound, privileges)).slice(0, 3), [
            "sound",
            "warning",
            "job-bucket-conditions",
        ]);
        const [verdict, result, , detail] = resultOf(failed({ ...sound, bucketPolicy: denied }, privileges));
        assert.deepEqual([verdict, result], ["unknown", "unknown"]);
        assert.doesNotMatch(detail, /fixed since/);
    });

    it("the verdict is unknown if the job's failure reason is unknown or missing", () => {
        const strange = resultOf(failed(fixtureSnapshot(createFixture()), "Internal problem 17."));
        assert.deepEqual(strange.slice(0, 2), ["unknown", "unknown"]);
        assert.match(strange[3], /Internal problem 17.*not known here/);
        assert.deepEqual(resultOf(withJob(fixtureSnapshot(createFixture()), "CREATE FAILED")).slice(0, 2), [
            "unknown",
            "unknown",
        ]);
    });

    it("the job check has the verdict `broken` if the error that the user pasted rejects CreateDatasetImportJob", () => {
        const resultFor = (reported: string) => resultOf({ ...fixtureSnapshot(createFixture()), reported });
        assert.deepEqual(resultFor(columns).slice(0, 3), ["broken", "broken", "file-refused"]);
        assert.deepEqual(resultFor("More than 5 resources with PENDING or IN_PROGRESS status.").slice(0, 3), [
            ...["broken", "broken", "call-refused"],
        ]);
        const other = "User: arn:aws:iam::000000000000:user/other is not authorized to perform: iam:PassRole";
        assert.deepEqual(resultFor(other).slice(0, 3), ["broken", "broken", "call-refused"]);
        assert.equal(resultFor(other.replace("user/other", "root"))[0], "sound");
    });
});

describe("iam:PassRole of a caller who diagnoses a job", () => {
    const stranger = fixtureSnapshot(brokenBy("passrole-missing"));

    it("a missing iam:PassRole is only a warning for a job that the service accepted", () => {
        const { verdict, findings } = diagnose(withJob(stranger, "ACTIVE"));
        assert.deepEqual([verdict, findings.map((each) => each.verdict)], ["sound", ["warning"]]);
        const unread = { unread: "iam:SimulatePrincipalPolicy is denied", needs: "iam:SimulatePrincipalPolicy" };
        const auditor = diagnose(withJob({ ...fixtureSnapshot(createFixture()), passRole: unread }, "ACTIVE"));
        assert.deepEqual([auditor.verdict, auditor.needs], ["sound", []]);
    });

    it("a root user, whom IAM does not simulate, gets no warning about iam:PassRole", () => {
        const root = { ...fixtureSnapshot(createFixture()), passRole: { is: [] } };
        assert.deepEqual(diagnose(withJob(root, "ACTIVE")).findings, []);
    });

    it("a missing iam:PassRole is a fault for a job that does not exist yet", () => {
        assert.deepEqual(findBrokenFaults(stranger), ["passrole"]);
    });
});
