import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultInstance, environment, root } from "../../instance.ts";

/**
 * Prints as JSON which deferred modules a Node.js process with Pulumi's SDK has loaded and used, and what it logs. Runs
 * as a separate CommonJS file.
 */
async function probe() {
    const [tree, compiler, aws] = [require("@npmcli/arborist"), require("typescript"), require("@pulumi/aws")];
    const use = process.argv[2] === "use";
    const hooks = require("@pulumi/pulumi/runtime/closure/v8Hooks.js");
    await hooks.isInitializedAsync();
    const used = use && [
        typeof new tree.Arborist({ path: "." }).loadActual,
        compiler.SyntaxKind.Unknown,
        aws.sns.Topic.name,
        (await hooks.getSessionAsync()).constructor.name,
    ];
    const files = Object.keys(require.cache);
    const entries = [
        "@npmcli/arborist/lib/arborist/index.js",
        "typescript/lib/typescript.js",
        "@pulumi/aws/sns/index.js",
        "@pulumi/pulumi/runtime/closure/v8Hooks.js",
    ];
    const loaded = entries.map((name) =>
        // A module counts as loaded only if its code is loaded: a deferred module is in the cache without its code.
        files.some((file) => file.endsWith(name) && require.cache[file]?.constructor.name === "Module"),
    );
    const promise: Promise<void> & { _debugStackTrace?: string } = Promise.resolve();
    require("@pulumi/pulumi/runtime/debuggable.js").debuggablePromise(promise);
    const frames = (promise._debugStackTrace?.split("\n").length ?? 0) - 1;
    const logged: string[] = [];
    const log = (request: { getMessage(): string }, done: () => void) => {
        logged.push(request.getMessage());
        done();
    };
    require("@pulumi/pulumi/runtime/settings.js").getEngine = () => ({ log });
    const sdk = require("@pulumi/pulumi/log/index.js");
    await sdk.debug("debug");
    await sdk.info("info");
    const { PULUMI_NODEJS_TYPESCRIPT: typescript, TRACEPARENT: trace } = process.env;
    console.log(JSON.stringify({ used, loaded, logged, typescript, trace, frames }));
}

describe("Deferred modules in Pulumi's Node.js processes", () => {
    let folder: string;
    before(async () => {
        folder = await realpath(await mkdtemp(join(tmpdir(), "light sdk ")));
        const command = join(folder, "node_modules", "@pulumi", "pulumi", "cmd");
        await mkdir(command, { recursive: true });
        for (const name of [
            "@npmcli",
            "@opentelemetry",
            "typescript",
            "source-map-support",
            "@pulumi/aws",
            "@pulumi/pulumi/log",
            "@pulumi/pulumi/runtime",
            "@pulumi/pulumi/automation",
        ])
            await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
        for (const file of [join(command, "probe.cjs"), join(folder, "other.cjs")])
            await writeFile(file, `(${probe})();\n`);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    async function ask(file: string, ...args: string[]) {
        const env = { ...environment(defaultInstance({})), PULUMI_NODEJS_TYPESCRIPT: "true", TRACEPARENT: "00" };
        const { stdout } = await promisify(execFile)(process.execPath, [join(folder, file), ...args], { env });
        return JSON.parse(stdout);
    }
    const command = join("node_modules", "@pulumi", "pulumi", "cmd", "probe.cjs");

    it("Pulumi's processes start without deferred modules, OpenTelemetry traces, stack traces of promises and debug messages", async () => {
        const loaded = [false, false, false, false];
        const light = { used: false, loaded, logged: ["info"], typescript: "false", frames: 0 };
        assert.deepEqual(await ask(command), light);
    });

    it("Pulumi's processes load a deferred module on first use", async () => {
        const { used, loaded } = await ask(command, "use");
        assert.deepEqual(used, ["function", 0, "Topic", "Session"]);
        assert.deepEqual(loaded, [true, true, true, true]);
    });

    it("other processes load all modules at once and keep OpenTelemetry traces, stack traces of promises and debug messages", async () => {
        const { frames, ...rest } = await ask("other.cjs");
        const [loaded, logged] = [
            [true, true, true, true],
            ["debug", "info"],
        ];
        assert.deepEqual(rest, { used: false, loaded, logged, typescript: "true", trace: "00" });
        assert.ok(frames > 0);
    });
});
