import { randomBytes } from "node:crypto";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { campaignUsdPerHour, ingestionUsd, trainingUsd, type UsdRange } from "../../../config/prices.ts";
import { prepare } from "../../../data-prep/prepare.ts";
import { root } from "../../../packages/local-aws/instance.ts";
import { type Commands, commands } from "./commands.ts";
import type { Observation } from "./observe.ts";
import { append, recordingVariable } from "./recording.ts";

export interface DrillStack extends Commands {
    readonly stack: string;
    readonly configFile: string;
    readonly region: string;
    /** Runs `up`, `preview`, `refresh` or `destroy` without prompts. */
    engine(command: "up" | "preview" | "refresh" | "destroy", ...args: string[]): ReturnType<Commands["run"]>;
    /**
     * Runs a runbook without printing its stdout. Only the calls of `recommend` are recorded, because other runbooks
     * read the whole account.
     */
    runbook(name: string, ...args: string[]): ReturnType<Commands["run"]>;
    /**
     * Observes the running stack from outside and records each observation.
     * @returns the problem if the observation failed; otherwise undefined
     */
    observe(): Promise<string | undefined>;
    /** The command with which the user can destroy the stack if the drill cannot. */
    readonly byHand: string;
    /** Deletes the folder with the state. Only call this after a destroy. */
    forget(): Promise<void>;
}

const passphrase = "drill";
const observer = join(import.meta.dirname, "observe.ts");

/** Returns the region in an environment, as AWS SDKs read it; otherwise the program's default. */
export const readRegion = (env: NodeJS.ProcessEnv) => env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "eu-central-1";

/**
 * Creates a stack whose state, configuration and data are in a separate folder, so that the user's stacks stay
 * untouched. The state remains until `forget`. Records calls to Personalize.
 *
 * @throws Error if Pulumi cannot create it.
 */
export async function makeDrillStack(options: {
    /** Environment variables with credentials, region, endpoint, and a PATH that contains the tools. */
    readonly env: NodeJS.ProcessEnv;
    readonly folder: string;
    /** The bytes of a u.data file. */
    readonly ratings: Buffer;
    readonly pollSeconds: string;
    /** Path of the file for recorded calls. */
    readonly recording: string;
    say(text: string): void;
}): Promise<DrillStack> {
    const { folder, say } = options;
    const stack = `drill-${randomBytes(3).toString("hex")}`;
    const dir = join(folder, stack);
    const [backend, workspace] = [join(dir, "state"), join(dir, "workspace")];
    const interactionsFile = join(dir, "interactions.csv");
    for (const directory of [backend, workspace]) {
        await mkdir(directory, { recursive: true });
    }
    await writeFile(join(dir, "u.data"), options.ratings);
    await prepare({ input: join(dir, "u.data"), output: interactionsFile, log: () => {} });
    const region = readRegion(options.env);
    const recorder = `--import=${pathToFileURL(join(import.meta.dirname, "recorder.ts"))}`;
    const plain = {
        ...options.env,
        AWS_REGION: region,
        PULUMI_BACKEND_URL: `file://${backend}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const env = {
        ...plain,
        NODE_OPTIONS: [options.env.NODE_OPTIONS, recorder].filter(Boolean).join(" "),
        [recordingVariable]: options.recording,
    };
    const terminal = commands(root, env, say);
    const common = ["--non-interactive", "--color", "never", "--stack", stack];
    // `stack init` writes `encryptionsalt` into a file next to Pulumi.yaml, so run it in a copy.
    await writeFile(join(workspace, "Pulumi.yaml"), "name: movie-recommender\nruntime: nodejs\n");
    const result = await terminal.run("pulumi", ["stack", "init", "--cwd", workspace, ...common]);
    if (result.exitCode !== 0) {
        throw new Error(
            `The stack ${stack} could not be created; Pulumi's output is above. If Pulumi is missing, install it: npm run pulumi -- version`,
        );
    }
    const configFile = join(workspace, `Pulumi.${stack}.yaml`);
    await appendFile(configFile, "");
    const salt = /^encryptionsalt:.*$/m.exec(await readFile(configFile, "utf8"))?.[0] ?? "";
    const settings = {
        "aws:region": region,
        "movie-recommender:interactionsFile": interactionsFile,
        "movie-recommender:pollSeconds": options.pollSeconds,
        "movie-recommender:storefront": "api",
    };
    await writeFile(configFile, `config: ${JSON.stringify(settings)}\n${salt}\n`);
    return {
        ...terminal,
        stack,
        configFile,
        region,
        engine(command, ...args) {
            const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
            return terminal.run("pulumi", [command, "--config-file", configFile, ...yes, ...args, ...common]);
        },
        runbook: (name, ...args) =>
            terminal.run(process.execPath, [join("runbooks", `${name}.ts`), ...args], {
                quiet: true,
                env: name === "recommend" ? env : plain,
            }),
        async observe() {
            const output = await terminal.run("pulumi", ["stack", "output", "--json", ...common], { quiet: true });
            const args = [observer, stack, output.stdout, interactionsFile];
            const { exitCode, stdout } = await terminal.run(process.execPath, args, { quiet: true, env });
            if (exitCode !== 0) return `exit ${exitCode}`;
            for (const { name, value } of JSON.parse(stdout) as Observation[]) {
                const call = { service: "observed", operation: name, request: null, status: 200, response: { value } };
                append(options.recording, call);
            }
            return undefined;
        },
        byHand:
            `PULUMI_BACKEND_URL='file://${backend}?metadata=skip' PULUMI_CONFIG_PASSPHRASE=${passphrase} ` +
            `npm run pulumi -- destroy --stack ${stack} --config-file '${configFile}'`,
        forget: () => rm(dir, { recursive: true, force: true }),
    };
}

/**
 * Hours for which AWS bills the campaign. It is deleted a few minutes after it is ACTIVE, and the deletion takes up to
 * 18 minutes.
 */
const campaignHours = { low: 1, high: 2 };
const recipe = "aws-user-personalization";

/**
 * Returns the estimated cost in US dollars of one drill on AWS: an import, a training, and a campaign of 1 TPS for some
 * minutes.
 */
export function drillUsd(data: { readonly bytes: number; readonly interactions: number }): UsdRange {
    const [ingestion, training, hourly] = [
        ingestionUsd(data.bytes),
        trainingUsd(recipe, data),
        campaignUsdPerHour(recipe, 1),
    ];
    return {
        low: ingestion + training.low + campaignHours.low * hourly,
        high: ingestion + training.high + campaignHours.high * hourly,
    };
}
