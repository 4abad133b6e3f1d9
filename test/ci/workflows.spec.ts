import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions: object;
    readonly jobs: Readonly<
        Record<
            string,
            { if: string; environment?: string; permissions: object; steps: readonly Step[]; "timeout-minutes": number }
        >
    >;
}

const root = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(root, ".github", "workflows", "preview.yml"), "utf8");

describe("Workflow that previews pull requests", () => {
    const workflow = load(text) as Workflow;
    const { preview } = workflow.jobs;
    assert.ok(preview);
    const using = (action: string) => preview.steps.find(({ uses }) => uses?.startsWith(`${action}@`));

    it("the preview workflow runs for pull requests from the repository itself, not from forks", () => {
        assert.deepEqual(Object.keys(workflow.on), ["pull_request"]);
        assert.doesNotMatch(text, /pull_request_target|workflow_run|issue_comment/);
        assert.match(preview.if, /github\.event\.pull_request\.head\.repo\.full_name == github\.repository/);
        assert.deepEqual(Object.keys(workflow.jobs), ["preview"]);
    });

    it("the preview workflow can only read code, request an OIDC token and comment", () => {
        assert.deepEqual(workflow.permissions, {});
        assert.deepEqual(preview.permissions, { contents: "read", "id-token": "write", "pull-requests": "write" });
        assert.equal(using("actions/checkout")?.with?.["persist-credentials"], false);
    });

    it("the preview workflow uses one secret, the passphrase, and no access key", () => {
        const secrets = [...text.matchAll(/secrets(?:\.(\w+)|\[[^\]]*\])/g)].map(([whole, name]) => name ?? whole);
        assert.deepEqual(secrets, ["PULUMI_CONFIG_PASSPHRASE"]);
        const { with: credentials } = using("aws-actions/configure-aws-credentials") ?? {};
        assert.match(String(credentials?.["role-to-assume"]), /^\$\{\{ vars\.AWS_PREVIEW_ROLE_ARN \}\}$/);
        assert.doesNotMatch(text, /aws-access-key-id|aws-secret-access-key|AKIA|secrets: *inherit/);
    });

    it("the preview workflow waits for a reviewer, and passes the passphrase to only one step", () => {
        assert.equal(preview.environment, "preview");
        const withSecret = preview.steps.filter((step) => JSON.stringify(step).includes("secrets."));
        assert.deepEqual(withSecret, preview.steps.slice(-1));
        assert.doesNotMatch(text.slice(0, text.indexOf("steps:")), /secrets\./);
    });

    it("the preview workflow pins the versions of its actions and runs only pulumi preview", () => {
        const uses = preview.steps.flatMap((step) => step.uses ?? []);
        assert.ok(uses.length > 0);
        for (const action of uses) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        assert.equal(using("pulumi/actions")?.with?.command, "preview");
        const engine = readFileSync(join(root, "packages/local-aws/toolchain/engine/go.mod"), "utf8");
        const [, tested] = /pulumi\/pkg\/v3 v([\d.]+)/.exec(engine) ?? [];
        assert.equal(using("pulumi/actions")?.with?.["pulumi-version"], tested);
        assert.ok(preview["timeout-minutes"] <= 30);
    });

    it("the preview workflow passes no text of a pull request to a shell", () => {
        const runs = preview.steps.flatMap(({ run }) => run ?? []);
        assert.deepEqual(runs, ["npm ci", "npm run data-prep"]);
    });
});

describe("Workflow that tests pushes", () => {
    const file = readFileSync(join(root, ".github", "workflows", "test.yml"), "utf8");
    const workflow = load(file) as Omit<Workflow, "jobs"> & {
        readonly jobs: {
            readonly linux: {
                readonly steps: readonly Step[];
                readonly "runs-on": string;
                readonly strategy: { readonly matrix: { readonly run: readonly string[] } };
            };
        };
    };

    it("the test workflow runs on each push without write access or secrets", () => {
        assert.deepEqual(Object.keys(workflow.on), ["push"]);
        assert.deepEqual(workflow.permissions, { contents: "read" });
        assert.doesNotMatch(file, /secrets/);
        for (const [, commit] of file.matchAll(/uses: \S+@(\S+)/g)) assert.match(commit ?? "", /^[0-9a-f]{40}$/);
    });

    it("the test workflow runs every suite on Linux with Node.js 20, and caches what they install", () => {
        const { linux } = workflow.jobs;
        assert.equal(linux["runs-on"], "ubuntu-latest");
        assert.deepEqual(linux.strategy.matrix.run, [
            ".ci/run",
            "npm run test:packages",
            "npm run docs:build",
            "npm run test:spark",
            "npm run drill:aws -- --against local --spend-up-to 10",
        ]);
        assert.deepEqual(
            linux.steps.flatMap(({ run }) => run ?? []),
            ["$" + "{{ matrix.run }}"],
        );
        assert.equal(linux.steps.find(({ uses }) => uses?.startsWith("actions/cache@"))?.with?.path, ".tools");
        const node = linux.steps.find(({ uses }) => uses?.startsWith("actions/setup-node@"));
        assert.equal(node?.with?.["node-version"], 20);
    });
});

describe("Workflow that releases the packages", () => {
    const file = readFileSync(join(root, ".github", "workflows", "release.yml"), "utf8");
    const workflow = load(file) as Workflow;
    const { release } = workflow.jobs;
    assert.ok(release);

    it("the release workflow runs for main only, without an npm token", () => {
        assert.deepEqual(workflow.on, { push: { branches: ["main"] } });
        assert.deepEqual(workflow.permissions, {});
        assert.equal(release.environment, "release");
        assert.deepEqual(release.permissions, {
            contents: "write",
            "pull-requests": "write",
            "id-token": "write",
        });
        assert.doesNotMatch(file, /secrets|NODE_AUTH_TOKEN/);
        for (const [, commit] of file.matchAll(/uses: \S+@(\S+)/g)) assert.match(commit ?? "", /^[0-9a-f]{40}$/);
    });

    it("the release workflow installs only packages of package-lock.json", () => {
        const runs = release.steps.flatMap(({ run }) => run ?? []);
        assert.deepEqual(runs, ["npm ci"]);
        const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
        assert.match(packages["node_modules/@changesets/cli"]?.integrity ?? "", /^sha512-/);
    });

    it(".ci/publish publishes the packed tarballs with provenance", () => {
        const changesets = release.steps.find(({ uses }) => uses?.startsWith("changesets/action@"));
        assert.equal(changesets?.with?.["publish-script"], ".ci/publish");
        const script = readFileSync(join(root, ".ci", "publish"), "utf8");
        assert.match(script, /^npm run --silent pack -- --out /m);
        assert.match(script, /npm publish "\$tarball" --access public --provenance/);
    });
});
