import assert from "node:assert/strict";
import { keysOf } from "../../core/config/records.ts";
import type { Tags } from "../../runbooks/lib/audit/inventory/kind.ts";
import { type InventoryItem, kinds } from "../../runbooks/lib/audit/inventory/kinds.ts";
import {
    findClaim,
    importCommand,
    inRemovalOrder,
    isBilled,
    isRecorded,
    monthlyUsd,
    type Row,
} from "../../runbooks/lib/audit/leftovers.ts";
import { type AllStacks, parseRecordedResources, readAllStacks } from "../../runbooks/lib/stack/all-stacks.ts";

const project = "movie-recommender";
const arn = (tail: string) => `arn:aws:personalize:eu-central-1:000000000000:${tail}`;

const campaignType = "pulumi-nodejs:dynamic/personalize:Campaign";
const stacks: AllStacks = {
    names: ["dev", "broken"],
    unreadable: [],
    regions: new Map([["dev", ["eu-central-1"]]]),
    arns: new Set([arn("campaign/in-dev"), arn("solution/in-dev")]),
    interrupted: [],
    ids: new Set(["aws:iam/role:Role role-of-dev", `${campaignType} in-the-making`]),
};
const broken: AllStacks = { ...stacks, unreadable: [{ stack: "broken", reason: "no key" }] };

describe("`findClaim`, the stack that owns a resource", () => {
    const claim = (thing: Partial<InventoryItem>, tags: Tags | undefined, of = stacks) =>
        findClaim(
            { kind: "campaign", name: "x", arn: arn("campaign/x"), ...thing } as InventoryItem,
            tags,
            of,
            project,
        );
    const ours = (stack: string) => ({ "pulumi:project": project, "pulumi:stack": stack });

    const recorded = (thing: Partial<InventoryItem>) =>
        isRecorded({ kind: "campaign", name: "x", arn: arn("campaign/x"), ...thing }, stacks);

    it("`isRecorded` recognizes a stack's resources by ARN, name or parent, and resources that the stack is creating", () => {
        for (const thing of [
            { arn: arn("campaign/in-dev") },
            { kind: "IAM role", name: "role-of-dev" },
            { kind: "solution version in training", within: arn("solution/in-dev") },
            { name: "in-the-making" },
            { kind: "SSM parameter", name: "/movie-recommender/dev/parked" },
        ] as Partial<InventoryItem>[]) {
            assert.ok(recorded(thing), JSON.stringify(thing));
        }
    });

    it("`isRecorded` distinguishes two resources of different kinds with the same name", () => {
        assert.ok(!recorded({ kind: "dashboard", name: "role-of-dev" }));
    });

    it('`findClaim` returns "leftover" for a resource that no stack contains, even if the resource has the project tag', () => {
        assert.deepEqual(claim({}, ours("dev")), { is: "leftover", why: "tag pulumi:stack=dev" });
        assert.deepEqual(claim({}, ours("gone")), {
            is: "leftover",
            why: "tag pulumi:stack=gone, which is not a stack of this backend",
        });
    });

    const role = "aws:iam/role:Role";
    const by = {
        stack: "organization/movie-recommender/dev",
        type: role,
        urn: `urn:pulumi:dev::movie-recommender::parent$${role}::guard`,
        parent: "urn:pulumi:dev::movie-recommender::parent::guard",
        inputs: { name: "guard-role" },
    };
    const killed: AllStacks = { ...stacks, interrupted: [by] };

    it("`findClaim` assigns a resource to an interrupted update if type and name match", () => {
        const resource = { kind: "IAM role", name: "guard-role", arn: "a" } as const;
        assert.deepEqual(claim(resource, ours("dev"), killed), { is: "interrupted", by });
        // The engine may be killed before the resource gets its tags.
        assert.deepEqual(claim(resource, {}, killed), { is: "interrupted", by });
        assert.equal(claim(resource, ours("broken"), killed).is, "leftover");
        assert.equal(claim(resource, { "pulumi:project": "other" }, killed).is, "not ours");
        assert.equal(claim({ ...resource, name: "other-role" }, ours("dev"), killed).is, "leftover");
        for (const [kind, inputs, name] of [
            ["API stage", { restApi: "a1", stageName: "api" }, "a1/api"],
            ["usage plan key", { usagePlanId: "p1", keyId: "k1" }, "p1/k1"],
            ["function permission", { function: "films", statementId: "sns" }, "films/sns"],
        ] as const) {
            const part = { ...by, type: kinds[kind].types[0] ?? "", inputs };
            assert.equal(claim({ kind, name }, {}, { ...stacks, interrupted: [part] }).is, "interrupted", kind);
        }
    });

    it("`importCommand` returns a `pulumi import` command, or undefined for kinds that Pulumi cannot import", () => {
        assert.equal(
            importCommand({ kind: "IAM role", name: "guard-role" }, by),
            `pulumi import ${role} guard guard-role --parent parent=${by.parent} --stack ${by.stack} --protect=false --generate-code=false --yes`,
        );
        assert.match(importCommand({ kind: "SNS topic", name: "n", id: "arn:n" }, by) ?? "", / guard arn:n /);
        assert.equal(importCommand({ kind: "REST API", name: "films" }, by), undefined);
    });

    it("`findClaim` assigns a resource with another project's tag to no stack, even if the name matches", () => {
        assert.deepEqual(claim({ name: "movie-recommender-campaign" }, { "pulumi:project": "other" }), {
            is: "not ours",
        });
    });

    for (const [kind, name, expected] of [
        ["campaign", "movie-recommender-campaign-test", "leftover"],
        ["schema", "item_interactions_schema", "leftover"],
        ["dataset", "movie_recommendation-test/INTERACTIONS", "leftover"],
        ["log group", "/aws/lambda/movie-recommender-api", "leftover"],
        ["log group", "/aws/cloudtrail/movie-recommender-trail", "leftover"],
        ["S3 bucket", "my-movie-recommender-data-000000000000-dev", "leftover"],
        ["SSM parameter", "/movie-recommender/gone/parked", "leftover"],
        ["IAM role", "AmazonPersonalize-ExecutionRole-test", "leftover"],
        ["IAM role", "AmazonPersonalize-ExecutionRole-1700000000000", "not ours"],
        ["campaign", "console-campaign", "not ours"],
        ["log group", "/aws/lambda/other", "not ours"],
    ] as const) {
        it(`\`findClaim\` returns "${expected}" for the ${kind} ${name} without tags`, () => {
            const thing = { kind, name, arn: `arn:aws:x:::${name}` };
            assert.equal(claim(thing, undefined).is, expected);
            assert.equal(claim(thing, {}).is, expected);
        });
    }

    it('`findClaim` returns "undecided" if a stack with an unreadable state may own the resource', () => {
        assert.equal(claim({}, ours("broken"), broken).is, "undecided");
        assert.equal(claim({ kind: "schema", name: "item_interactions_schema" }, undefined, broken).is, "undecided");
        assert.equal(claim({}, ours("dev"), broken).is, "leftover");
        assert.equal(claim({ name: "console-campaign" }, {}, broken).is, "not ours");
    });
});

