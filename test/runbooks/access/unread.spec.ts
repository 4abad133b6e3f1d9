import assert from "node:assert/strict";
import { diagnose } from "../../../runbooks/lib/access/diagnose.ts";
import type { Snapshot } from "../../../runbooks/lib/access/snapshot.ts";
import { brokenBy, brokenIn, seen, world } from "./support.ts";

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

describe("what may not be read", () => {
    for (const part of fetches) {
        it(`is not a fault, and hides no other: ${part}`, () => {
            const without = (snapshot: Snapshot): Snapshot => ({ ...snapshot, [part]: denied });
            assert.deepEqual(brokenIn(without(seen(world()))), []);
            const elsewhere = part === "bucketPolicy" ? "trust-missing" : "bucket-get-missing";
            assert.deepEqual(brokenIn(without(seen(brokenBy(elsewhere)))), [elsewhere]);
        });
    }

    it("is reported by its link, with the refusal", () => {
        const { links, verdict } = diagnose({ ...seen(world()), role: denied, simulated: denied });
        const unknown = links.filter((link) => link.verdict === "unknown");
        assert.deepEqual(
            unknown.map(({ link }) => link),
            [
                "role",
                "role policies: list and read",
                "trust policy",
                "permissions boundary",
                "organisation",
                "import job result",
            ].sort((a, b) => links.findIndex(({ link }) => link === a) - links.findIndex(({ link }) => link === b)),
        );
        assert.ok(unknown.slice(0, 2).every(({ detail }) => detail === denied.unread));
        assert.equal(verdict, "unknown");
    });

    it("leaves the verdict on a role to the documents without the simulator, and to the simulator without documents", () => {
        const broken = seen(brokenBy("role-list-missing"));
        assert.deepEqual(brokenIn({ ...broken, simulated: denied }), ["role-list-missing"]);
        assert.deepEqual(brokenIn({ ...broken, role: denied }), ["role-list-missing"]);
    });

    it("leaves a boundary to be found without the simulator", () => {
        assert.deepEqual(brokenIn({ ...seen(brokenBy("boundary")), simulated: denied }), ["boundary"]);
    });

    it("is an object that only its head is known of: its content is not judged", () => {
        const snapshot = seen(world());
        const [object] = snapshot.objects;
        assert.ok(object && "is" in object);
        const { lines: _lines, ...rest } = object.is;
        assert.deepEqual(brokenIn({ ...snapshot, objects: [{ is: { ...rest, start: "" } }] }), []);
    });
});

describe("an organisation", () => {
    it("is named if the simulator reports it, and suspected if documents allow what the simulator denies", () => {
        const snapshot = seen(world());
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
        assert.deepEqual(brokenIn(deny({ byOrganisation: false })), ["organisation"]);
        const { links, verdict } = diagnose(deny({}));
        assert.match(
            links.find(({ link }) => link === "organisation")?.detail ?? "",
            /check the organisation's policies/,
        );
        assert.equal(verdict, "unknown");
    });
});
