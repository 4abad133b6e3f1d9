import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { testInstance } from "../../../test/support/local-aws.ts";
import { defaultInstance, environment, type Instance, paths, root } from "../instance.ts";
import { ensureStack, run } from "../pulumi.ts";

describe("Environment variables of a local AWS instance", () => {
    const instance: Instance = {
        root: "/clone",
        dir: "/clone/.local",
        port: 4567,
        speed: "demo",
        officialPlugin: false,
        enforce: true,
    };

    it("`environment` replaces the variables of AWS and Pulumi and keeps all others", () => {
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

    it("defaultInstance uses the folder .local of the clone unless variables change it", () => {
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

    it("defaultInstance resolves a relative folder against the clone's folder", () => {
        const dir = (value: string) => defaultInstance({ MOVIE_RECOMMENDER_LOCAL_DIR: value }).dir;
        assert.deepEqual([dir("beside"), dir("")], [join(root, "beside"), join(root, ".local")]);
    });

    it("defaultInstance fails with a message that contains the name of the invalid variable", () => {
        assert.throws(() => defaultInstance({ MOVIE_RECOMMENDER_LOCAL_SPEED: "fast" }), {
            message: 'MOVIE_RECOMMENDER_LOCAL_SPEED is "fast"; it must be instant, samples, demo, real.',
        });
        for (const port of ["0", "65536", "http"]) {
            assert.throws(
                () => defaultInstance({ MOVIE_RECOMMENDER_LOCAL_PORT: port }),
                new RegExp(`MOVIE_RECOMMENDER_LOCAL_PORT is "${port}"`),
            );
        }
    });
});

describe("Pulumi stack named `local` of a local AWS instance", () => {
    let instance: Instance;
    before(async () => {
        instance = await testInstance();
    });
    after(() => rm(instance.dir, { recursive: true, force: true }));

    it("ensureStack creates and selects the stack only once", async () => {
        await ensureStack(instance);
        await ensureStack(instance);
        const { stdout } = await run(instance, "pulumi", ["stack", "ls", "--json"], "captured");
        assert.deepEqual(
            (JSON.parse(stdout) as { name: string; current: boolean }[]).map(({ name, current }) => [name, current]),
            [["local", true]],
        );
    });

    it("the engine uses the local AWS plugin without a warning, and Pulumi's plugin with --official-plugin", async () => {
        const plugins = async (officialPlugin: boolean) => {
            await ensureStack({ ...instance, officialPlugin });
            return run(instance, "pulumi", ["plugin", "ls", "--json"], "captured");
        };
        for (const [official, names] of [
            [false, ["aws"]],
            [true, []],
            [false, ["aws"]],
        ] as const) {
            const { stdout, stderr } = await plugins(official);
            assert.deepEqual(
                JSON.parse(stdout).map(({ name }: { name: string }) => name),
                names,
            );
            assert.equal(stderr, "");
        }
    });

    it("ensureStack removes only the stack locks of ended processes", async () => {
        const folder = join(
            paths(instance).pulumiBackend,
            ".pulumi",
            "locks",
            "organization",
            "movie-recommender",
            "local",
        );
        await mkdir(folder, { recursive: true });
        const result = await run(instance, process.execPath, ["-p", "process.pid"], "captured");
        const [dead, alive] = [join(folder, "dead.json"), join(folder, "alive.json")];
        await writeFile(dead, JSON.stringify({ pid: Number(result.stdout) }));
        await writeFile(alive, JSON.stringify({ pid: process.pid }));
        await ensureStack(instance);
        assert.deepEqual([existsSync(dead), existsSync(alive)], [false, true]);
    });

    it("`run` rejects with the name of the command if the command does not exist", async () => {
        await assert.rejects(run(instance, "no-such-tool", [], "captured"), /^Error: no-such-tool cannot be run: /);
    });
});
