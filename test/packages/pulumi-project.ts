import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../packages/local-aws/instance.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";
import { type Programs, recommendations, type Services } from "./services.ts";

/** The result of a Pulumi command; `text` is standard output and standard error. */
interface Ended {
    readonly exitCode: number;
    readonly text: string;
    readonly stdout: string;
}

/** Runs a Pulumi command, and returns its standard output. Throws if the command fails. */
export type Pulumi = (...args: readonly string[]) => Promise<string>;

/** Returns programs of the package's pages: the TypeScript blocks after a heading. */
export async function readmePrograms(heading: string): Promise<readonly string[]> {
    const folder = join(root, "packages", "pulumi-personalize");
    const pages = ["README.md", "REFERENCE.md"].map((page) => readFile(join(folder, page), "utf8"));
    const text = (await Promise.all(pages)).join("\n");
    const [, section = ""] = text.split(`\n## ${heading}\n`);
    return [...(section.split("\n## ")[0] ?? "").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block);
}

/**
 * Prepares the stack `life` of a Pulumi project in a folder, with a backend of its own in `home`. Its commands reach
 * AWS at `services` and use no AWS account. `path` has folders with more plugins and language hosts.
 */
export async function pulumiProject(
    folder: string,
    home: string,
    { node, env }: Programs,
    services: Services,
    path: readonly string[] = [],
) {
    const { engine, toolsBin } = toolchain(root);
    if (engine === undefined) throw new Error("no Pulumi engine: run npm test once");
    await mkdir(join(home, "backend"), { recursive: true });
    // The language host that is built from Go modules does not know the option `typescript: false`.
    const preload = join(home, "no-ts-node.cjs");
    await writeFile(preload, 'process.env.PULUMI_NODEJS_TYPESCRIPT = "false";\n');
    const environment = {
        ...env,
        PATH: [...path, dirname(node), dirname(engine.path), toolsBin, env.PATH ?? ""].join(delimiter),
        NODE_OPTIONS: `--require=${JSON.stringify(preload)}`,
        AWS_ENDPOINT_URL: services.motoUrl,
        AWS_ENDPOINT_URL_PERSONALIZE: services.url,
        AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME: services.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_EC2_METADATA_DISABLED: "true",
        NO_PROXY: "127.0.0.1,localhost",
        PULUMI_BACKEND_URL: `file://${join(home, "backend")}`,
        PULUMI_HOME: join(home, "pulumi"),
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const pulumi = (...args: readonly string[]) =>
        new Promise<Ended>((resolve) => {
            const options = { cwd: folder, env: environment, maxBuffer: 64 << 20, timeout: 280_000 };
            execFile(
                engine.path,
                [...args, "--non-interactive", "--color", "never"],
                options,
                (error, stdout, stderr) =>
                    resolve({ exitCode: error ? Number(error.code) || 1 : 0, text: stdout + stderr, stdout }),
            );
        });
    const succeeds: Pulumi = async (...args) => {
        const { exitCode, text, stdout } = await pulumi(...args);
        if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${exitCode}: ${text}`);
        return stdout;
    };
    await succeeds("stack", "init", "life");
    return succeeds;
}

/**
 * Deploys a program whose output `campaignArn` is a campaign, and destroys the program. Returns the state of the
 * deployed stack. Calls `check` with the state and the outputs before the end.
 *
 * @throws Error if the campaign does not serve, if a preview or a refresh finds a change, or if the campaign stays
 */
export async function liveThrough(
    pulumi: Pulumi,
    services: Services,
    // biome-ignore lint/suspicious/noExplicitAny: the outputs are those of a program in a document
    check: (state: string, outputs: any) => Promise<void> = async () => {},
): Promise<string> {
    await pulumi("up", "--yes", "--skip-preview");
    const outputs = JSON.parse(await pulumi("stack", "output", "--json"));
    const { campaignArn } = outputs;
    assert.equal((await recommendations(services, campaignArn)).length, 5);
    const state = await pulumi("stack", "export");
    await pulumi("preview", "--expect-no-changes");
    await pulumi("refresh", "--yes", "--expect-no-changes");
    await check(state, outputs);
    await pulumi("destroy", "--yes", "--skip-preview");
    await assert.rejects(recommendations(services, campaignArn), { name: "ResourceNotFoundException" });
    return state;
}

/**
 * Returns the folder of Pulumi's YAML language host. Builds the host from its Go module if it is missing.
 *
 * @throws Error with the output of a failed build
 */
export async function yamlHost(): Promise<string> {
    const bin = join(root, ".tools", "yaml-host");
    const host = join(bin, "pulumi-language-yaml");
    if (!existsSync(host)) {
        const go = [join(root, ".tools", "go", "bin", "go"), "/usr/local/go/bin/go"].find(existsSync) ?? "go";
        const program = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";
        const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", host, program];
        const env = { ...process.env, GOWORK: "off", CGO_ENABLED: "0" };
        await promisify(execFile)(go, args, { cwd: join(import.meta.dirname, "yaml-host"), env });
    }
    return bin;
}
