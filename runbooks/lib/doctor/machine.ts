import { execFile } from "node:child_process";
import { createDecipheriv, pbkdf2 } from "node:crypto";
import { access, constants, readFile } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative } from "node:path";
import { promisify } from "node:util";
import { counted } from "../../../data-prep/words.ts";
import type { PulumiAnswer } from "../stack/pulumi.ts";
import { type Check, fail, ok, unknown, warn } from "./check.ts";

const runFile = promisify(execFile);

export interface MachineDeps {
    readonly stack: string;
    readonly projectDir: string;
    /** Path of the stack's configuration file, which may not exist. */
    readonly configFile: string;
    readonly env: NodeJS.ProcessEnv;
    /** Runs a Pulumi command. */
    ask(...args: readonly string[]): Promise<PulumiAnswer>;
}

/** The first Node.js version that strips types without a flag. */
const oldestNode = "22.18.0";
/** The oldest supported engine, as in packages/local-aws/toolchain. */
const oldestEngine = "3.230.0";
const megabytesOfPlugin = 200;

/**
 * Checks the Node.js version that `pulumi up` uses outside `npm run`, which adds the project's Node.js to the PATH. If
 * the caller runs Pulumi by `npm run`, the project's Node.js is used.
 */
export const node: Check<MachineDeps> = async ({ stack, env, projectDir }) => {
    if (env.MOVIE_RECOMMENDER_COMMANDS ?? env.MOVIE_RECOMMENDER_PULUMI) {
        return ok(`Node ${process.versions.node}, the project's own`);
    }
    const own = (folder: string) => {
        const inside = relative(projectDir, folder);
        return inside === "" || !(inside.startsWith("..") || isAbsolute(inside));
    };
    const PATH = (env.PATH ?? "")
        .split(delimiter)
        .filter((folder) => !own(folder))
        .join(delimiter);
    const { stdout } = await runFile("node", ["--version"], { env: { ...env, PATH } }).catch(() => ({ stdout: "" }));
    const version = stdout.trim().replace(/^v/, "");
    if (isAtLeast(version, oldestNode)) {
        return ok(`Node ${version}`);
    }
    const state = version === "" ? "there is no node on the PATH" : `the node on the PATH is ${version}`;
    return warn(
        `${state}, and a plain \`pulumi up\` needs ${oldestNode} or newer`,
        `npm run pulumi -- up --stack ${stack}   # with the project's own Node`,
    );
};

/** Checks the version of the Pulumi CLI. */
export const engine: Check<MachineDeps> = async ({ ask }) => {
    const { exitCode, stdout, stderr } = await ask("version");
    if (exitCode !== 0) {
        return fail(`there is no Pulumi CLI (${stderr})`, "npm run pulumi -- version   # installs it for this project");
    }
    const version = stdout.trim().replace(/^v/, "");
    return isAtLeast(version, oldestEngine)
        ? ok(`Pulumi ${version}`)
        : fail(`Pulumi ${version} is older than ${oldestEngine}`, "npm run pulumi -- version   # installs a newer one");
};

/** Checks that the Pulumi CLI is logged in to a backend. */
export const login: Check<MachineDeps> = async ({ ask }) => {
    const { exitCode, stdout, stderr } = await ask("whoami", "--json", "--verbose");
    if (exitCode !== 0) {
        return fail(
            `not logged in: ${stderr}`,
            "pulumi login   # or, for a state on this machine: pulumi login --local",
        );
    }
    const { user, url } = JSON.parse(stdout) as { user?: string; url?: string };
    return ok(`${user} at ${url}`);
};

/** Checks the passphrase. Pulumi asks for a missing passphrase on a terminal, so this is only a warning. */
export const passphrase: Check<MachineDeps> = async ({ stack, configFile, env, ask }) => {
    const settings = await readFile(configFile, "utf8").catch(() => "");
    const salt = /^encryptionsalt: *(\S+)/m.exec(settings)?.[1];
    const provider = /^secretsprovider: *(\S+)/m.exec(settings)?.[1];
    if (salt === undefined && provider !== undefined && provider !== "passphrase") {
        return ok(`secrets are encrypted by ${provider.replace(/:.*/, "")}`);
    }
    if (salt === undefined) {
        const { stdout } = await ask("whoami", "--json", "--verbose");
        if (/"url": *"https?:/.test(stdout)) {
            return ok("the Pulumi service of the login encrypts the secrets");
        }
    }
    const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
    const text = given ?? (file === undefined ? undefined : (await readFile(file, "utf8")).trim());
    if (text === undefined) {
        return warn(
            "secrets are encrypted with a passphrase, and no passphrase is set: `pulumi up` will ask for it, and fail where there is no terminal",
            "export PULUMI_CONFIG_PASSPHRASE=…   # or PULUMI_CONFIG_PASSPHRASE_FILE=<file>",
        );
    }
    const right = salt === undefined ? undefined : await isPassphrase(salt, text);
    return right === false
        ? fail(
              `the passphrase that is set is not that of stack ${stack}`,
              "export PULUMI_CONFIG_PASSPHRASE=…   # the one with which the stack was created",
          )
        : ok(right ? "set, and valid for the stack" : "set");
};

