import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Personalize } from "@aws-sdk/client-personalize";
import { PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import { S3 } from "@aws-sdk/client-s3";
import { SNS } from "@aws-sdk/client-sns";
import { SSM } from "@aws-sdk/client-ssm";
import { prepare } from "../../data-prep/prepare.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { awsPlugin, environment, type Instance, paths, root } from "../../packages/local-aws/instance.ts";
import { freePort } from "../../packages/local-aws/ministack/process.ts";
import { type CommandResult, run } from "../../packages/local-aws/pulumi.ts";
import type { Speed } from "../../packages/local-personalize/emulator.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { endWithProcess } from "./on-signal.ts";

export const region = "eu-central-1";
const administrator = { accessKeyId: "test", secretAccessKey: "test" };

/**
 * Ports that this process has already chosen, which may not be in use yet. They are in a range that no local AWS uses
 * for its internal processes, and each of mocha's four workers has its own part of the range.
 */
const given: number[] = [];

export async function testPort(): Promise<number> {
    const from = 30_000 + (Number(process.env.MOCHA_WORKER_ID ?? 0) % 4) * 640;
    const port = await freePort({ except: given, from, to: from + 640 });
    given.push(port);
    return port;
}

/** Returns the settings of a local AWS with its own folder and port. Does not start it. */
export async function testInstance(speed: Speed = "instant"): Promise<Instance> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), "movie-recommender-")));
    // Make the folder's files ES modules by default, as in the project's folder.
    await writeFile(join(dir, "package.json"), '{"type":"module"}\n');
    return { root, dir, port: await testPort(), speed, officialPlugin: false, enforce: true };
}

/** Returns the settings of AWS SDK clients for a local AWS, by default with the administrator's keys. */
export const createSettings = (
    instance: Instance,
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = administrator,
) => ({ endpoint: `http://127.0.0.1:${instance.port}`, region, credentials });

/** Returns AWS SDK clients for a local AWS, by default with the administrator's keys. */
export function createClients(instance: Instance, credentials = administrator) {
    const settings = createSettings(instance, credentials);
    return {
        s3: new S3({ ...settings, forcePathStyle: true }),
        iam: new IAM(settings),
        ssm: new SSM(settings),
        sns: new SNS(settings),
        personalize: new Personalize(settings),
        runtime: new PersonalizeRuntime(settings),
    };
}

/** The fields of Pulumi's state file that tests read. */
interface SavedState {
    readonly resources?: readonly { readonly type: string; readonly outputs?: Record<string, string | object> }[];
    readonly pending_operations?: readonly unknown[];
}

export type TestAws = Awaited<ReturnType<typeof startTestAws>>;

/**
 * Starts a local AWS and creates a stack without resources, with synthetic data. The stack's configuration is in a
 * temporary folder, so that the project's folder does not change. A KMS key encrypts the stack's secrets, because the
 * derivation of a key from a passphrase takes a tenth of the processor time of every command. With `passphrase`,
 * Pulumi's passphrase encrypts them, for tests whose callers may not use the key.
 */
