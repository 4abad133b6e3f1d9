import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { testInstance } from "../../../test/support/local-aws.ts";
import { defaultInstance, environment, type Instance, paths, root } from "../instance.ts";
import { ensureStack, run } from "../pulumi.ts";

describe("the environment of commands against the local AWS", () => {
    const instance: Instance = {
        root: "/clone",
        dir: "/clone/.local",
        port: 4567,
        speed: "demo",
        officialPlugin: false,
        enforce: true,
    };

    it("has nothing of the user's own AWS and Pulumi, and the rest of his", () => {
        const users = {
            AWS_PROFILE: "company",
            AWS_SESSION_TOKEN: "secret",
            AWS_ENDPOINT_URL_S3: "https://elsewhere",
            PULUMI_ACCESS_TOKEN: "secret",
            PULUMI_STACK: "production",
            LANG: "de_DE.UTF-8",
            PATH: "/usr/bin",
        };
        const env = environment(instance, users);
        assert.equal(env.LANG, "de_DE.UTF-8");
        const foreign = [
            "AWS_PROFILE",
            "AWS_SESSION_TOKEN",
            "AWS_ENDPOINT_URL_S3",
            "PULUMI_ACCESS_TOKEN",
            "PULUMI_STACK",
        ];
        assert.deepEqual(
            foreign.filter((name) => name in env),
            [],
        );
        assert.equal(env.AWS_ENDPOINT_URL, "http://127.0.0.1:4567");
        assert.equal(env.PULUMI_BACKEND_URL, "file:///clone/.local/pulumi?metadata=skip");
        assert.equal(env.PULUMI_HOME, "/clone/.local/pulumi-home");
        assert.equal(env.PATH?.split(delimiter).at(-1), "/usr/bin");
    });

    it("finds the stand-in for Pulumi's AWS plugin first, unless the official one is asked for", () => {
        const first = (env: NodeJS.ProcessEnv) => env.PATH?.split(delimiter)[0];
        assert.equal(first(environment(instance, {})), join("/clone", "packages", "local-aws", "aws-plugin", "bin"));
        const official = environment({ ...instance, officialPlugin: true }, {});
        assert.doesNotMatch(official.PATH ?? "", /aws-plugin/);
    });

    it("is that of the clone's own folder, unless variables change it", () => {
        const usual = {
            root,
            dir: join(root, ".local"),
            port: 4566,
            speed: "demo",
            officialPlugin: false,
            enforce: true,
        };
        assert.deepEqual(defaultInstance({}), usual);
        const variables = {
            MOVIE_RECOMMENDER_LOCAL_DIR: "/elsewhere",
            MOVIE_RECOMMENDER_LOCAL_PORT: "4600",
            MOVIE_RECOMMENDER_LOCAL_SPEED: "real",
        };
        assert.deepEqual(defaultInstance(variables), { ...usual, dir: "/elsewhere", port: 4600, speed: "real" });
    });

    it("takes a folder by a path from the clone too, which Pulumi's backend would not", () => {
        const dir = (value: string) => defaultInstance({ MOVIE_RECOMMENDER_LOCAL_DIR: value }).dir;
        assert.deepEqual([dir("beside"), dir("")], [join(root, "beside"), join(root, ".local")]);
    });

    it("names the variable that is wrong", () => {
        assert.throws(() => defaultInstance({ MOVIE_RECOMMENDER_LOCAL_SPEED: "fast" }), {
            message: 'MOVIE_RECOMMENDER_LOCAL_SPEED is "fast"; it must be instant, demo or real.',
        });
        for (const port of ["0", "65536", "http"]) {
            assert.throws(
                () => defaultInstance({ MOVIE_RECOMMENDER_LOCAL_PORT: port }),
                new RegExp(`MOVIE_RECOMMENDER_LOCAL_PORT is "${port}"`),
            );
        }
    });
});

describe("the local stack", () => {
    let instance: Instance;
    before(async () => {
        instance = await testInstance();
    });
    after(() => rm(instance.dir, { recursive: true, force: true }));

    it("is made and selected in the instance's own backend, once", async () => {
        await ensureStack(instance);
        await ensureStack(instance);
        const { stdout } = await run(instance, "pulumi", ["stack", "ls", "--json"], "captured");
        assert.deepEqual(
            (JSON.parse(stdout) as { name: string; current: boolean }[]).map(({ name, current }) => [name, current]),
            [["local", true]],
        );
    });

    it("loses the locks of processes that are dead, and those only", async () => {
        const folder = join(
            paths(instance).pulumiBackend,
            ".pulumi",
            "locks",
            "organization",
            "movie-recommender",
            "local",
        );
        await mkdir(folder, { recursive: true });
        const ended = await run(instance, process.execPath, ["-p", "process.pid"], "captured");
        const [dead, alive] = [join(folder, "dead.json"), join(folder, "alive.json")];
        await writeFile(dead, JSON.stringify({ pid: Number(ended.stdout) }));
        await writeFile(alive, JSON.stringify({ pid: process.pid }));
        await ensureStack(instance);
        assert.deepEqual([existsSync(dead), existsSync(alive)], [false, true]);
    });

    it("names the command that cannot be run", async () => {
        await assert.rejects(run(instance, "no-such-tool", [], "captured"), /^Error: no-such-tool cannot be run: /);
    });
});
