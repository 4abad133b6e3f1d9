import assert from "node:assert/strict";
import { type ConditionBlock, personalizeService, type Statement } from "policy-evaluator";
import { diagnose } from "../diagnose.ts";
import type { Snapshot } from "../snapshot.ts";
import { document, keyPolicy, roleArnOf } from "./fixtures/import-fixture.ts";
import { bucketStatements } from "./public/case.ts";
import { createFixture, findBrokenFaults, fixtureSnapshot } from "./support.ts";

/** Returns the snapshot of a working import, with a bucket policy that denies everybody under this condition. */
function guarded(Condition: ConditionBlock, more: Partial<Statement> = {}): Snapshot {
    const sound = createFixture();
    const guard: Statement = {
        Sid: "Guard",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::films-test", "arn:aws:s3:::films-test/*"],
        Condition,
        ...more,
    };
    return fixtureSnapshot({ ...sound, bucketPolicy: JSON.stringify(document(...bucketStatements(sound), guard)) });
}
const linkOf = (snapshot: Snapshot) => diagnose(snapshot).links.find(({ link }) => link === "bucket policy");
const withRole = (snapshot: Snapshot, tags: Record<string, string>): Snapshot =>
    "is" in snapshot.role && snapshot.role.is ? { ...snapshot, role: { is: { ...snapshot.role.is, tags } } } : snapshot;

describe("`diagnose` of a Deny with a condition", () => {
    for (const [what, Condition, verdict] of [
        ["the time, before", { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }, "ok"],
        ["the time, after", { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }, "broken"],
        ["the bucket's account", { StringNotEquals: { "aws:ResourceAccount": "000000000000" } }, "ok"],
        ["the kind of the signature", { StringNotEquals: { "s3:authType": "REST-HEADER" } }, "ok"],
        ["a VPC endpoint, which is never sent", { StringNotEquals: { "aws:SourceVpce": "vpce-1" } }, "broken"],
        ["the user agent, which is not known", { StringLike: { "aws:UserAgent": "curl/*" } }, "unknown"],
        ["the version of TLS, which meets any limit", { NumericLessThan: { "s3:TlsVersion": "1.2" } }, "ok"],
        ["the version of TLS, which may meet a limit", { NumericLessThan: { "s3:TlsVersion": "1.3" } }, "unknown"],
    ] as const) {
        it(`is ${what}: ${verdict}`, () => {
            assert.equal(linkOf(guarded(Condition))?.verdict, verdict);
        });
    }

    it("the verdict is unknown and names statement, key and wanted value if the decision depends on a condition key without a known value", () => {
        const snapshot = guarded({ StringNotLike: { "aws:UserAgent": "aws-*" } });
        assert.equal(
            linkOf(snapshot)?.detail,
            "cannot tell: Guard of the bucket policy denies s3:ListBucket unless aws:UserAgent is like aws-*; the role's session sends an unknown aws:UserAgent",
        );
        assert.match(
            linkOf(snapshot)?.ask ?? "",
            /^whoever wrote the bucket policy: what is aws:UserAgent .* aws-\*\)\?$/,
        );
        assert.equal(diagnose(snapshot).verdict, "unknown");
        const limited = linkOf(guarded({ NumericLessThan: { "s3:TlsVersion": "1.3" } }));
        assert.equal(
            limited?.ask,
            "whoever wrote the bucket policy: what is s3:TlsVersion of the request (Guard says 1.3)?",
        );
    });

    it("the verdict is unknown if a condition uses tags of the role or the object and the tags could not be read", () => {
        const byRole = guarded({
            StringNotEquals: { "aws:PrincipalTag/team": "data" },
            Bool: { "aws:PrincipalIsAWSService": "false" },
        });
        assert.equal(linkOf(withRole(byRole, { team: "data" }))?.verdict, "ok");
        assert.equal(linkOf(withRole(byRole, {}))?.verdict, "broken");
        const byObject = guarded(
            { StringNotEquals: { "s3:ExistingObjectTag/scan": "clean" } },
            { Action: "s3:GetObject" },
        );
        const tagged = (tags: Record<string, string> | undefined): Snapshot => ({
            ...byObject,
            objects: byObject.objects.map((each) => {
                if ("unread" in each) return each;
                const { tags: _tags, ...rest } = each.is;
                return { is: { ...rest, ...(tags && { tags }) } };
            }),
        });
        assert.equal(linkOf(tagged({ scan: "clean" }))?.verdict, "ok");
        assert.equal(linkOf(tagged({}))?.verdict, "broken");
        assert.equal(linkOf(tagged(undefined))?.verdict, "unknown");
    });
});

describe("`diagnose` of a Deny with NotPrincipal", () => {
    const roleArn = "arn:aws:iam::000000000000:role/Import-test";
    const excepting = (AWS: readonly string[]): Snapshot => {
        const snapshot = guarded({ Bool: { "aws:SecureTransport": "true" } });
        assert.ok("is" in snapshot.bucketPolicy && snapshot.bucketPolicy.is);
        const named = JSON.stringify({ AWS, Service: "personalize.amazonaws.com" });
        const text = snapshot.bucketPolicy.is.replace(
            /"Principal":"\*"(?=,"Action":"s3:\*","Resource":\[[^\]]*\],"Condition":\{"Bool":\{"aws:SecureTransport":"true")/,
            `"NotPrincipal":${named}`,
        );
        return { ...snapshot, bucketPolicy: { is: text } };
    };
    it("NotPrincipal exempts a role from the Deny only if NotPrincipal also contains the role's account", () => {
        assert.equal(linkOf(excepting([roleArn, "arn:aws:iam::000000000000:root"]))?.verdict, "ok");
        assert.equal(linkOf(excepting([roleArn]))?.verdict, "broken");
    });

    it("NotPrincipal never exempts a role with a permissions boundary from the Deny", () => {
        const snapshot = excepting([roleArn, "arn:aws:iam::000000000000:root"]);
        assert.ok("is" in snapshot.role && snapshot.role.is);
        const boundary = {
            name: "limit",
            arn: "arn:aws:iam::000000000000:policy/limit",
            text: JSON.stringify(document({ Effect: "Allow", Action: "*", Resource: "*" })),
        };
        const bounded = { ...snapshot, role: { is: { ...snapshot.role.is, boundary } } };
        assert.equal(linkOf(bounded)?.verdict, "broken");
        assert.match(linkOf(bounded)?.detail ?? "", /a role with a permissions boundary is never left out/);
    });
});

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

    it("a boundary that limits kms:Decrypt by a key's alias is unknown, and the question names the alias", () => {
        const boundary = document(
            { Effect: "Allow", Action: "s3:*", Resource: "*" },
            {
                Sid: "ByAlias",
                Effect: "Allow",
                Action: "kms:Decrypt",
                Resource: "*",
                Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/films" } },
            },
        );
        const fixture = createFixture();
        const grant: Statement = { Effect: "Allow", Principal: toRole, Action: "kms:*", Resource: "*" };
        const key = { state: "Enabled", policy: keyPolicy(fixture, grant) } as const;
        const { links } = diagnose(fixtureSnapshot({ ...fixture, key, boundary }));
        const link = links.find((each) => each.link === "encryption key");
        assert.equal(link?.verdict, "unknown");
        assert.match(
            link?.ask ?? "",
            /^whoever wrote the permissions boundary: what is kms:ResourceAliases .*alias\/films/,
        );
    });

    it("a boundary without kms:Decrypt is a warning if the key policy also allows Personalize", () => {
        const { verdict, findings } = diagnose(encrypted([toRole, toService], ["s3:*"]));
        assert.equal(verdict, "sound");
        const found = findings.find(({ fault }) => fault === "kms-one-only");
        assert.match(found?.sentence ?? "", /^Only Personalize may decrypt with the key arn:/);
    });
});
