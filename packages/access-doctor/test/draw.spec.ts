import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { draw } from "../draw.ts";
import type { Snapshot } from "../snapshot.ts";
import { breaks } from "./fixtures/break.ts";
import { brokenBy, createFixture, fixtureSnapshot } from "./support.ts";

const again = {
    command:
        "npm run diagnose-access -- --job arn:aws:personalize:eu-central-1:000000000000:dataset-import-job/films-8221",
    script: "/tmp/access-fix.sh",
};
const drawn = (snapshot: Snapshot, verbose = false) => draw(diagnose(snapshot), snapshot, again, verbose);
const failed = (snapshot: Snapshot, failureReason: string): Snapshot => ({
    ...snapshot,
    job: { is: { arn: snapshot.sourceArn, status: "CREATE FAILED", failureReason } },
});
const denied = { unread: "s3:GetBucketPolicy is denied (AccessDenied)", needs: "s3:GetBucketPolicy" };

describe("the output of a diagnosis on a terminal", () => {
    it("the output for one fault begins with the cause, contains one fix command, and has fewer than 40 lines", () => {
        for (const { name } of breaks) {
            const lines = drawn(fixtureSnapshot(brokenBy(name))).split("\n");
            assert.ok(lines.length < 40, `${name}: ${lines.length} lines`);
            const [cause = "", todo = "", third] = lines;
            assert.match(cause, /^\S.*\.$/, name);
            assert.match(todo, /^(Fix|Ask|Next): \S/, name);
            assert.match(third ?? "", /^((Then|Ask|Next): .*)?$/, name);
            const whole = lines.filter((line) => line.length > 20);
            assert.equal(new Set(whole).size, whole.length, `${name}: a line is printed twice`);
            assert.equal(lines.join("\n").match(/◀/g)?.length, 1, name);
        }
    });

    it("the first line of the output contains the policy with the fault and the role or bucket to which the policy belongs", () => {
        for (const [name, start] of [
            [
                "role-source-arn",
                "Role policies of Import-test: ListBucket of the role policy read-interactions requires StringEquals aws:SourceAccount",
            ],
            ["trust-source-account", "Trust policy of Import-test: PersonalizeOfThisAccount requires"],
            ["bucket-deny-vpc", "Bucket policy of films-test: OnlyOurEndpoint denies s3:GetObject"],
            [
                "bucket-other-bucket",
                "Bucket policy of films-test: PersonalizeLists allows s3:ListBucket on arn:aws:s3:::other",
            ],
            ["rows-too-few", "movies/interactions.csv: There are 500 interactions"],
            ["bucket-missing", "There is no such bucket: films-test."],
        ] as const) {
            const text = drawn(fixtureSnapshot(brokenBy(name)));
            assert.ok(text.startsWith(start), text);
        }
    });

    it("the output suggests --write for a policy, and contains a conversion or another S3 location in full", () => {
        assert.match(
            drawn(fixtureSnapshot(brokenBy("bucket-get-missing"))),
            /\nFix: npm run diagnose-access -- --job \S+ --write \/tmp\/access-fix\.sh\nThen: read \/tmp\/access-fix\.sh, and run: sh \/tmp\/access-fix\.sh\n/,
        );
        assert.match(
            drawn(fixtureSnapshot(brokenBy("header-quoted"))),
            /\nFix: aws s3 cp \S+ \S+ && npm run data-prep -- .* && aws s3 cp \S+ s3:\/\/films-test\/movies\/interactions\.prepared\.csv\nThen: import from s3:\/\/films-test\/movies\/interactions\.prepared\.csv\n/,
        );
        assert.match(
            drawn(fixtureSnapshot(brokenBy("object-wrong-key"))),
            /\nFix: import from s3:\/\/films-test\/movies\/interactions\.csv\n/,
        );
    });

    it("the output suggests the command of the program that owns the bucket if somebody deleted the bucket's policy", () => {
        const unpoliced = fixtureSnapshot({ ...createFixture(), bucketPolicy: undefined });
        const snapshot = { ...unpoliced, owned: { "arn:aws:s3:::films-test": "make data" } };
        const text = drawn(snapshot);
        assert.match(text, /^The bucket films-test has no bucket policy.*\nFix: make data\n/);
        assert.doesNotMatch(text, /--write/);
    });

    it("the output summarizes the checks that passed, and --verbose shows every check with its evidence and command", () => {
        const snapshot = fixtureSnapshot(brokenBy("role-source-arn"));
        const short = drawn(snapshot);
        assert.match(short, /●\s+2 links hold: iam:PassRole of the caller, role\n/);
        assert.doesNotMatch(short, /put-role-policy|"Statement"|import job result|request:/);
        const long = drawn(snapshot, true);
        assert.match(long, /request: s3:ListBucket on arn:aws:s3:::films-test by/);
        assert.match(long, /\n {4}aws iam put-role-policy --role-name Import-test .*"Statement"/);
    });

    it("the output shortens a policy document inside a sentence, except with --verbose", () => {
        const principals = Array.from({ length: 20 }, (_, index) => `arn:aws:iam::000000000000:role/R${index}`);
        const snapshot = fixtureSnapshot(brokenBy("bucket-principal"));
        assert.ok("is" in snapshot.bucketPolicy && snapshot.bucketPolicy.is);
        const text = snapshot.bucketPolicy.is.replaceAll(
            '{"Service":"sagemaker.amazonaws.com"}',
            JSON.stringify({ AWS: principals }),
        );
        const long = { ...snapshot, bucketPolicy: { is: text } };
        const [cause = ""] = drawn(long).split("\n");
        assert.match(cause, /R0/);
        assert.doesNotMatch(cause, /R19/);
        assert.match(drawn(long, true), /R19/);
    });

    it("the output shows the first fault at the top and lists all other faults below it", () => {
        const text = drawn(fixtureSnapshot(brokenBy("trust-source-account", "bucket-deny-vpc", "rows-too-few")));
        const order = ["Trust policy", "✗  bucket policy: OnlyOurEndpoint", "✗  file: There are 500"];
        const places = order.map((part) => text.indexOf(part));
        assert.deepEqual(
            places,
            places.toSorted((a, b) => a - b),
        );
        assert.ok(!places.includes(-1), text);
    });

    it("the output says first that the import can read its data, and then a running job's status", () => {
        const snapshot = fixtureSnapshot(createFixture());
        const sentence = `An import can read s3://films-test/movies/interactions.csv by ${snapshot.roleArn}.`;
        assert.ok(drawn(snapshot).startsWith(`${sentence}\n`));
        const job = { is: { arn: snapshot.sourceArn, status: "CREATE IN_PROGRESS", failureReason: undefined } };
        assert.ok(drawn({ ...snapshot, job }).startsWith(`${sentence} The job is CREATE IN_PROGRESS: not failed yet.`));
    });

    it("the output names the check that could not run and the permission that it lacks", () => {
        const text = drawn({ ...fixtureSnapshot(createFixture()), bucketPolicy: denied });
        assert.match(
            text,
            /^Nothing broken was found\. This could not be checked without s3:GetBucketPolicy: bucket policy\.\nAsk: /,
        );
        assert.doesNotMatch(text, /every link|in order|can read/i);
    });

    it("the output says that a stack is not deployed, and reports no fault for missing resources", () => {
        const snapshot = { ...fixtureSnapshot(brokenBy("bucket-missing", "role-missing")), planned: "dev" };
        const text = drawn(snapshot);
        assert.match(text, /^Stack dev is not deployed yet: .*\nFix: pulumi up --stack dev\n/);
        assert.equal(diagnose(snapshot).verdict, "unknown");
        assert.doesNotMatch(text, /✗/);
        const half = { ...fixtureSnapshot(brokenBy("role-get-missing")), planned: "dev" };
        assert.equal(diagnose(half).verdict, "broken");
        assert.match(
            drawn(half),
            /^Role policies of .*\nFix: .*\nThen: .*\n\nNot deployed yet: no import of stack dev is recorded\./,
        );
    });

    it("for a line number in the service's error, the output suggests a command that prints that line", () => {
        const text = drawn(failed(fixtureSnapshot(createFixture()), "Line 3 has 4 columns, but the header has 5."));
        assert.match(
            text,
            /^The service refuses line 3 of s3:\/\/films-test\/movies\/interactions\.csv: “Line 3 has 4 columns/,
        );
        assert.match(text, /\nNext: aws s3 cp s3:\/\/films-test\/movies\/interactions\.csv - \| sed -n '1p;3p'\n/);
    });

    it("the output contains no terminal control characters", () => {
        const evil = "\u001b]0;owned\u0007\u009b31m\u202e\u007f\n\tx";
        const snapshot = fixtureSnapshot(brokenBy("column-missing"));
        const [object] = snapshot.objects;
        assert.ok(object && "is" in object);
        const objects = [
            { is: { ...object.is, key: `movies/${evil}`, start: Buffer.from(`USER_ID${evil},ITEM_ID\n1,2\n`) } },
        ];
        const keys = { is: [{ key: `movies/${evil}`, size: 10 }] };
        const hostile = failed({ ...snapshot, key: `movies/${evil}`, objects, keys }, `no ${evil}`);
        for (const verbose of [false, true]) {
            const text = drawn(hostile, verbose);
            assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
            assert.ok(text.includes("\\u001b]0;owned\\u0007\\u009b31m\\u202e\\u007f\\u000a\\tx"), text);
        }
    });
});
