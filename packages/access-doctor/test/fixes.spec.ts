import assert from "node:assert/strict";
import { parsePolicy, type Statement, sizeLimits, toList } from "policy-evaluator";
import { diagnose } from "../diagnose.ts";
import { breaks } from "./fixtures/break.ts";
import { document, type ImportFixture } from "./fixtures/import-fixture.ts";
import { bucketStatements } from "./public/case.ts";
import { brokenBy, createFixture, diagnoseFixture, fixtureSnapshot } from "./support.ts";

describe("fixes that `diagnose` suggests", () => {
    for (const { name, fault, asks } of breaks) {
        it(`the fix for ${name} ${asks ? "is a request to another person" : "consists of commands, a conversion or another S3 location"}`, () => {
            const fixes = diagnoseFixture(brokenBy(name)).fixes.filter(({ faults }) => faults.includes(fault));
            assert.equal(fixes.length, 1);
            const {
                commands,
                steps,
                location,
                ask = "",
            } = fixes[0] ?? { commands: [], steps: [], location: undefined };
            if (asks) {
                assert.deepEqual(commands, []);
                assert.match(ask, asks);
            } else assert.ok(steps.length > 0 || location !== undefined, ask);
        });
    }

    it("`diagnose` prints the restoring command in `owned` only for a resource that `owned` contains", () => {
        const programs = (of: ImportFixture, owned: Record<string, string>) =>
            diagnose({ ...fixtureSnapshot(of), owned }).fixes.map(({ program }) => program);
        const ours = { "arn:aws:s3:::films-test": "make data" };
        assert.deepEqual(programs(brokenBy("bucket-list-missing"), {}), [""]);
        assert.deepEqual(programs(brokenBy("bucket-list-missing"), ours), ["make data"]);
        assert.deepEqual(programs(brokenBy("bucket-missing"), ours), ["make data"]);
    });

    it("for a Deny that somebody added to the caller's own bucket, `diagnose` asks before the command that removes it", () => {
        const snapshot = {
            ...fixtureSnapshot(brokenBy("bucket-deny-vpc")),
            owned: { "arn:aws:s3:::films-test": "make data" },
        };
        const [fix] = diagnose(snapshot).fixes;
        assert.equal(fix?.program, "");
        assert.match(
            fix?.ask ?? "",
            /^whoever added OnlyOurEndpoint to .*: is it needed\? .* To remove it, run make data$/,
        );
        const unread = { unread: "s3:GetBucketPolicy is denied", needs: "s3:GetBucketPolicy" };
        for (const each of diagnose({ ...snapshot, bucketPolicy: unread }).fixes) assert.equal(each.ask, undefined);
        assert.match(diagnose({ ...snapshot, owned: {} }).fixes[0]?.ask ?? "", /^the owner of the bucket films-test: /);
    });

    it("each policy document that a fix writes is valid and not too long", () => {
        for (const { name } of breaks) {
            for (const { command, document: one } of diagnoseFixture(brokenBy(name)).fixes.flatMap(
                ({ steps }) => steps,
            )) {
                if (!one || command.includes("--assume-role-policy-document")) continue;
                if (command.includes("update-assume-role-policy")) continue;
                const kind = command.at(-1) === "--policy-document" ? "identity" : "resource";
                const { problems } = parsePolicy(JSON.stringify(one), kind, sizeLimits.bucketPolicy);
                assert.deepEqual(problems, [], `${name}: ${command.join(" ")}`);
            }
        }
    });

    it("a fix writes a policy once, even if several statements of the policy are wrong", () => {
        const { fixes } = diagnoseFixture(brokenBy("bucket-account", "bucket-get-missing"));
        assert.equal(fixes.length, 1);
        assert.equal(fixes[0]?.commands.length, 1);
    });

    it("a fix with commands keeps every existing statement of a bucket policy, also of the caller's own bucket", () => {
        const site: Statement = {
            Sid: "Site",
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::films-test/site/*",
        };
        const broken = brokenBy("bucket-list-missing");
        const present = [...bucketStatements(broken), site];
        const snapshot = fixtureSnapshot({ ...broken, bucketPolicy: JSON.stringify(document(...present)) });
        for (const owned of [{}, { "arn:aws:s3:::films-test": "make data" }]) {
            const [fix] = diagnose({ ...snapshot, owned }).fixes;
            assert.equal(fix?.program, "");
            assert.deepEqual(toList(fix?.steps[0]?.document?.Statement).slice(0, present.length), present);
        }
    });
});

describe("`diagnose` of permissions that are wider than necessary", () => {
    const warningsOf = (of: ImportFixture) =>
        diagnoseFixture(of).findings.map(({ fault, verdict }) => `${verdict} ${fault}`);

    it("`diagnose` warns of wildcard permissions, and of a trust policy for Personalize without a source condition", () => {
        const wide = {
            ...createFixture(),
            inline: { mine: document({ Effect: "Allow", Action: "s3:*", Resource: "*" }) },
        };
        assert.deepEqual(warningsOf(wide), ["warning too-wide"]);
        const trusting = document({
            Effect: "Allow",
            Principal: { Service: "personalize.amazonaws.com" },
            Action: "sts:AssumeRole",
        });
        assert.deepEqual(warningsOf({ ...createFixture(), trust: trusting }), ["warning no-conditions"]);
    });

    it("`diagnose` warns of AmazonS3ReadOnlyAccess but suggests no fix, because the role may need this policy for other buckets", () => {
        const snapshot = fixtureSnapshot({ ...createFixture(), inline: {} });
        assert.ok("is" in snapshot.role && snapshot.role.is);
        const arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
        const text = JSON.stringify(document({ Effect: "Allow", Action: ["s3:Get*", "s3:List*"], Resource: "*" }));
        const role = { is: { ...snapshot.role.is, policies: [{ name: "AmazonS3ReadOnlyAccess", arn, text }] } };
        const { findings, fixes } = diagnose({ ...snapshot, role, simulated: { unread: "not asked" } });
        assert.deepEqual(
            findings.map(({ fault }) => fault),
            ["too-wide-managed"],
        );
        assert.deepEqual(fixes, []);
    });
});
