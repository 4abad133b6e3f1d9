import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { CreateDatasetGroupCommand } from "@aws-sdk/client-personalize";
import { environment, type Instance, root } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import type { Speed } from "../../packages/local-personalize/emulator.ts";
import { createBucket, startService } from "../../packages/local-personalize/test/support.ts";
import { portOf } from "../../packages/local-personalize/wire/http.ts";
import { bareInstance } from "../support/bare-instance.ts";

describe("Command line of the runbooks", () => {
    let instance: Instance;

    before(async () => {
        instance = await bareInstance();
    });
    after(() => rm(instance.dir, { recursive: true, force: true }));

    const runbook = (name: string, ...args: string[]) =>
        run(instance, process.execPath, [`runbooks/${name}.ts`, ...args], "captured");

    // `resume`, `rollback`, `versions` and `retrain` read the stack in the same function as `park`.
    for (const name of [
        "recommend",
        "watch-status",
        "park",
        "cost-report",
        "budget-alarms",
        "experiment",
        "publish-metrics",
        "doctor",
    ]) {
        it(`\`${name}\` exits with 6 and one message if the stack does not exist`, async () => {
            const users = name === "recommend" ? ["22"] : [];
            const { exitCode, stdout, stderr } = await runbook(name, ...users, "--stack", "nowhere", "--json");
            assert.deepEqual([exitCode, stdout], [6, ""], stderr);
            // On a slow machine, lines before the message say what the runbook waits for.
            assert.equal(
                stderr.replace(/^(waiting for .*\n)*/, ""),
                "error: There is no stack nowhere. List the stacks with `pulumi stack ls`, and name one with --stack, or create it: pulumi stack init nowhere\n",
            );
        });
    }

    it("without a selected stack, a runbook prints the command that selects one, and exits with 6", async () => {
        assert.equal((await run(instance, "pulumi", ["stack", "unselect"], "captured")).exitCode, 0);
        for (const name of ["watch-status", "versions", "doctor"]) {
            const { exitCode, stderr } = await runbook(name);
            assert.equal(exitCode, 6, stderr);
            assert.match(stderr, /^error: No stack is selected.*: pulumi stack select\n$/m);
        }
    });

    it("without a campaign, `recommend` prints the next step and exits with 1", async () => {
        const { exitCode, stderr } = await runbook("recommend", "22", "--stack", "local");
        assert.equal(exitCode, 1);
        assert.match(
            stderr,
            /^error: The stack has no campaign\. See `npm run watch-status`, then run `pulumi up`\.\n$/,
        );
    });

    it("for a stack without resources, `watch-status` prints the command that creates resources", async () => {
        const { exitCode, stdout, stderr } = await runbook("watch-status", "--stack", "local");
        assert.equal(exitCode, 0, stderr);
        assert.equal(stdout, "The stack has no Personalize resources. Create them with: pulumi up\n");
    });
});

describe("`watch-status` on a stack with resources", () => {
    const folders: string[] = [];
    after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

    /** Runs watch-status on a stack whose state has one dataset group, which the service has, too. */
    async function watchStatus(speed: Speed, ...args: string[]) {
        const service = await startService({ access: createBucket().access, speed });
        try {
            const instance = await bareInstance(Number(new URL(service.endpoint).port), speed);
            folders.push(instance.dir);
            const { datasetGroupArn } = await service.personalize.send(
                new CreateDatasetGroupCommand({ name: "films" }),
            );
            const file = join(instance.dir, "state.json");
            await writeFile(file, JSON.stringify(stateWith(String(datasetGroupArn))));
            const imported = await run(
                instance,
                "pulumi",
                ["stack", "import", "--stack", "local", "--file", file],
                "captured",
            );
            assert.equal(imported.exitCode, 0, imported.stderr);
            return await run(instance, process.execPath, ["runbooks/watch-status.ts", ...args], "captured");
        } finally {
            await service.discard();
        }
    }

    it("`watch-status --wait --json` prints one document once every resource is ACTIVE", async () => {
        const { exitCode, stdout, stderr } = await watchStatus("instant", "--wait", "--json");
        assert.equal(exitCode, 0, stderr);
        const { schemaVersion, overall, resources, money, unread } = JSON.parse(stdout);
        assert.deepEqual([schemaVersion, overall, resources.length], [1, "active", 1]);
        // Only Personalize answers here. Other sources are missing and are reported as unread.
        assert.equal(money, null);
        assert.deepEqual(
            unread.map(({ what }: { what: string }) => what),
            ["state flags"],
        );
        assert.equal(resources[0].resource, "dataset group films");
        assert.equal(resources[0].state, "ACTIVE");
    });

    it("`watch-status --wait` exits with 9 after the timeout and prints how to continue", async () => {
        const { exitCode, stdout, stderr } = await watchStatus("real", "--wait", "--timeout", "0.001", "--poll", "0.1");
        assert.deepEqual([exitCode, stdout], [9, ""]);
        assert.match(stderr, /^dataset group films: CREATE (PENDING|IN_PROGRESS)$/m);
        assert.match(stderr, /AWS continues the work\. Resume the wait: npm run watch-status -- --wait\n$/);
    });
});

describe("`recommend` with a campaign that does not answer", () => {
    it("`recommend` exits with 8 on Ctrl-C", async () => {
        const silent = createServer(() => {}).listen(0, "127.0.0.1");
        await once(silent, "listening");
        const instance = await bareInstance(portOf(silent));
        try {
            const state = stateWith("arn:aws:personalize:eu-central-1:000000000000:dataset-group/films");
            const campaignArn = "arn:aws:personalize:eu-central-1:000000000000:campaign/films";
            Object.assign(state.deployment.resources[0] ?? {}, { outputs: { campaignArn } });
            const file = join(instance.dir, "state.json");
            await writeFile(file, JSON.stringify(state));
            const args = ["stack", "import", "--stack", "local", "--file", file];
            assert.equal((await run(instance, "pulumi", args, "captured")).exitCode, 0);
            const firstRequest = once(silent, "request");
            const runbook = spawn(process.execPath, ["runbooks/recommend.ts", "22", "--stack", "local"], {
                cwd: root,
                env: environment(instance),
                stdio: "ignore",
            });
            const exit = once(runbook, "exit");
            await firstRequest;
            runbook.kill("SIGINT");
            assert.deepEqual(await exit, [8, null]);
        } finally {
            silent.closeAllConnections();
            silent.close();
            await rm(instance.dir, { recursive: true, force: true });
        }
    });
});

/** Returns a state as Pulumi writes it, for a stack with one dataset group. */
function stateWith(datasetGroupArn: string) {
    const urn = (type: string, name: string) => `urn:pulumi:local::movie-recommender::${type}::${name}`;
    const stack = urn("pulumi:pulumi:Stack", "movie-recommender-local");
    const provider = urn("pulumi:providers:pulumi-nodejs", "default");
    const type = "pulumi-nodejs:dynamic/personalize:DatasetGroup";
    return {
        version: 3,
        deployment: {
            manifest: { time: "2026-11-25T12:00:00Z", magic: "", version: "" },
            resources: [
                { urn: stack, custom: false, type: "pulumi:pulumi:Stack" },
                { urn: provider, custom: true, id: "provider", type: "pulumi:providers:pulumi-nodejs" },
                {
                    urn: urn(type, "movies"),
                    custom: true,
                    id: datasetGroupArn,
                    type,
                    parent: stack,
                    provider: `${provider}::provider`,
                    inputs: { region: "eu-central-1", name: "films" },
                },
            ],
        },
    };
}
