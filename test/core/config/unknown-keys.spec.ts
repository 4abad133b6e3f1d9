import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unknownKeys } from "../../../core/config/config.ts";
import { keys } from "../../../core/config/keys.ts";
import { otherRegions, personalizeRegions, regionProblem, regionWarning } from "../../../core/config/regions.ts";
import { root } from "../../../packages/local-aws/instance.ts";
import { problems } from "./parsed.ts";

const project = "movie-recommender";
const meant: [key: string, meant: string][] = [
    [`${project}:monthlyLimit`, "monthlyLimitUsd"],
    [`${project}:minProvisionedTps`, "minProvisionedTPS"],
    [`${project}:campainEnabled`, "campaignEnabled"],
    [`${project}:receipe`, "recipe"],
    [`${project}:alert-email`, "alertEmail"],
    ["movie-recomender:recipe", "recipe"],
    ["movie-recomender:receipe", "recipe"],
    ["films:kmsKeyArn", "kmsKeyArn"],
    ["aws:bucketName", "bucketName"],
    ["aws:regoin", "aws:region"],
];

describe("Secret configuration values", () => {
    const secretly = (key: string, values: Record<string, string>) =>
        problems(values, { secretKeys: [`${project}:${key}`] });

    it("the configuration rejects a secret as the value of a key whose value appears in resource names", () => {
        const [problem, ...others] = secretly("bucketName", { bucketName: "films-of-ann" });
        assert.deepEqual([problem?.path, others], ["bucketName", []]);
        assert.match(problem?.reason ?? "", /is a secret.*`pulumi config set --plaintext bucketName <value>`/);
    });

    it("the configuration rejects a secret nested value, without printing the value", () => {
        const reported = secretly("viewerAuth", { viewerAuth: '{"issuer":"hunter2"}' });
        assert.deepEqual(
            reported.map(({ path }) => path),
            ["viewerAuth"],
        );
        assert.match(reported[0]?.reason ?? "", /`pulumi config set --path --plaintext viewerAuth\.<member> <value>`/);
        assert.doesNotMatch(JSON.stringify(reported), /hunter2/);
    });

    it("errors of the configuration do not show the value of a secret", () => {
        assert.deepEqual(secretly("alertEmail", { alertEmail: "ann at secret" }), [
            { path: "alertEmail", reason: 'is "[secret]", which is not a mail address' },
        ]);
    });
});

describe("`unknownKeys`", () => {
    for (const [key, right] of meant) {
        it(`\`unknownKeys\` rejects the key ${key} and suggests ${right}`, () => {
            const [problem, ...more] = unknownKeys([key, `${project}:recipe`], project);
            assert.deepEqual([problem?.path, more], [key, []]);
            assert.ok(problem?.reason.includes(`Did you mean ${right}?`), problem?.reason);
            assert.ok(problem?.reason.includes(`pulumi config rm ${key}`), problem?.reason);
        });
    }

    it("`unknownKeys` suggests `--path` for a nested value that was set as top-level key", () => {
        const [problem] = unknownKeys([`${project}:idle.hours`], project);
        assert.match(problem?.reason ?? "", /needs --path: `pulumi config set --path idle\.hours <value>`/);
    });

    it("`unknownKeys` quotes a key that a shell would otherwise split", () => {
        const [typo] = unknownKeys([`${project}:recipe $(id)`], project);
        assert.match(typo?.reason ?? "", /`pulumi config rm 'movie-recommender:recipe \$\(id\)'`/);
        const [member] = unknownKeys([`${project}:filters.it's`], project);
        assert.match(member?.reason ?? "", /--path 'filters\.it'\\''s' <value>`/);
    });

    it("if no key has a similar name, `unknownKeys` refers to docs/configuration.md", () => {
        const [problem] = unknownKeys([`${project}:zzzzzz`], project);
        assert.match(problem?.reason ?? "", /docs\/configuration\.md lists all keys/);
    });

    it("`unknownKeys` accepts declared keys and keys of other namespaces", () => {
        const others = [
            "aws:profile",
            "aws:defaultTags",
            "aws:skipCredentialsValidation",
            "pulumi:tags",
            "github:token",
            "datadog:apiKey",
        ];
        assert.deepEqual(
            unknownKeys([...others, "aws:region", ...Object.keys(keys).map((key) => `${project}:${key}`)], project),
            [],
        );
    });
});

describe("AWS regions", () => {
    it("`regionProblem` rejects an unknown region and suggests the nearest name", () => {
        assert.match(regionProblem("eu-centrall-1") ?? "", /not a region of AWS\. Did you mean eu-central-1\?/);
        assert.match(regionProblem("us_east_1") ?? "", /Did you mean us-east-1\?/);
        assert.match(regionProblem("Frankfurt") ?? "", /Choose one with Personalize: .*eu-central-1/);
        assert.equal(regionProblem("eu-west-3"), undefined);
    });

    for (const [region, near] of [
        ["eu-north-1", ["eu-central-1", "eu-west-1"]],
        ["ap-southeast-3", ["ap-southeast-1", "ap-southeast-2"]],
        ["ap-east-1", personalizeRegions.filter((one) => one.startsWith("ap-"))],
        ["us-west-1", ["us-west-2"]],
        ["cn-northwest-1", ["cn-north-1"]],
        ["af-south-1", ["eu-central-1", "eu-west-1"]],
        ["sa-east-1", ["us-east-1", "us-east-2"]],
    ] as const) {
        it(`\`regionWarning\` suggests the nearest regions with Personalize for ${region}`, () => {
            assert.match(regionWarning(region) ?? "", new RegExp(`The nearest with it: ${near.join(", ")}\\.`));
        });
    }

    it("`regionWarning` suggests no region if the partition has none with Personalize", () => {
        assert.match(regionWarning("us-gov-west-1") ?? "", /No region of its partition is known to have it/);
        assert.deepEqual([regionWarning("eu-central-1"), regionWarning("eu-nowhere-1")], [undefined, undefined]);
    });

    it("`personalizeRegions` equals botocore's list of regions with Personalize", function () {
        const lib = join(root, ".tools", "python", "lib");
        const python = existsSync(lib) ? readdirSync(lib)[0] : undefined;
        if (python === undefined) return this.skip();
        const read = (name: string) =>
            JSON.parse(readFileSync(join(lib, python, "site-packages", "botocore", "data", name), "utf8"));
        const { partitions } = read("partitions.json") as { partitions: { regions: object }[] };
        const all = partitions.flatMap(({ regions }) => Object.keys(regions)).filter((one) => !one.endsWith("-global"));
        assert.deepEqual([...personalizeRegions, ...otherRegions].sort(), all.sort());
        const endpoints = read("endpoints.json") as {
            partitions: { services: Record<string, { endpoints: object } | undefined> }[];
        };
        const offered = endpoints.partitions.flatMap(({ services }) =>
            Object.keys(services.personalize?.endpoints ?? {}),
        );
        assert.deepEqual([...personalizeRegions].sort(), offered.sort());
    });
});
