import assert from "node:assert/strict";
import { type PolicyDocument, parsePolicy, type Statement, sizeLimits } from "policy-evaluator";
import { diagnose } from "../../../runbooks/lib/access/diagnose.ts";
import { breaks } from "../../drills/access/break.ts";
import { runCommand, wordsOf } from "../../drills/access/commands.ts";
import { document, roleArnOf, type World } from "../../drills/access/world.ts";
import { brokenBy, diagnosisOf, seen, world } from "./support.ts";

const documentIn = (command: string, option: string): PolicyDocument => {
    const words = wordsOf(command);
    return JSON.parse(words[words.indexOf(option) + 1] ?? "");
};

describe("fixes", () => {
    it("are given for every fault: commands, another place to import from, or the person to ask", () => {
        for (const { name, fault } of breaks) {
            const fixes = diagnosisOf(brokenBy(name)).fixes.filter(({ faults }) => faults.includes(fault));
            assert.equal(fixes.length, 1, name);
            const [{ commands, location, ask } = { commands: [], location: undefined, ask: undefined }] = fixes;
            assert.ok(commands.length > 0 || location !== undefined || ask !== undefined, name);
        }
    });

    it("name this program only for what its stack made, and only if `up` removes nothing of others", () => {
        const programs = (of: World, ownedByStack: boolean) =>
            diagnose({ ...seen(of), ownedByStack }).fixes.map(({ program }) => program);
        assert.deepEqual(programs(brokenBy("bucket-list-missing"), false), [""]);
        assert.match(programs(brokenBy("bucket-list-missing"), true).join(), /^pulumi refresh && pulumi up/);
        assert.deepEqual(programs(brokenBy("bucket-deny-vpc"), true), [""]);
    });

    it("write whole documents that AWS takes, with no wildcard action and a source wherever a service is let in", () => {
        for (const { name } of breaks) {
            for (const command of diagnosisOf(brokenBy(name)).fixes.flatMap(({ commands }) => commands)) {
                for (const [option, kind] of [
                    ["--policy-document", "identity"],
                    ["--policy", "resource"],
                ] as const) {
                    if (!command.includes(`${option} `) || command.includes("assume-role-policy")) continue;
                    const text = JSON.stringify(documentIn(command, option));
                    assert.deepEqual(
                        parsePolicy(text, kind, sizeLimits.bucketPolicy).problems,
                        [],
                        `${name}: ${command}`,
                    );
                }
            }
        }
    });

    it("write one document once, even with several wrong parts", () => {
        const { fixes } = diagnosisOf(brokenBy("bucket-account", "bucket-get-missing", "bucket-deny-vpc"));
        assert.equal(fixes.length, 1);
        assert.equal(fixes[0]?.commands.length, 1);
        assert.deepEqual(fixes[0]?.faults.toSorted(), ["bucket-account", "bucket-deny-vpc", "bucket-get-missing"]);
    });

    it("leave what is not about Personalize as it was, and a denial in force for everybody else", () => {
        const site: Statement = {
            Sid: "Site",
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::films-test/site/*",
        };
        const broken = brokenBy("bucket-list-missing", "bucket-deny-vpc");
        const present = JSON.parse(broken.bucketPolicy ?? "") as { Statement: Statement[] };
        const withSite: World = { ...broken, bucketPolicy: JSON.stringify(document(...present.Statement, site)) };
        const [fix] = diagnosisOf(withSite).fixes;
        const { Statement } = documentIn(fix?.commands[0] ?? "", "--policy") as { Statement: Statement[] };
        assert.deepEqual(
            Statement.find(({ Sid }) => Sid === "Site"),
            site,
        );
        const denial = Statement.find(({ Sid }) => Sid === "OnlyOurEndpoint");
        assert.equal(denial?.Effect, "Deny");
        assert.deepEqual(denial?.Condition, {
            StringNotEquals: {
                "aws:SourceVpce": "vpce-1a2b3c4d",
                "aws:PrincipalServiceName": "personalize.amazonaws.com",
            },
            ArnNotLike: { "aws:PrincipalArn": roleArnOf(withSite) },
        });
    });

    it("are words that a shell gives on unchanged", async () => {
        const word = `it's {"a": "b \\ c"}`;
        const quoted = `aws iam x --y '${word.replaceAll("'", `'\\''`)}' z`;
        assert.deepEqual(wordsOf(quoted), ["aws", "iam", "x", "--y", word, "z"]);
        await assert.rejects(runCommand("aws iam create-user --user-name x", {} as never), /cannot run/);
    });
});

describe("what is wider than it must be", () => {
    const warningsOf = (of: World) => diagnosisOf(of).findings.map(({ fault, verdict }) => `${verdict} ${fault}`);

    it("is a warning: wide statements, and Personalize let in for any account", () => {
        const wide = { ...world(), inline: { mine: document({ Effect: "Allow", Action: "s3:*", Resource: "*" }) } };
        assert.deepEqual(warningsOf(wide), ["warning too-wide"]);
        const trusting = document({
            Effect: "Allow",
            Principal: { Service: "personalize.amazonaws.com" },
            Action: "sts:AssumeRole",
        });
        assert.deepEqual(warningsOf({ ...world(), trust: trusting }), ["warning no-conditions"]);
    });

    it("is AmazonS3ReadOnlyAccess, which stays attached: the role may need it elsewhere", () => {
        const snapshot = seen({ ...world(), inline: {} });
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
