import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IAM } from "@aws-sdk/client-iam";
import { bucketNameFor, namesFor } from "../../core/config/config.ts";
import { type OperatorScope, policyKinds, policyName } from "../../core/iam/operator/scope.ts";
import { operatorGrants, operatorPolicy } from "../../core/iam/operator.ts";
import { localAccountId, localPartition } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { region, type TestAws } from "./local-aws.ts";

/** A caller's credentials, as environment variables for AWS SDKs. */
type Who = Readonly<Record<string, string>>;

/** The local AWS's administrator, whom no policy limits. */
const administrator: Who = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

/** Returns the scope of the operator's policies: account, region, stack and names. */
export function createScope({ stack }: Pick<TestAws, "stack">): OperatorScope {
    return {
        partition: localPartition,
        region,
        accountId: localAccountId,
        project: "movie-recommender",
        stack,
        bucketName: bucketNameFor({ bucketName: "", stack }, localAccountId),
        names: namesFor(stack),
    };
}

export interface OperatorOutputs {
    readonly boundaryArn: string;
    readonly policyArns: Readonly<Record<string, string>>;
    readonly githubRoleArn: string;
}

/**
 * Creates a stack of a program in the folder `dir`. Returns functions that write its configuration and run it. `pulumi`
 * runs Pulumi in the folder of the clone.
 * @throws Error if Pulumi cannot create the stack
 */
export async function makeProgram<A extends { readonly exitCode: number; readonly stdout: string }>(
    pulumi: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<A>,
    project: "movie-recommender" | "movie-recommender-operator",
    where: { readonly stack: string; readonly dir: string; readonly region: string },
) {
    const workspace = join(where.dir, project);
    const configFile = join(workspace, `Pulumi.${where.stack}.yaml`);
    const common = ["--non-interactive", "--color", "never", "--stack", where.stack];
    const folder = project === "movie-recommender" ? [] : ["--cwd", "components/operator"];
    await mkdir(workspace, { recursive: true });
    // `stack init` writes `encryptionsalt` into a file next to Pulumi.yaml, so run it in a copy.
    await writeFile(join(workspace, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
    const { exitCode, stdout } = await pulumi(["stack", "init", "--cwd", workspace, ...common]);
    if (exitCode !== 0) {
        throw new Error(
            `Stack ${where.stack} of ${project} could not be created: exit ${exitCode} ${stdout}. Try Pulumi: npm run pulumi -- version`,
        );
    }
    await appendFile(configFile, "");
    const salt = /^encryptionsalt:.*$/m.exec(await readFile(configFile, "utf8"))?.[0] ?? "";
    return {
        configFile,
        /** Replaces the configuration. */
        async configure(values: Readonly<Record<string, unknown>>): Promise<void> {
            const own = Object.entries(values).map(([key, value]) => [`${project}:${key}`, value]);
            const settings = { "aws:region": where.region, ...Object.fromEntries(own) };
            await writeFile(configFile, `config: ${JSON.stringify(settings)}\n${salt}\n`);
        },
        engine(
            command: "up" | "preview" | "refresh" | "destroy",
            args: readonly string[] = [],
            env?: NodeJS.ProcessEnv,
        ) {
            const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
            return pulumi([...folder, command, "--config-file", configFile, ...yes, ...args, ...common], env);
        },
        /** Returns the outputs as JSON. */
        outputs: async () => (await pulumi([...folder, "stack", "output", "--json", ...common])).stdout,
    };
}

/** Creates a stack of the Pulumi program in components/operator/, which its functions run as administrator. */
export async function operatorProgram({ instance, stack }: TestAws) {
    const pulumi = (args: readonly string[]) => run(instance, "pulumi", args, "captured", administrator);
    const program = await makeProgram(pulumi, "movie-recommender-operator", { stack, dir: instance.dir, region });
    return {
        configure: (values: Readonly<Record<string, unknown>> = {}) =>
            program.configure({ operatedStack: stack, ...values }),
        engine: (command: "up" | "preview" | "refresh" | "destroy", ...args: string[]) => program.engine(command, args),
        outputs: async () => JSON.parse(await program.outputs()) as OperatorOutputs,
    };
}

interface Operator {
    readonly who: Who;
    /** Deletes the user and its access key. */
    end(): Promise<void>;
}

/** Creates an IAM user who has only the given managed policies, and an access key of the user. */
export async function freshUser(iam: IAM, UserName: string, policyArns: readonly string[]): Promise<Operator> {
    await iam.createUser({ UserName });
    for (const PolicyArn of policyArns) await iam.attachUserPolicy({ UserName, PolicyArn });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
    return {
        who: { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey },
        async end() {
            for (const PolicyArn of policyArns) await iam.detachUserPolicy({ UserName, PolicyArn });
            await iam.deleteAccessKey({ UserName, AccessKeyId });
            await iam.deleteUser({ UserName });
        },
    };
}

/** Creates an IAM user with the operator's policies, from which one action is removed. */
export async function operatorWithout(
    iam: IAM,
    scope: OperatorScope,
    removed: string,
    name: string,
): Promise<Operator> {
    const grants = operatorGrants(scope)
        .map((grant) => ({
            ...grant,
            actions: grant.actions.filter((action) => `${grant.service}:${action}` !== removed),
        }))
        .filter(({ actions }) => actions.length > 0);
    const policyArns: string[] = [];
    for (const kind of policyKinds) {
        const PolicyDocument = JSON.stringify(operatorPolicy(scope, kind, grants));
        const PolicyName = `${name}-${policyName(scope, kind)}`;
        const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument });
        policyArns.push(Policy?.Arn ?? "");
    }
    const user = await freshUser(iam, name, policyArns);
    return {
        ...user,
        async end() {
            await user.end();
            for (const PolicyArn of policyArns) await iam.deletePolicy({ PolicyArn });
        },
    };
}
