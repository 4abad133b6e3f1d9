import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../packages/local-aws/instance.ts";
import { freePort } from "../../packages/local-aws/ministack/process.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";

const runFile = promisify(execFile);
const bootstrap = "packages/local-aws/toolchain/bootstrap.mjs";

/** Copies the project and runs the demo in the copy, because the demo writes data into the project's folder. */
describe("`npm run demo`", () => {
    let project: string;
    let env: NodeJS.ProcessEnv;
    /** What the first run printed during `pulumi up`. */
    let firstUp: string;
    const node = (...args: string[]) => runFile(process.execPath, args, { cwd: project, env });

    before(async () => {
        project = await realpath(await mkdtemp(join(tmpdir(), "movie-recommender-demo-")));
        const { stdout } = await runFile("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
            cwd: root,
        });
        for (const file of stdout.split("\0").filter((name) => name !== "" && !name.startsWith("test/"))) {
            await mkdir(dirname(join(project, file)), { recursive: true });
            await cp(join(root, file), join(project, file));
        }
        for (const installed of ["node_modules", ".tools"]) {
            await symlink(join(root, installed), join(project, installed));
        }
        await writeFile(join(project, "u.data"), ratingsFile(syntheticRatings({ users: 130 })));
        const own = Object.entries(process.env).filter(([name]) => !name.startsWith("MOVIE_RECOMMENDER_LOCAL"));
        env = { ...Object.fromEntries(own), MOVIE_RECOMMENDER_LOCAL_PORT: String(await freePort()) };
    });
    after(async () => {
        await node("packages/local-aws/cli.ts", "stop");
        await rm(project, { recursive: true, force: true, maxRetries: 5 });
    });

    it("the demo with --json prints only a JSON document", async () => {
        const { stdout, stderr } = await node("packages/local-aws/demo/demo.ts", "--json", "--data", "u.data");
        [, firstUp = ""] = /── pulumi up\n([\s\S]*?)\n\n/.exec(stderr) ?? [];
        const document = JSON.parse(stdout);
        assert.deepEqual(Object.keys(document), ["schemaVersion", "recommendations", "outputs", "seconds"]);
        assert.equal(document.schemaVersion, 1);
        assert.deepEqual(Object.keys(document.recommendations).sort(), ["122", "22", "6"]);
        for (const list of Object.values<{ itemId: string; title: string; score: number }[]>(
            document.recommendations,
        )) {
            assert.equal(list.length, 10);
            const scores = list.map(({ score }) => score);
            assert.deepEqual(
                scores,
                scores.toSorted((a, b) => b - a),
            );
            assert.ok(
                list.every(({ itemId, title, score }) => itemId !== "" && title !== "" && score > 0 && score < 1),
            );
        }
        assert.equal(document.outputs.bucketName, "my-movie-recommender-data");
        assert.match(document.outputs.campaignArn, /:campaign\/movie-recommender-campaign$/);
        assert.ok(document.seconds.total >= document.seconds.pulumiUp);
    });

    it("the demo prints one line for each AWS service, and the file with Pulumi's whole output", async () => {
        assert.match(firstUp, /^ {3}iam +\d+ created$/m);
        assert.match(firstUp, /^ {3}waiting for pulumi up: \d+ resources done \(2 s\)$/m);
        const [, log = ""] = /^ {3}The whole output of pulumi up is in (.*)$/m.exec(firstUp) ?? [];
        assert.match(await readFile(log, "utf8"), /aws:iam:Role personalize created/);
        assert.doesNotMatch(firstUp, /aws:iam:Role/);
        assert.ok(firstUp.split("\n").length <= 24, firstUp);
    });

    it("`npm run local -- pulumi preview` explains the effect of a change", async () => {
        const configFile = join(project, "faster.yaml");
        const config = await readFile(join(project, "Pulumi.local.yaml"), "utf8");
        await writeFile(
            configFile,
            config.replace("config:\n", 'config:\n  movie-recommender:minProvisionedTPS: "2"\n'),
        );
        const faster = ["pulumi", "preview", "--config-file", configFile];
        const { stderr } = await node("packages/local-aws/cli.ts", ...faster);
        assert.match(stderr, /What this update means:\n {2}- updates the campaign in place: it keeps serving/);
    });

    it("a second demo run changes no resource, and prints three users' lists and commands", async () => {
        const { stdout, stderr } = await node("packages/local-aws/demo/demo.ts", "--data", "u.data");
        for (const user of [22, 6, 122]) {
            assert.match(stdout, new RegExp(`^Recommended to user ${user}$`, "m"));
        }
        assert.match(stdout, /npm run local -- pulumi destroy/);
        const [, up = ""] = stderr.split("── pulumi up");
        assert.match(up, /done in/);
        assert.doesNotMatch(up, /\d (created|updated|replaced|deleted)/);
        assert.match(stdout, /^Open +http/m);
    });

    /** Commands without --stack, as a new user may type them after the demo. */
    const typed = ["recommend 22", "park --dry-run"];
    /** Returns a command's output and its exit code. */
    const outputOf = async (...args: string[]) => {
        const { code = 0, stdout, stderr } = await node(...args).catch((error) => error);
        return { code, text: `${stdout}${stderr}` };
    };
    const local = "npm run local -- ";

    it("runbooks without `npm run local` say that the demo is on the local AWS", async () => {
        // Use an empty Pulumi backend, because outside `npm run local` a user's backend does not contain the demo's
        // stack.
        const backend = await mkdtemp(join(tmpdir(), "movie-recommender-outside-"));
        env = { ...env, PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "" };
        try {
            for (const line of typed) {
                const [name, ...args] = line.split(" ");
                const { code, text } = await outputOf(bootstrap, "packages", `runbooks/${name}.ts`, ...args);
                assert.equal(code, 6, text);
                const [hint, ...more] = text.split("\n").filter((row) => row.includes(local));
                assert.deepEqual(more, [], line);
                assert.equal(hint, `The demo's stack is on the local AWS. Run this there: ${local}${line}`);
                assert.match(text, /(?<!local -- )(pulumi stack (ls|select|init)|--stack)/, line);
            }
        } finally {
            const { PULUMI_BACKEND_URL: _, PULUMI_CONFIG_PASSPHRASE: __, ...before } = env;
            env = before;
            await rm(backend, { recursive: true, force: true });
        }
    });

    it("runbooks with `npm run local --` print commands that also contain `npm run local --`", async () => {
        const lines = ["retrain --dry-run", "versions --stack nothing", "recommend 22 --filter nothing"];
        let hints = 0;
        for (const line of lines) {
            const answer = await outputOf("packages/local-aws/cli.ts", ...line.split(" "));
            // Remove the progress lines of slow commands, which also contain command names.
            const text = answer.text.replaceAll(/^waiting for .*$/gm, "");
            // Find printed commands of Pulumi and npm.
            const commands =
                text.match(
                    /(?:npm run (?:-s )?[\w-]+ -- )?(?:pulumi (?:up|preview|stack|config|refresh)|npm run [\w-]+)/g,
                ) ?? [];
            for (const command of commands) assert.ok(command.startsWith("npm run local"), `${line}: ${text}`);
            hints += commands.length;
        }
        assert.ok(hints > 2, "no hint was seen");
    });

    it("runbooks with `npm run local --` print the command that connects the AWS CLI", async () => {
        const hint = 'Before an aws command, run: eval "$(npm run -s local -- env)"\n';
        const { text } = await outputOf("packages/local-aws/cli.ts", "forget-viewer", "22", "--dry-run");
        assert.ok(text.includes("aws s3 rm") && text.endsWith(hint), text);
        const other = await outputOf("packages/local-aws/cli.ts", "versions");
        assert.ok(!other.text.includes("aws command"), other.text);
    });

    it("the demo and `config set` change no file that git tracks", async () => {
        await node("packages/local-aws/cli.ts", "pulumi", "config", "set", "minProvisionedTPS", "2");
        const { stdout } = await runFile("git", ["ls-files", "-z"], { cwd: root });
        const tracked = stdout.split("\0").filter((name) => name !== "" && !name.startsWith("test/"));
        for (const file of tracked) {
            assert.deepEqual(await readFile(join(project, file)), await readFile(join(root, file)), file);
        }
        await node("packages/local-aws/cli.ts", "pulumi", "config", "rm", "minProvisionedTPS");
    });

    it("the demo accepts data-prep options for other column names, and suggests missing options", async () => {
        const rows = ["who;what;when", "1;7;2026-01-02", "2;8;2026-01-03"].join("\n");
        await writeFile(join(project, "odd.csv"), `${rows}\n`);
        const odd = ["packages/local-aws/demo/demo.ts", "--data", "odd.csv"];
        const unnamed = await outputOf(...odd);
        assert.equal(unnamed.code, 1);
        assert.match(unnamed.text, /npm run demo -- --data odd\.csv --columns user=who,item=what,time=when/);
        const named = await outputOf(
            ...odd,
            "--columns",
            "user=who,item=what",
            "--event",
            "Borrow",
            "--bad-rows",
            "skip",
        );
        assert.match(named.text, /user = who, item = what, time = when; times in ISO 8601; every event is Borrow/);
        assert.match(named.text, /2 interactions are too few/);
    });

    it("the demo with data that the stack's configuration refuses keeps the stack and `data/`", async () => {
        await writeFile(join(project, "options.yaml"), "event: Watch\n");
        await writeFile(join(project, "more.data"), ratingsFile(syntheticRatings({ users: 140 })));
        const pulumi = (...args: string[]) => outputOf("packages/local-aws/cli.ts", "pulumi", ...args);
        const state = async () => [
            await readFile(join(project, "data", "manifest.json"), "utf8"),
            (await pulumi("stack", "output", "importJobArn")).text,
        ];
        const before = await state();
        await pulumi("config", "set", "dataOptionsFile", "options.yaml");
        const refused = await outputOf("packages/local-aws/demo/demo.ts", "--data", "more.data");
        assert.equal(refused.code, 1, refused.text);
        assert.match(refused.text, /Nothing was changed, .*\n.* was prepared with other options .* options\.yaml/);
        assert.match(refused.text, /npm run local -- pulumi config rm <key>/);
        assert.doesNotMatch(refused.text, /pulumiDestroy|starts over, without the events/);
        assert.deepEqual(await state(), before);
        await pulumi("config", "rm", "dataOptionsFile");
    });

    it("the demo rejects too little data before the first deployment", async () => {
        await writeFile(join(project, "few.data"), ratingsFile(syntheticRatings({ users: 10 })));
        await assert.rejects(
            node("packages/local-aws/demo/demo.ts", "--json", "--data", "few.data"),
            (error: Error & { code: number }) => {
                assert.equal(error.code, 1);
                assert.match(error.message, /548 interactions are too few/);
                assert.doesNotMatch(error.message, /at .*\.ts:\d+/);
                return true;
            },
        );
    });
});
