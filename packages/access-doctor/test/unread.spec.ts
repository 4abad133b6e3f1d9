import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import type { Snapshot } from "../snapshot.ts";
import { brokenBy, createFixture, findBrokenFaults, fixtureSnapshot } from "./support.ts";

const denied = { unread: "AccessDenied: not authorized" };
const fetches = [
    ...[
        "passRole",
        "role",
        "simulated",
        "bucketFacts",
        "bucketPolicy",
        "accessBlock",
        "ownership",
        "keys",
        "job",
        "schema",
    ],
] as const;

describe("`diagnose` without permission to read a resource", () => {
    for (const part of fetches) {
        it(`\`diagnose\` does not report an unreadable ${part} as a fault, and still reports the other faults`, () => {
            const without = (snapshot: Snapshot): Snapshot => ({ ...snapshot, [part]: denied });
            assert.deepEqual(findBrokenFaults(without(fixtureSnapshot(createFixture()))), []);
            const [elsewhere, fault] =
                part === "bucketPolicy" ? ["trust-missing", "trust-policy"] : ["bucket-get-missing", "bucket-policy"];
            assert.deepEqual(findBrokenFaults(without(fixtureSnapshot(brokenBy(elsewhere)))), [fault]);
        });
    }

    it("the verdict of a check is unknown, with AWS's access error, if its resource cannot be read", () => {
        const { links, verdict } = diagnose({ ...fixtureSnapshot(createFixture()), role: denied, simulated: denied });
        const unknown = links.filter((link) => link.verdict === "unknown");
        assert.deepEqual(
            unknown.map(({ link }) => link),
            ["role", "role policies: list and read", "trust policy", "permissions boundary", "organization"].sort(
                (a, b) => links.findIndex(({ link }) => link === a) - links.findIndex(({ link }) => link === b),
            ),
        );
        assert.ok(unknown.slice(0, 2).every(({ detail }) => detail === denied.unread));
        assert.equal(verdict, "unknown");
    });

    it("`diagnose` finds a fault of the role from the policy documents alone, and from the IAM simulator alone", () => {
        const broken = fixtureSnapshot(brokenBy("role-list-missing"));
        assert.deepEqual(findBrokenFaults({ ...broken, simulated: denied }), ["role-policy"]);
        assert.deepEqual(findBrokenFaults({ ...broken, role: denied }), ["role-policy"]);
    });

    it("`diagnose` finds a permissions boundary that denies the import, even if the IAM simulator is unavailable", () => {
        assert.deepEqual(findBrokenFaults({ ...fixtureSnapshot(brokenBy("boundary")), simulated: denied }), [
            "boundary",
        ]);
    });

    it("`diagnose` reports no fault in an object whose content cannot be read", () => {
        const snapshot = fixtureSnapshot(createFixture());
        const [object] = snapshot.objects;
        assert.ok(object && "is" in object);
        const { start: _start, ...rest } = object.is;
        assert.deepEqual(findBrokenFaults({ ...snapshot, objects: [{ is: rest }] }), []);
    });
});

describe("`diagnose` of an attached policy without a document", () => {
    const policy = {
        name: "AmazonForecastFullAccess",
        arn: "arn:aws:iam::aws:policy/AmazonForecastFullAccess",
        text: "",
    };
    const attached = (snapshot: Snapshot): Snapshot => {
        assert.ok("is" in snapshot.role && snapshot.role.is);
        const { is: role } = snapshot.role;
        return { ...snapshot, role: { is: { ...role, policies: [...role.policies, policy] } } };
    };
    it("`diagnose` warns that a policy without a document grants nothing", () => {
        for (const [of, faults] of [
            [createFixture(), []],
            [brokenBy("role-get-missing"), ["role-policy"]],
        ] as const) {
            const snapshot = attached(fixtureSnapshot(of));
            assert.deepEqual(findBrokenFaults(snapshot), faults);
            const finding = diagnose(snapshot).findings.find(({ fault }) => fault === "role-policy-without-document");
            assert.equal(
                finding?.sentence,
                "AmazonForecastFullAccess is attached, but IAM has no document of it: it grants nothing.",
            );
        }
    });
});

describe("`diagnose` of the organization's policies", () => {
    it("a denial by the organization has the verdict `broken`, and a denial without a reason has `unknown`", () => {
        const snapshot = fixtureSnapshot(createFixture());
        assert.ok("is" in snapshot.simulated);
        const deny = (more: object) => ({
            ...snapshot,
            simulated: {
                is: ("is" in snapshot.simulated ? snapshot.simulated.is : []).map((each) => ({
                    ...each,
                    decision: "explicitDeny" as const,
                    ...more,
                })),
            },
        });
        assert.deepEqual(findBrokenFaults(deny({ byOrganization: false })), ["organization"]);
        const { links, verdict } = diagnose(deny({}));
        assert.match(
            links.find(({ link }) => link === "organization")?.detail ?? "",
            /check the organization's policies/,
        );
        assert.equal(verdict, "unknown");
    });

    it("an access error about another action or caller is no fault of the organization", () => {
        const role = "arn:aws:sts::000000000000:assumed-role/Import-test/PersonalizeSession";
        const why = "with an explicit deny in a service control policy";
        const brokenFor = (who: string, action: string) =>
            findBrokenFaults({
                ...fixtureSnapshot(createFixture()),
                reported: `User: ${who} is not authorized to perform: ${action} ${why}`,
            });
        assert.deepEqual(brokenFor(role, "s3:GetObject"), ["organization"]);
        assert.deepEqual(brokenFor(role, "s3:PutObject"), []);
        assert.deepEqual(brokenFor("arn:aws:iam::000000000000:user/ann", "s3:GetObject"), []);
    });
});