describe("Leftover resources that the runbook `audit` lists", () => {
    const row = (kind: Row["kind"], name: string, usdPerMonth: number | null = 0): Row => ({
        kind,
        name,
        usdPerMonth,
        arn: name,
        why: "",
        since: null,
        bills: isBilled(usdPerMonth),
        commands: [],
    });

    it("`inRemovalOrder` puts dependent resources before the resources that they use", () => {
        const order = keysOf(kinds);
        const before = (a: Row["kind"], b: Row["kind"]) => assert.ok(order.indexOf(a) < order.indexOf(b), `${a}, ${b}`);
        for (const [first, then] of [
            ["campaign", "solution"],
            ["campaign", "event tracker"],
            ["solution version in training", "solution"],
            ["filter", "dataset group"],
            ["event tracker", "dataset"],
            ["solution", "dataset group"],
            ["dataset", "dataset group"],
            ["dataset", "schema"],
            ["schedule", "Lambda function"],
            ["Lambda function", "log group"],
        ] as const) {
            before(first, then);
        }
        const rows = inRemovalOrder([
            row("S3 bucket", "b"),
            row("schema", "a"),
            row("campaign", "z"),
            row("campaign", "c"),
        ]);
        assert.deepEqual(
            rows.map(({ name }) => name),
            ["c", "z", "a", "b"],
        );
    });

    it("`isBilled` returns true for at least $0.01 a month and for an unknown price", () => {
        assert.deepEqual([0, 0.009, 0.01, 146, null].map(isBilled), [false, false, true, true, true]);
        assert.equal(monthlyUsd([row("campaign", "a", 146), row("filter", "b", null), row("alarm", "c", 0.1)]), 146.1);
    });
});

