import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { createHeadline } from "../headline.ts";
import type { Snapshot } from "../snapshot.ts";
import { withObjects } from "./public/case.ts";
import { brokenBy, createFixture, findBrokenFaults, fixtureSnapshot } from "./support.ts";

const privileges =
    "Failed to create a data import job for INTERACTIONS dataset....Insufficient privileges for accessing data in Amazon S3.";
const columns =
    "Failed to create a data import job INTERACTIONS dataset...Input CSV is missing the following columns:[USER_ID].";
const again = { command: "npx access-doctor --job JOB", script: "/tmp/fix.sh" };
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

    it("a failed job that nothing visible explains is unknown, and `diagnose` asks the owners of unseen policies", () => {
        const sound = fixtureSnapshot(createFixture());
        for (const reason of [privileges, "Internal problem 17.", undefined]) {
            const snapshot = withJob(sound, "CREATE FAILED", reason);
            assert.deepEqual(resultOf(snapshot).slice(0, 3), ["unknown", "unknown", undefined]);
            const { cause, todo } = createHeadline(diagnose(snapshot), snapshot, again);
            assert.match(cause, /^The import failed \(.*\), and no policy, key or file .* explains it\.$/);
            const asks = todo.flatMap(({ label, text }) => (label === "Ask" ? [text] : []));
            assert.match(
                asks[0] ?? "",
                /^the organization's administrator: does a service control policy or a resource /,
            );
            assert.match(asks[1] ?? "", /session policy keep arn:\S+ or personalize\.amazonaws\.com from s3:GetObject/);
        }
        const unread = resultOf(failed({ ...sound, bucketPolicy: denied }, privileges));
        assert.deepEqual(unread.slice(0, 2), ["unknown", "unknown"]);
    });

    it("`diagnose` suggests to remove the bucket policy's conditions last, and only for the caller's own bucket", () => {
        const sound = fixtureSnapshot(createFixture());
        const lastOf = (snapshot: Snapshot) =>
            createHeadline(diagnose(snapshot), snapshot, again).todo.at(-1)?.text ?? "";
        const owned = { "arn:aws:s3:::films-test": "pulumi up" };
        assert.match(lastOf(failed({ ...sound, owned }, privileges)), /bucketPolicyConditions false && pulumi up$/);
        assert.doesNotMatch(lastOf(failed(sound, privileges)), /bucketPolicyConditions/);
        assert.doesNotMatch(lastOf(failed({ ...sound, owned }, "Internal problem 17.")), /bucketPolicyConditions/);
    });

    it("`diagnose` says that a failure was fixed only if AWS shows a change after it", () => {
        const sound = failed(fixtureSnapshot(createFixture()), privileges);
        const ended = "2026-11-28T11:00:00.000Z";
        const at = (created: string): Snapshot => ({
            ...sound,
            job: { is: { arn: sound.sourceArn, status: "CREATE FAILED", failureReason: privileges, ended } },
            role: "is" in sound.role && sound.role.is ? { is: { ...sound.role.is, created } } : sound.role,
        });
        assert.equal(resultOf(at("2026-11-28T10:00:00.000Z"))[0], "unknown");
        const [verdict, , , detail] = resultOf(at("2026-11-28T11:30:00.000Z"));
        assert.equal(verdict, "sound");
        assert.match(detail, /since then the role was created \(2026-11-28T11:30:00\.000Z\)\. Nothing is broken now/);
    });

    it("a successful job proves its file, unless somebody wrote the file since", () => {
        const ended = "2026-11-28T11:00:00.000Z";
        const at = (written: string) => {
            const snapshot = withObjects(fixtureSnapshot(brokenBy("rows-too-few")), { written });
            return {
                ...snapshot,
                job: { is: { arn: snapshot.sourceArn, status: "ACTIVE", failureReason: undefined, ended } },
            };
        };
        assert.equal(diagnose(at("2026-11-28T10:00:00.000Z")).verdict, "sound");
        const later = at("2026-11-28T11:30:00.000Z");
        assert.match(
            createHeadline(diagnose(later), later, again).cause,
            /The job succeeded \S+: what differs was changed since\.$/,
        );
    });

    it("the job check has the verdict `broken` if the error that the user pasted rejects CreateDatasetImportJob", () => {
        const resultFor = (reported: string) => resultOf({ ...fixtureSnapshot(createFixture()), reported });
        assert.deepEqual(resultFor(columns).slice(0, 3), ["broken", "broken", "file-refused"]);
        assert.deepEqual(resultFor("More than 5 resources with PENDING or IN_PROGRESS status.").slice(0, 3), [
            ...["broken", "broken", "call-refused"],
        ]);
        const other = "User: arn:aws:iam::000000000000:user/other is not authorized to perform: iam:PassRole";
        assert.deepEqual(resultFor(other).slice(0, 3), ["broken", "broken", "call-refused"]);
        assert.equal(resultFor(other.replace("user/other", "root"))[0], "unknown");
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
