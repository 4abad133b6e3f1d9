import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { Personalize } from "@aws-sdk/client-personalize";
import { batchUsd, campaignUsdPerHour, ingestionUsd, trainingUsd, type UsdRange } from "../../../core/config/prices.ts";
import { prepare } from "../../../data-prep/prepare.ts";
import { root } from "../../../packages/local-aws/instance.ts";
import type { createSettings } from "../../support/local-aws.ts";
import { freshUser, makeProgram, type OperatorOutputs } from "../../support/operators.ts";
import { until } from "../../support/until.ts";
import { commands } from "./commands.ts";
import type { Observation } from "./observe.ts";
import { append, recordingVariable } from "./recording.ts";

export type DrillStack = Awaited<ReturnType<typeof makeDrillStack>>;

const passphrase = "drill";
const recorder = `--import=${pathToFileURL(join(import.meta.dirname, "recorder.ts"))}`;
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
    /** Settings of AWS SDK clients with the same credentials, region and endpoint. */
    readonly settings: ClientSettings;
    readonly folder: string;
    /** The bytes of a u.data file. */
    readonly ratings: Buffer;
    readonly pollSeconds: string;
    /** Path of the file for recorded calls. */
    readonly recording: string;
    say(text: string): void;
}) {
    const stack = `drill-${randomBytes(3).toString("hex")}`;
    const dir = join(options.folder, stack);
    const backend = join(dir, "state");
    const interactionsFile = join(dir, "interactions.csv");
    await mkdir(backend, { recursive: true });
    await writeFile(join(dir, "u.data"), options.ratings);
    await prepare({ input: join(dir, "u.data"), output: interactionsFile, log: () => {} });
    const region = readRegion(options.env);
    const where = { stack, dir, region };
    const plain = {
        ...options.env,
        AWS_REGION: region,
        PULUMI_BACKEND_URL: `file://${backend}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const nodeOptions = [options.env.NODE_OPTIONS, recorder].filter(Boolean).join(" ");
    const env = { ...plain, NODE_OPTIONS: nodeOptions, [recordingVariable]: options.recording };
    const terminal = commands(root, env, options.say);
    const note = (operation: string, value: string) =>
        append(options.recording, { service: "observed", operation, request: null, status: 200, response: { value } });
    const pulumi = (args: readonly string[], by: NodeJS.ProcessEnv = env) => terminal.run("pulumi", args, { env: by });
    const { configFile, engine, outputs, ...main } = await makeProgram(pulumi, "movie-recommender", where);
    let values: Readonly<Record<string, unknown>> = {
        ...{ interactionsFile, pollSeconds: options.pollSeconds, storefront: "api", observability: { traces: true } },
        // Fewer events at once than requests to paths without a throttle of their own, so that `observe` can tell
        // whether the throttle of events applies.
        throttle: { eventsPerSecond: 1, eventsBurst: 5 },
    };
    const configure = (more: typeof values) => {
        values = { ...values, ...more };
        return main.configure(values);
    };
    await configure({});
    const byHand =
        `PULUMI_BACKEND_URL='${plain.PULUMI_BACKEND_URL}' PULUMI_CONFIG_PASSPHRASE=${passphrase} ` +
        `npm run pulumi -- destroy --stack ${stack} --config-file`;
    const operatorFile = join(dir, "movie-recommender-operator", `Pulumi.${stack}.yaml`);
    let operator: Awaited<ReturnType<typeof makeOperator>> | undefined;
    return {
        ...terminal,
        ...{ stack, region, configFile },
        /** Records an observation under a name. Each line of the value is a fact of its own. */
        note,
        /** Adds values to the configuration. */
        configure,
        /** Runs `up`, `preview`, `refresh` or `destroy` without prompts. */
        engine: (command: Parameters<typeof engine>[0], ...args: string[]) => engine(command, args),
        /** Creates an operator of the stack, and sets the permissions boundary of the stack's roles. */
        async createOperator(): Promise<undefined> {
            const program = await makeProgram((args) => pulumi(args, plain), "movie-recommender-operator", where);
            operator = await makeOperator(program, stack, options.settings);
            await configure({ permissionsBoundary: operator.boundaryArn });
        },
        /** Runs `up` with the operator's policies only. */
        upAsOperator: () => engine("up", [], { ...env, ...operator?.env }),
        /** Deletes the operator. Only call this after a destroy. */
        deleteOperator: async () => operator?.end(),
        /**
         * Runs a runbook without printing its stdout. Only the calls of `recommend` are recorded, because other
         * runbooks read the whole account.
         */
        runbook: (name: string, ...args: string[]) =>
            terminal.run(process.execPath, [join("runbooks", `${name}.ts`), ...args], {
                quiet: true,
                env: name === "recommend" ? env : plain,
            }),
        /**
         * Observes the running stack from outside and records each observation.
         * @returns the problem if the observation failed; otherwise undefined
         */
        async observe(): Promise<string | undefined> {
            const args = [observer, stack, await outputs(), interactionsFile];
            const { exitCode, stdout } = await terminal.run(process.execPath, args, { quiet: true, env });
            if (exitCode !== 0) return `exit ${exitCode}`;
            for (const { name, value } of JSON.parse(stdout) as Observation[]) note(name, value);
            return undefined;
        },
        /** The command with which the user can destroy the stack if the drill cannot. */
        byHand: `${byHand} '${configFile}'\n  Then delete the IAM user ${stack}, and run:\n  ${byHand} '${operatorFile}' --cwd components/operator`,
        /** Deletes the folder with the state. Only call this after a destroy. */
        forget: () => rm(dir, { recursive: true, force: true }),
    };
}

/**
 * Hours for which AWS bills the campaign. `up` deletes it after the batch inference job, and the deletion takes up to 18
 * minutes.
 */
const campaignHours = { low: 1, high: 2 };
const recipe = "aws-user-personalization";

/**
 * Returns the estimated cost in US dollars of one drill on AWS: an import, a training, a campaign of 1 TPS, and a batch
 * inference job.
 */
export function drillUsd(data: {
    readonly bytes: number;
    readonly interactions: number;
    readonly users: number;
}): UsdRange {
    const [ingestion, hourly] = [ingestionUsd(data.bytes), campaignUsdPerHour(recipe, 1)];
    const [training, lists] = [trainingUsd(recipe, data), batchUsd(recipe, data.users)];
    return {
        low: ingestion + training.low + campaignHours.low * hourly + lists.low,
        high: ingestion + training.high + campaignHours.high * hourly + lists.high,
    };
}

/** Settings of AWS SDK clients; without credentials and endpoint, those of the environment. */
type ClientSettings = Partial<ReturnType<typeof createSettings>>;

/**
 * Creates the policies of a stack's operator by the program in components/operator/, and a user who has only these policies. Waits
 * until AWS accepts the user's access key.
 * @throws Error if `up` of the program fails
 */
async function makeOperator(
    program: Awaited<ReturnType<typeof makeProgram>>,
    operatedStack: string,
    settings: ClientSettings,
) {
    const run = async (command: "up" | "destroy") => {
        const { exitCode } = await program.engine(command);
        if (exitCode !== 0)
            throw new Error(`${command} of components/operator/ for stack ${operatedStack}: exit ${exitCode}`);
    };
    await program.configure({ operatedStack });
    await run("up").catch((error) => run("destroy").finally(() => Promise.reject(error)));
    const { boundaryArn, policyArns } = JSON.parse(await program.outputs()) as OperatorOutputs;
    const iam = new IAM(settings);
    const { who, end } = await freshUser(iam, operatedStack, Object.values(policyArns));
    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = who;
    const personalize = new Personalize({ ...settings, credentials: { accessKeyId, secretAccessKey } });
    const isAdmitted = () =>
        personalize.listSchemas({}).then(
            () => true,
            () => false,
        );
    await until(`Personalize admits the operator ${operatedStack}`, isAdmitted);
    personalize.destroy();
    return {
        boundaryArn,
        // A profile or a session token would take precedence over the user's access key, or would not match it.
        env: { AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined, ...who },
        /** Deletes the user and the policies. */
        async end(): Promise<void> {
            await end();
            iam.destroy();
            await run("destroy");
        },
    };
}