export async function startTestAws(speed: Speed = "instant", secrets: "key" | "passphrase" = "key") {
    const instance = await testInstance(speed);
    let stack = `e2e-${randomBytes(3).toString("hex")}`;
    const workspace = join(instance.dir, "workspace");
    const configFile = () => join(workspace, `Pulumi.${stack}.yaml`);
    const interactionsFile = join(instance.dir, "data", "personalize_interactions_fixed.csv");
    const commands = new Set<Promise<unknown>>();
    let plugin: Awaited<ReturnType<typeof startAwsPlugin>> | undefined;
    const runHere = (command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}) => {
        const running = run(instance, command, args, "captured", { ...plugin?.variables, ...variables });
        commands.add(running);
        running.catch(() => {}).finally(() => commands.delete(running));
        return running;
    };
    const common = () => ["--non-interactive", "--color", "never", "--stack", stack];
    const pulumi = (...args: string[]) => runHere("pulumi", [...args, ...common()]);

    /** Writes interactions that are generated from a seed into the stack's file. */
    async function writeInteractions(seed: number): Promise<void> {
        const input = join(instance.dir, "u.data");
        await writeFile(input, ratingsFile(syntheticRatings({ seed })));
        await mkdir(join(instance.dir, "data"), { recursive: true });
        await prepare({ input, output: interactionsFile, log: () => {} });
    }

    /** Replaces the stack's configuration with the defaults of tests and `values`. */
    async function configure(values: Readonly<Record<string, unknown>> = {}): Promise<void> {
        const sealed = /^(encryptionsalt|secretsprovider|encryptedkey):.*$/gm;
        const secretsSettings = (await readFile(configFile(), "utf8")).match(sealed) ?? [];
        const settings = {
            "aws:region": region,
            "movie-recommender:pollSeconds": "0.05",
            "movie-recommender:interactionsFile": interactionsFile,
            // Disable API and event tracker, half of all resources, because most specs do not use them.
            "movie-recommender:api": false,
            "movie-recommender:eventTracker": false,
            ...Object.fromEntries(
                Object.entries(values).map(([key, value]) => [
                    key.includes(":") ? key : `movie-recommender:${key}`,
                    value,
                ]),
            ),
        };
        await writeFile(configFile(), `config: ${JSON.stringify(settings)}\n${secretsSettings.join("\n")}\n`);
    }

    /** Creates a KMS key. Returns the URL with which Pulumi uses the key as the secrets provider. */
    async function keyProvider(): Promise<string> {
        const kms = new KMS(createSettings(instance));
        const { KeyMetadata } = await kms.createKey({});
        kms.destroy();
        return `awskms:///${KeyMetadata?.Arn}?region=${region}`;
    }

    async function makeStack(): Promise<void> {
        const { pulumiBackend, pulumiHome } = paths(instance);
        for (const folder of [pulumiBackend, pulumiHome, workspace]) await mkdir(folder, { recursive: true });
        // `stack init` writes the settings of secrets into a file next to Pulumi.yaml, so run it in a copy.
        await writeFile(join(workspace, "Pulumi.yaml"), "name: movie-recommender\nruntime: nodejs\n");
        const provider = secrets === "key" ? await keyProvider() : "passphrase";
        const made = await pulumi("stack", "init", "--cwd", workspace, "--secrets-provider", provider);
        assert.equal(made.exitCode, 0, made.stderr);
        await appendFile(configFile(), "");
        await configure();
    }

    /** Reads the state's file. */
    async function savedState(): Promise<SavedState> {
        const folder = join(paths(instance).pulumiBackend, ".pulumi", "stacks", "movie-recommender");
        return JSON.parse(await readFile(join(folder, `${stack}.json`), "utf8")).checkpoint.latest ?? {};
    }

    const clients = createClients(instance);
    let starting: Promise<unknown> = Promise.resolve();
    async function discard(): Promise<void> {
        for (const client of Object.values(clients)) client.destroy();
        await stop(instance);
        // Wait for the start after a signal, and for running commands: both still write files.
        await starting.catch(() => {});
        await Promise.allSettled(commands);
        plugin?.stop();
        await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
    }
    const forget = endWithProcess(discard);
    async function stopOnce(): Promise<void> {
        forget();
        await discard();
    }

    async function begin(): Promise<void> {
        await start(instance, () => {});
        await writeInteractions(1);
        await makeStack();
        plugin = await startAwsPlugin(instance, region);
    }
    starting = begin();
    try {
        await starting;
    } catch (error) {
        await stopOnce();
        throw error;
    }
    const engineArgs = (command: "up" | "preview" | "refresh" | "destroy", ...args: string[]) => {
        const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
        return [command, "--config-file", configFile(), ...yes, ...args, ...common()];
    };
    return {
        instance,
        get stack() {
            return stack;
        },
        interactionsFile,
        /** Path of the stack's configuration, for `--config-file`. */
        get configFile() {
            return configFile();
        },
        ...clients,
        writeInteractions,
        configure,
        /** Returns `pulumi` arguments for a command without prompts. */
        engineArgs,
        /** Runs any command with the instance's environment and `variables`. */
        run: runHere,
        /** Runs `up`, `preview`, `refresh` or `destroy` with the Pulumi engine. */
        engine: (...args: Parameters<typeof engineArgs>) => runHere("pulumi", engineArgs(...args)),
        /** Runs any other Pulumi command on the stack. */
        pulumi,
        /** Runs `pulumi stack rename`, which also renames the configuration file. */
        async rename(name: string): Promise<void> {
            const renamed = await pulumi("stack", "rename", name, "--cwd", workspace);
            assert.equal(renamed.exitCode, 0, renamed.stderr);
            stack = name;
        },
        /** Uses another stack from now on. The first use creates it. */
        async use(name: string): Promise<void> {
            stack = name;
            if (!existsSync(configFile())) await makeStack();
        },
        /**
         * Returns the stack's outputs, with `[secret]` for secrets, as `pulumi stack output` does, but from the state's
         * file.
         */
        async outputs(): Promise<Record<string, string>> {
            const { outputs = {} } =
                (await savedState()).resources?.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
            // The program's outputs are never objects, so an object in the state is an encrypted value.
            const shown = Object.entries(outputs).map(([name, value]) => [
                name,
                typeof value === "object" ? "[secret]" : value,
            ]);
            return Object.fromEntries(shown);
        },
        /** Returns how many operations the engine has begun and not ended, from the state's file. */
        pendingOperations: async () => (await savedState()).pending_operations?.length ?? 0,
        /** Runs a runbook with `--stack`, as a user does. */
        runbook: (name: string, ...args: string[]) =>
            runHere(process.execPath, [join("runbooks", `${name}.ts`), "--stack", stack, ...args]),
        /** Stops the local AWS and deletes its folder. */
        stop: stopOnce,
    };
}

/** Asserts a command's exit code. The assertion error contains the command's output. */
export function assertExit(result: CommandResult, exitCode: number): void {
    assert.equal(result.exitCode, exitCode, `exit ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
}

/**
 * Starts one process of the AWS plugin for all engine commands of a local AWS in one region. By default the engine
 * starts a plugin for each command, which takes a sixth of the command's processor time. The plugin uses the
 * administrator's keys, and ends with this process.
 * @returns environment variables with which the engine uses this plugin, and a function that ends the plugin
 */
async function startAwsPlugin(instance: Instance, region: string) {
    const plugin = spawn(awsPlugin(instance), {
        env: { ...environment(instance), PULUMI_CONFIG: JSON.stringify({ "aws:region": region }) },
        stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(createInterface(plugin.stdout), "line");
    return { variables: { PULUMI_DEBUG_PROVIDERS: `aws:${port}` }, stop: () => plugin.kill() };
}
