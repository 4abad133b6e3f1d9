import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { load } from "js-yaml";
import { keysOf } from "../../core/config/records.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { packedIn } from "../../packages/pack.ts";
import { until } from "../support/until.ts";
import { liveThrough, pulumiProject, readmePrograms, yamlHost } from "./pulumi-project.ts";
import { putInteractions, startServices } from "./services.ts";

/**
 * Installs the tarballs into empty projects outside the repository. Node.js's permission model denies the programs
 * access to files outside the project.
 */

const newestNode = "24.21.0";
const nodeVersions = ["22.23.3", newestNode];
const oldNode = "20.20.2";
/** The package managers, each with the path of its program in its npm package. */
const managers = {
    npm: { version: "11.6.2", program: "bin/npm-cli.js" },
    pnpm: { version: "10.23.0", program: "bin/pnpm.cjs" },
} as const;
type Manager = keyof typeof managers;
const fixtures = import.meta.dirname;
const exec = promisify(execFile);

/** Returns the block of a language in the README of local-personalize that matches a pattern. */
async function readmeBlock(language: string, pattern: RegExp): Promise<string> {
    const text = await readFile(join(root, "packages", "local-personalize", "README.md"), "utf8");
    const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))];
    return blocks.map(([, block = ""]) => block).find((block) => pattern.test(block)) ?? "";
}

/** Returns a state with the types that earlier releases recorded for the same resources. */
function withFormerTypes(state: string): string {
    const former = state
        .replaceAll("pulumi-personalize:components:TrainedCampaign", "pulumi-personalize:components:Recommender")
        .replaceAll("dynamic/personalize:Dataset::items", "dynamic/personalize:MetadataDataset::items");
    const { deployment, ...rest } = JSON.parse(former);
    for (const resource of deployment.resources) {
        if (!resource.urn.includes(":MetadataDataset::")) continue;
        resource.type = "pulumi-nodejs:dynamic/personalize:MetadataDataset";
        for (const properties of [resource.inputs, resource.outputs]) {
            properties.__provider = properties.__provider.replace('handlers["Dataset"]', 'handlers["MetadataDataset"]');
        }
    }
    return JSON.stringify({ ...rest, deployment });
}