describe("`parseRecordedResources`, the resources in a stack's state", () => {
    const type = "aws:s3/bucket:Bucket";
    const datasetType = "pulumi-nodejs:dynamic/personalize:Dataset";
    const dataset = {
        name: "interactions",
        datasetType: "Interactions",
        datasetGroupArn: arn("dataset-group/films"),
        region: "eu-central-1",
    };

    it("`parseRecordedResources` returns ARNs, IDs, names that `pulumi up` adopts, and interrupted creations", () => {
        const held = parseRecordedResources(
            JSON.stringify({
                deployment: {
                    resources: [
                        { type, urn: "recorded", id: "films", outputs: { arn: "arn:aws:s3:::films" } },
                        { type: campaignType, id: arn("campaign/a"), inputs: { region: "eu-central-1" } },
                        { type: "pulumi:pulumi:Stack" },
                    ],
                    pending_operations: [
                        { type: "creating", resource: { type, urn: "u", parent: "p", inputs: { bucket: "new" } } },
                        { type: "creating", resource: { type, urn: "recorded" } },
                        { type: "deleting", resource: { type, urn: "v", id: "old" } },
                        ...["eu-central-1", "us-east-1"].map((region) => ({
                            type: "creating",
                            resource: { type: campaignType, inputs: { name: `made in ${region}`, region } },
                        })),
                        { type: "creating", resource: { type: datasetType, inputs: dataset } },
                    ],
                },
            }),
        );
        assert.deepEqual([...(held?.arns ?? [])].sort(), [arn("campaign/a"), "arn:aws:s3:::films"]);
        assert.deepEqual([...(held?.ids ?? [])].sort(), [
            `${type} films`,
            `${campaignType} ${arn("campaign/a")}`,
            `${campaignType} made in eu-central-1`,
            // A dataset's ARN contains group and type instead of the name.
            `${datasetType} films/INTERACTIONS`,
            `${datasetType} interactions`,
        ]);
        assert.deepEqual(held?.interrupted, [{ type, urn: "u", parent: "p", inputs: { bucket: "new" } }]);
    });

    it("`parseRecordedResources` returns interrupted creations that a later, successful `up` did not declare", () => {
        const resource = { type: campaignType, urn: "c", inputs: { name: "films-yy", region: "eu-central-1" } };
        const state = JSON.stringify({
            deployment: {
                manifest: { time: "2026-12-01T05:00:10.4Z" },
                resources: [{ ...resource, id: arn("campaign/films") }],
                pending_operations: [{ type: "creating", resource }],
            },
        });
        const held = (time: string) => parseRecordedResources(state, Date.parse(time));
        const made = `${campaignType} films-yy`;
        for (const later of [parseRecordedResources(state), held("2026-12-01T05:00:08Z")]) {
            assert.deepEqual([later?.interrupted, later?.ids.has(made)], [[], true]);
        }
        const left = held("2026-12-01T05:00:10Z");
        const one = { type: campaignType, urn: "c", parent: undefined, inputs: resource.inputs };
        assert.deepEqual([left?.interrupted, left?.ids.has(made)], [[one], false]);
        const by = { ...one, stack: "dev" };
        const item = { kind: "campaign", name: "films-yy", arn: "a" } as const;
        assert.deepEqual(findClaim(item, {}, { ...stacks, interrupted: [by] }, project), { is: "interrupted", by });
        assert.equal(importCommand(item, by), undefined, "Pulumi cannot import it, and no `up` declares it");
    });

    it("`parseRecordedResources` returns nothing for an empty state, and undefined for any other text", () => {
        assert.deepEqual(parseRecordedResources('{"version":3}'), {
            regions: [],
            arns: new Set(),
            ids: new Set(),
            interrupted: [],
        });
        assert.equal(parseRecordedResources("not logged in"), undefined);
    });

    it("`readAllStacks` returns the resources of readable stacks, and the names of unreadable stacks", async () => {
        const allStacks = await readAllStacks(async (...args) => {
            if (args[1] === "ls") return { exitCode: 0, stdout: '[{"name":"a"},{"name":"b"}]', stderr: "" };
            return args[3] === "a"
                ? { exitCode: 255, stdout: "", stderr: "denied" }
                : {
                      exitCode: 0,
                      stdout: JSON.stringify({ deployment: { resources: [{ type, id: "b" }] } }),
                      stderr: "",
                  };
        });
        assert.deepEqual(allStacks.unreadable, [{ stack: "a", reason: "denied" }]);
        assert.deepEqual([...allStacks.ids], [`${type} b`]);
    });

    it("`readAllStacks` fails without a login, and the error contains `pulumi login`", async () => {
        await assert.rejects(
            readAllStacks(async () => ({ exitCode: 3, stdout: "", stderr: "this command requires logging in" })),
            /requires logging in[\s\S]*pulumi login/,
        );
    });
});