/** Checks that Pulumi's AWS plugin is installed in the version of `@pulumi/aws`. */
export const awsPlugin: Check<MachineDeps> = async ({ ask, env, projectDir }) => {
    const wanted = await readVersion(join(projectDir, "node_modules", "@pulumi", "aws"));
    const onPath = await findOnPath("pulumi-resource-aws", env);
    if (onPath !== undefined) {
        return ok(`pulumi-resource-aws is on the PATH (${relative(projectDir, onPath)})`);
    }
    const { exitCode, stdout, stderr } = await ask("plugin", "ls", "--json");
    if (exitCode !== 0) {
        return unknown(`the plugins cannot be listed: ${stderr}`);
    }
    const plugins = JSON.parse(stdout) as { name: string; kind: string; version?: string }[];
    const versions = plugins.flatMap(({ name, kind, version }) =>
        name === "aws" && kind === "resource" ? [version] : [],
    );
    return versions.includes(wanted)
        ? ok(`${wanted} is installed`)
        : warn(
              `${wanted} is not installed: \`pulumi up\` downloads it first, about ${megabytesOfPlugin} MB`,
              `pulumi plugin install resource aws ${wanted}`,
          );
};

/** Checks that installed packages have the versions in package.json. */
export const packages: Check<MachineDeps> = async ({ projectDir }) => {
    const { dependencies } = JSON.parse(await readFile(join(projectDir, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
    };
    const versions = await Promise.all(
        Object.entries(dependencies).map(async ([name, wanted]) => ({
            name,
            wanted,
            version: await readVersion(join(projectDir, "node_modules", name)),
        })),
    );
    const wrong = versions.filter(({ wanted, version }) => version !== wanted).map(({ name }) => name);
    return wrong.length === 0
        ? ok(`${counted(versions.length, "package")}`)
        : fail(`missing, or of another version: ${wrong.join(", ")}`, "npm ci");
};

async function readVersion(folder: string): Promise<string | undefined> {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
    return (JSON.parse(text) as { version?: string }).version;
}

async function findOnPath(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    for (const folder of (env.PATH ?? "").split(delimiter)) {
        const file = join(folder, command);
        const there = await access(file, constants.X_OK).then(
            () => true,
            () => false,
        );
        if (there) {
            return file;
        }
    }
    return undefined;
}

/** Checks whether a version is equal to or newer than another one, by its three numbers. */
export function isAtLeast(version: string, oldest: string): boolean {
    const [have, want] = [version, oldest].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
    for (const [index, number] of (want ?? []).entries()) {
        const difference = (have?.[index] ?? Number.NaN) - number;
        if (difference !== 0) {
            return difference > 0;
        }
    }
    return true;
}

const derive = promisify(pbkdf2);
const iterations = 1_000_000;
const tagBytes = 16;

/**
 * Checks whether a passphrase matches a stack's `encryptionsalt`, which has the form
 * `v1:<salt>:v1:<nonce>:<cipher text of a known word>` (Pulumi's passphrase secrets manager: PBKDF2 with SHA-256,
 * AES-256-GCM). Undefined for any other form.
 */
export async function isPassphrase(encryptionSalt: string, passphrase: string): Promise<boolean | undefined> {
    const [form, salt, cipher, nonce, text] = encryptionSalt.split(":");
    if (form !== "v1" || cipher !== "v1" || !salt || !nonce || !text) {
        return undefined;
    }
    const key = await derive(passphrase, Buffer.from(salt, "base64"), iterations, 32, "sha256");
    const sealed = Buffer.from(text, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
        return (
            Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString() === "pulumi"
        );
    } catch {
        return false;
    }
}