describe("Packed packages", () => {
    let folder: string;
    let tarballs: Record<string, string>;
    let python: string;
    const tools = () => join(folder, "tools");
    const nodeOf = (version: string) => join(tools(), "node", version, "node_modules", "node", "bin", "node");
    const results: boolean[] = [];

    before(async function () {
        this.timeout(1_200_000);
        folder = await mkdtemp(join(tmpdir(), "packages-"));
        tarballs = packedIn(join(folder, "tarballs"));
        for (const version of [oldNode, ...nodeVersions])
            await install(join(tools(), "node", version), [`node@${version}`]);
        const programs = Object.entries(managers).map(([name, { version }]) => `${name}@${version}`);
        await install(tools(), ["publint@0.3.25", "@arethetypeswrong/cli@0.18.5", ...programs]);
        await exec("python3", ["-m", "venv", join(folder, "python")]);
        python = join(folder, "python", "bin", "python");
        await exec(python, ["-m", "pip", "install", "--quiet", "moto[server,s3,iam]==5.2.5"]);
        await yamlHost();
    });
    after(async () => {
        console.log(`goal packages-installable: ${(results.filter(Boolean).length / results.length) * 100}% (= 100%)`);
        await rm(folder, { recursive: true, force: true });
    });

    async function install(into: string, names: readonly string[]): Promise<void> {
        await mkdir(into, { recursive: true });
        await exec("npm", ["install", "--prefix", into, "--no-audit", "--no-fund", ...names]);
    }

    const dependencies = () =>
        Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]));

    /** Creates and installs a project that depends only on the tarballs. */
    async function project(manager: Manager, version: string, name: string): Promise<string> {
        const into = join(folder, name);
        await mkdir(into, { recursive: true });
        const devDependencies = { typescript: "6.0.3", "@types/node": "24.19.2" };
        const description = { name, private: true, type: "module", dependencies: dependencies(), devDependencies };
        await writeFile(join(into, "package.json"), JSON.stringify(description));
        await installed(manager, version, into);
        return into;
    }

    /** Runs the package manager with a version of Node.js. */
    async function installed(manager: Manager, version: string, into: string): Promise<void> {
        const file = join(tools(), "node_modules", manager, managers[manager].program);
        await exec(nodeOf(version), [file, "install"], { cwd: into, env: environmentOf(version) });
    }

    /**
     * Returns the environment of the user who runs the test, with another Node.js, and without variables that npm and
     * the test add.
     */
    const environmentOf = (version: string): NodeJS.ProcessEnv => ({
        ...Object.fromEntries(
            Object.entries(process.env).filter(([name]) => !/^(npm_|AWS_|MOVIE_RECOMMENDER_|NODE_OPTIONS$)/.test(name)),
        ),
        PATH: `${join(nodeOf(version), "..")}:/usr/bin:/bin`,
        CI: "true",
    });

    /** Node.js options that limit file access to the project. */
    const limits = (into: string) => [
        "--permission",
        `--allow-fs-read=${into}`,
        `--allow-fs-write=${into}`,
        "--allow-worker",
        "--allow-addons",
    ];

    /** Declares a test, and records in `results` whether it passed. */
    const proves = (title: string, work: () => Promise<void>) =>
        it(title, async function () {
            this.timeout(300_000);
            const index = results.push(false) - 1;
            await work();
            results[index] = true;
        });

    proves("each tarball is smaller than 2 MB", async () => {
        for (const file of Object.values(tarballs)) assert.ok((await stat(file)).size < 2_000_000, file);
    });

    proves("no document of a package links to another file", async () => {
        for (const page of Object.keys(tarballs).flatMap((name) => [`${name}/README.md`, `${name}/REFERENCE.md`])) {
            const file = join(fixtures, "..", "..", "packages", page);
            const text = existsSync(file) ? await readFile(file, "utf8") : "";
            assert.deepEqual(text.match(/\]\((?!https?:|#)[^)]*\)/g), null, page);
        }
    });

    proves("publint and attw report no problem", async () => {
        const bin = join(tools(), "node_modules", ".bin");
        for (const file of Object.values(tarballs)) {
            await exec(nodeOf(newestNode), [join(bin, "publint"), file, "--strict"], { cwd: folder });
            await exec(nodeOf(newestNode), [join(bin, "attw"), file, "--profile", "esm-only"], { cwd: folder });
        }
    });

    for (const manager of keysOf(managers)) {
        for (const version of nodeVersions) {
            const name = `${manager}-${version}`;

            proves(`${manager} with Node ${version} installs them for TypeScript and JavaScript`, async () => {
                const into = await project(manager, version, name);
                await cp(join(fixtures, "consumer.ts"), join(into, "consumer.ts"));
                const compiler = join(into, "node_modules", "typescript", "bin", "tsc");
                const strict = ["--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "--types", "node"];
                const options = [...strict, "--module", "nodenext", "--target", "es2024", "consumer.ts"];
                await exec(nodeOf(version), [compiler, ...options], { cwd: into });
                const { stdout } = await exec(nodeOf(version), [...limits(into), "consumer.js"], { cwd: into });
                const expected = { subject: "access", faults: true, kinds: ["function"] };
                assert.deepEqual(JSON.parse(stdout), expected);
            });
        }

        proves(`${manager} installs them in a member of a workspace`, async () => {
            const into = join(folder, `${manager}-workspace`);
            const member = join(into, "apps", "shop");
            await mkdir(member, { recursive: true });
            await writeFile(join(into, "package.json"), JSON.stringify({ private: true, workspaces: ["apps/*"] }));
            if (manager === "pnpm") await writeFile(join(into, "pnpm-workspace.yaml"), "packages: ['apps/*']\n");
            await writeFile(
                join(member, "package.json"),
                JSON.stringify({
                    name: "shop",
                    version: "1.0.0",
                    private: true,
                    type: "module",
                    dependencies: dependencies(),
                }),
            );
            await installed(manager, newestNode, into);
            const script = 'import { explainMessage } from "access-doctor"; console.log(typeof explainMessage)';
            const args = [...limits(into), "--input-type=module", "--eval", script];
            const { stdout } = await exec(nodeOf(newestNode), args, { cwd: member });
            assert.equal(stdout, "function\n");
        });
    }

    for (const version of nodeVersions) {
        proves(`the programs work on Node ${version} with moto, without Python's service models`, async () => {
            const into = join(folder, `npm-${version}`);
            const port = 18_000 + Number.parseInt(version, 10);
            const env = { ...environmentOf(version), AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
            const programs = { python, node: nodeOf(version), options: limits(into), env };
            const services = await startServices(into, port, programs);
            try {
                const { url, motoUrl } = services;
                const health = await fetch(`${url}/health`);
                assert.deepEqual([health.status, await health.json()], [200, { status: "ok" }]);
                const { stdout } = await exec(python, [join(fixtures, "life.py"), url, motoUrl]);
                const { items, role } = JSON.parse(stdout);
                assert.equal(items, 10);
                assert.match(role, /^arn:aws:iam::123456789012:role\//);

                const doctor = join("node_modules", "access-doctor", "bin.js");
                const args = ["--role", role, "--bucket", "films", "--key", "interactions.csv"];
                const result = await exec(nodeOf(version), [...limits(into), doctor, ...args], {
                    cwd: into,
                    env: {
                        ...env,
                        AWS_REGION: "eu-central-1",
                        AWS_ENDPOINT_URL: motoUrl,
                        AWS_ENDPOINT_URL_PERSONALIZE: url,
                    },
                }).catch((error: { code: number; stdout: string; stderr: string }) => error);
                assert.equal("code" in result ? result.code : 0, 1, result.stdout + result.stderr);
                assert.match(
                    result.stdout,
                    /^Role policies of Import: No statement .* allows s3:ListBucket\./,
                    result.stdout,
                );
                assert.match(result.stdout, /^Fix: AWS_REGION=eu-central-1 npx access-doctor --role \S+ .*--write /m);
            } finally {
                services.stop();
            }
        });
    }

    proves("each program ends with one line on an older Node.js", async () => {
        const into = join(folder, `npm-${newestNode}`);
        for (const program of ["local-personalize", "access-doctor", "pulumi-resource-personalize"]) {
            const file = join(into, "node_modules", ".bin", program);
            const ended = await exec(nodeOf(oldNode), [file]).catch((error) => error);
            assert.equal(ended.code, 1);
            assert.equal(ended.stderr, `${program} needs Node.js 22.18 or newer; this is Node.js ${oldNode}.\n`);
        }
    });

    describe("local-personalize with a file, as its README says", () => {
        let into: string;
        const env = () => ({ ...environmentOf(newestNode), TMPDIR: into });
        const npx = () => join(tools(), "node_modules", "npm", "bin", "npx-cli.js");
        before(async () => {
            into = join(folder, `npm-${newestNode}`);
            await writeFile(join(into, "events.csv"), interactionsCsv(syntheticRatings()));
        });

        proves("npx prints an ACTIVE campaign within 5 s, answers boto3, and ends with npx", async () => {
            const began = performance.now();
            const server = spawn(nodeOf(newestNode), [npx(), "local-personalize", "--data", "events.csv"], {
                cwd: into,
                env: env(),
            });
            let shown = "";
            server.stdout.on("data", (chunk) => (shown += chunk));
            await until("a filter", async () => /^filter .*$/m.test(shown));
            const seconds = (performance.now() - began) / 1000;
            console.log(`      from npx to a campaign: ${seconds.toFixed(1)} s`);
            assert.ok(seconds < 5, `${seconds} s`);
            const campaign = /^campaign +(\S+)$/m.exec(shown)?.[1];
            const block = await readmeBlock("python", /import boto3/);
            const { stdout } = await exec(python, ["-c", `campaign = "${campaign}"\n${block}`]);
            assert.equal(stdout.match(/itemId/g)?.length, 25);
            server.kill("SIGTERM");
            await sleep(1000);
            await assert.rejects(fetch("http://127.0.0.1:4580/health"));
        });

        proves("the README's TypeScript program compiles and prints 25 items", async () => {
            await install(into, ["@aws-sdk/client-personalize-runtime@3.1138.0"]);
            await writeFile(join(into, "readme.ts"), await readmeBlock("ts", /startLocalPersonalize/));
            const compiler = join(into, "node_modules", "typescript", "bin", "tsc");
            const options = ["--strict", "--skipLibCheck", "--types", "node", "--module", "nodenext"];
            await exec(nodeOf(newestNode), [compiler, ...options, "--target", "es2024", "readme.ts"], { cwd: into });
            const { stdout } = await exec(nodeOf(newestNode), ["readme.js"], { cwd: into, env: env() });
            assert.equal(stdout, "25\n");
        });

        proves("the README's pytest fixture starts and ends it", async () => {
            await exec(python, ["-m", "pip", "install", "--quiet", "pytest==9.0.1"]);
            await writeFile(join(into, "conftest.py"), await readmeBlock("python", /pytest/));
            const test = [
                "import boto3",
                "def test_list(personalize):",
                "    client = boto3.client('personalize-runtime', endpoint_url=personalize['endpoint_url'],",
                "        region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test')",
                "    answer = client.get_recommendations(campaignArn=personalize['campaign'], userId='22')",
                "    assert len(answer['itemList']) == 25",
            ];
            await writeFile(join(into, "test_list.py"), test.join("\n"));
            const { stdout } = await exec(python, ["-m", "pytest", "-q", "test_list.py"], { cwd: into, env: env() });
            assert.match(stdout, /1 passed/);
        });

        proves("the README's workflow starts it before the tests", async () => {
            const { jobs } = load(await readmeBlock("yaml", /jobs/)) as {
                jobs: { test: { steps: { run?: string }[] } };
            };
            const step = jobs.test.steps.find(({ run = "" }) => run.includes("local-personalize"))?.run ?? "";
            const { stdout } = await exec("bash", ["-ec", `${step}\ncurl -s http://127.0.0.1:4580/health; kill %1`], {
                cwd: into,
                env: {
                    ...env(),
                    PATH: `${join(nodeOf(newestNode), "..")}:${join(tools(), "node_modules", ".bin")}:/usr/bin:/bin`,
                },
            });
            assert.equal(stdout, '{"status":"ok"}');
        });
    });

    proves("a Pulumi program in a subfolder deploys the README's example and a resource of each class", async () => {
        const into = join(folder, "pulumi");
        const main = join(into, "infra");
        await mkdir(main, { recursive: true });
        const pulumiSdk = { "@pulumi/pulumi": "3.270.0" };
        const description = { private: true, type: "module", dependencies: { ...dependencies(), ...pulumiSdk } };
        await writeFile(join(into, "package.json"), JSON.stringify(description));
        await writeFile(
            join(into, "Pulumi.yaml"),
            "name: films\nruntime: { name: nodejs, options: { typescript: false } }\nmain: infra/\n",
        );
        await writeFile(join(main, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
        const program = await readFile(join(root, "examples", "minimal", "index.ts"), "utf8");
        assert.deepEqual([program], await readmePrograms("From a file in S3 to a campaign"));
        const [ofEachClass = "", ofDomain = ""] = await readmePrograms("Resource by resource");
        const domainProgram = await readFile(join(root, "examples", "video-on-demand", "index.ts"), "utf8");
        assert.ok(domainProgram.includes(ofDomain));
        await writeFile(join(main, "index.ts"), `${program}export * as resources from "./resources.ts";\n`);
        await writeFile(join(main, "resources.ts"), ofEachClass);
        await installed("npm", newestNode, into);
        const programs = { python, node: nodeOf(newestNode), env: environmentOf(newestNode) };
        const services = await startServices(into, 18_090, programs);
        try {
            const succeeds = await pulumiProject(into, join(folder, "pulumi-home"), programs, services);
            await succeeds("config", "set", "aws:region", "eu-central-1");
            await succeeds("config", "set", "--path", "data.dataLocation", await putInteractions(services, "films"));
            await succeeds("config", "set", "--path", "data.roleArn", "arn:aws:iam::123456789012:role/Import");
            await succeeds("config", "set", "--path", "data.usersLocation", "s3://films/users.json");
            await succeeds("config", "set", "--path", "data.usersHash", "a".repeat(64));
            await succeeds("config", "set", "--path", "data.listsLocation", "s3://films/lists/");
            const state = await liveThrough(succeeds, services, async (deployed, { resources }) => {
                assert.match(resources.name, /^films-[0-9a-f]{7}$/);
                // Another default region replaces nothing.
                await succeeds("config", "set", "aws:region", "us-west-2");
                await succeeds("preview", "--expect-no-changes");
                // Neither does a state of a release with the classes MetadataDataset and Recommender.
                const earlier = join(into, "earlier.json");
                await writeFile(earlier, withFormerTypes(deployed));
                await succeeds("stack", "import", "--file", earlier);
                await succeeds("preview", "--expect-no-changes");
            });
            const { deployment } = JSON.parse(state);
            const texts = deployment.resources.map(
                ({ inputs }: { inputs?: { __provider?: string } }) => inputs?.__provider,
            );
            assert.ok(texts.every((text: string = "") => text.length < 1024 && !text.includes(folder)));
        } finally {
            services.stop();
        }
    });

    proves("a Pulumi program in YAML deploys a campaign with the packed plugin", async () => {
        const into = join(folder, "pulumi");
        const yaml = join(into, "yaml");
        await cp(join(root, "examples", "yaml"), yaml, { recursive: true });
        const programs = { python, node: nodeOf(newestNode), env: environmentOf(newestNode) };
        const services = await startServices(into, 18_091, programs);
        try {
            const path = [join(into, "node_modules", ".bin"), await yamlHost()];
            const succeeds = await pulumiProject(yaml, join(folder, "yaml-home"), programs, services, path);
            const roleArn = "arn:aws:iam::123456789012:role/Import";
            await succeeds("config", "set", "personalize:region", "eu-central-1");
            await succeeds("config", "set", "dataLocation", await putInteractions(services, "yaml"));
            await succeeds("config", "set", "--secret", "roleArn", roleArn);
            assert.ok(!(await liveThrough(succeeds, services)).includes(roleArn), "the state shows a secret");
        } finally {
            services.stop();
        }
    });
});
