import { createHmac } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Speed } from "local-personalize";
import { toolchain } from "./toolchain/env.mjs";

/** One local AWS, identified by its data folder and port. Tests create instances of their own. */
export interface Instance {
    readonly root: string;
    /** The folder of all files that this instance writes. */
    readonly dir: string;
    readonly port: number;
    readonly speed: Speed;
    readonly officialPlugin: boolean;
    /** Whether signatures and policies are checked, as on AWS. */
    readonly enforce: boolean;
}

/** The account id of the local AWS, which MiniStack uses. */
export const localAccountId = "000000000000";
export const localPartition = "aws";
/** All speeds of the Personalize emulator. The type is a record, so that the type checker reports a missing speed. */
const speeds: Readonly<Record<Speed, true>> = { instant: true, samples: true, demo: true, real: true };
const isSpeed = (text: string): text is Speed => Object.hasOwn(speeds, text);
/** The path whose response distinguishes a local AWS from any other server on the port. */
export const statusPath = "/_local/status";
/** Returns the proof that a local AWS has the secret of its own record: an HMAC of the asker's challenge. */
export const proofOf = (secret: string, challenge: string): string =>
    createHmac("sha256", secret).update(challenge).digest("hex");
/** Exit code of a daemon if another daemon already uses the same data folder. */
export const folderServed = 75;

export const root = join(import.meta.dirname, "..", "..");

/** Version of this project, from package.json. */
export const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };

/**
 * Returns the instance of `npm run local`: folder `.local` in the project and port 4566, unless environment variables
 * set others.
 */
export function defaultInstance(env: NodeJS.ProcessEnv = process.env): Instance {
    const speed = env.MOVIE_RECOMMENDER_LOCAL_SPEED ?? "demo";
    if (!isSpeed(speed)) {
        throw new Error(`MOVIE_RECOMMENDER_LOCAL_SPEED is "${speed}"; it must be ${Object.keys(speeds).join(", ")}.`);
    }
    const port = Number(env.MOVIE_RECOMMENDER_LOCAL_PORT ?? 4566);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
        throw new Error(
            `MOVIE_RECOMMENDER_LOCAL_PORT is "${env.MOVIE_RECOMMENDER_LOCAL_PORT}"; it must be a port number from 1 to 65535.`,
        );
    }
    return {
        root,
        // Use an absolute path, because commands compare it with the path that the running daemon returns, and because
        // Pulumi's file backend requires it.
        dir: resolve(root, env.MOVIE_RECOMMENDER_LOCAL_DIR || ".local"),
        port,
        speed,
        officialPlugin: env.MOVIE_RECOMMENDER_OFFICIAL_PLUGIN === "1",
        enforce: env.MOVIE_RECOMMENDER_LOCAL_ENFORCE !== "0",
    };
}

/** The files and folders of a local AWS, all below its own folder. */
export const paths = (instance: Instance) => ({
    daemonFile: join(instance.dir, "daemon.json"),
    awsData: join(instance.dir, "aws"),
    pulumiBackend: join(instance.dir, "pulumi"),
    pulumiHome: join(instance.dir, "pulumi-home"),
    daemonLog: join(instance.dir, "logs", "local-aws.log"),
    miniStackLog: join(instance.dir, "logs", "ministack.log"),
});

/** The record that the local AWS writes into its folder, readable by its owner only. */
export interface DaemonRecord {
    readonly pid: number;
    readonly port: number;
    /** Secret that a process on the port must prove to be the recorded one. */
    readonly secret: string;
}

/** Returns the record of a local AWS; undefined if there is none. */
export function readRecord(instance: Instance): DaemonRecord | undefined {
    try {
        return JSON.parse(readFileSync(paths(instance).daemonFile, "utf8")) as DaemonRecord;
    } catch {
        return undefined;
    }
}

/**
 * Creates the instance's folders for state, keys of local users and logs, readable by their owner only. Also corrects
 * the mode of existing ones. Does not change the mode of another folder than `.local`, which the user chose and may
 * contain other files. Also places the local AWS plugin into `pulumiHome`.
 */
export function makePrivateFolders(instance: Instance): void {
    const { awsData, pulumiBackend, pulumiHome, daemonLog } = paths(instance);
    const own = instance.dir === join(instance.root, ".local") ? [instance.dir] : [];
    for (const folder of [...own, awsData, pulumiBackend, pulumiHome, dirname(daemonLog)]) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        chmodSync(folder, 0o700);
    }
    placeAwsPlugin(instance);
}

/**
 * Links the local AWS plugin into the folder from which the engine would start Pulumi's AWS plugin. With
 * `officialPlugin`, removes the link, so that the engine downloads Pulumi's plugin.
 */
function placeAwsPlugin(instance: Instance): void {
    const { version } = JSON.parse(readFileSync(join(root, "node_modules/@pulumi/aws/package.json"), "utf8"));
    const folder = join(paths(instance).pulumiHome, "plugins", `resource-aws-v${version}`);
    const link = join(folder, "pulumi-resource-aws");
    const isLink = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    // After the clone was moved, the link has the path of its former place.
    const wanted = instance.officialPlugin ? undefined : awsPlugin(instance);
    if ((isLink ? readlinkSync(link) : undefined) === wanted) return;
    rmSync(folder, { recursive: true, force: true });
    if (instance.officialPlugin) return;
    mkdirSync(folder, { recursive: true });
    symlinkSync(awsPlugin(instance), link);
}

/** Returns the path of the local AWS plugin. */
export const awsPlugin = ({ root }: Pick<Instance, "root">): string =>
    join(root, "packages/local-aws/aws-plugin/bin/pulumi-resource-aws");

/**
 * Returns the environment variables that connect AWS SDKs and Pulumi to the instance, and to no account or backend of
 * the user.
 */
export function variables(instance: Instance): Record<string, string> {
    const { pulumiBackend, pulumiHome } = paths(instance);
    return {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${instance.port}`,
        AWS_REGION: "eu-central-1",
        AWS_DEFAULT_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: join(instance.dir, "no-aws-config"),
        AWS_SHARED_CREDENTIALS_FILE: join(instance.dir, "no-aws-credentials"),
        // With `metadata=skip`, the backend writes no `.attrs` files. It does not write them atomically: a killed
        // engine can leave an empty file, and Pulumi then cannot read the stack ("failed to load checkpoint: EOF").
        PULUMI_BACKEND_URL: `file://${pulumiBackend}?metadata=skip`,
        PULUMI_HOME: pulumiHome,
        PULUMI_CONFIG_PASSPHRASE: "local",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        NO_PROXY: "127.0.0.1,localhost",
    };
}

/** Returns the complete environment of a command that uses the instance. */
export function environment(instance: Instance, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    const foreign = /^(AWS_|PULUMI_)/;
    const own = Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
    const path = [
        join(instance.root, "node_modules", ".bin"),
        toolchain(instance.root).toolsBin,
        join(instance.root, "node_modules", "@pulumi", "pulumi"),
        env.PATH ?? "",
    ];
    const preload = join(instance.root, "packages", "local-aws", "toolchain", "no-typescript.cjs");
    const nodeOptions = [env.NODE_OPTIONS ?? "", `--require=${JSON.stringify(preload)}`].join(" ").trim();
    // The engine runs only for seconds. Less frequent garbage collection (GOGC) saves a twentieth of a command's time.
    const engine = { GOGC: env.GOGC ?? "400" };
    return { ...own, ...variables(instance), ...engine, NODE_OPTIONS: nodeOptions, PATH: path.join(delimiter) };
}
