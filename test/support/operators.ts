import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IAM } from "@aws-sdk/client-iam";
import { bucketNameFor, namesFor } from "../../config/config.ts";
import { type OperatorScope, operatorGrants, operatorPolicy, policyKinds, policyName } from "../../iam/operator.ts";
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
 * Creates a stack of the Pulumi program in operator/. Returns functions that configure and run the program as
 * administrator.
 */
export async function operatorProgram({ instance, stack }: TestAws) {
    const workspace = join(instance.dir, "operator");
    const configFile = join(workspace, `Pulumi.${stack}.yaml`);
    const common = ["--non-interactive", "--color", "never", "--stack", stack];
    const pulumi = (...args: string[]) =>
        run(instance, "pulumi", ["--cwd", "operator", ...args, ...common], "captured", administrator);

    await mkdir(workspace, { recursive: true });
    // `stack init` writes `encryptionsalt` into a file next to Pulumi.yaml, so run it in a copy.
    await writeFile(join(workspace, "Pulumi.yaml"), "name: movie-recommender-operator\nruntime: nodejs\n");
    const result = await run(instance, "pulumi", ["stack", "init", "--cwd", workspace, ...common], "captured");
    if (result.exitCode !== 0) {
        throw new Error(`The stack of operator/ could not be created:\n${result.stderr}`);
    }
    await appendFile(configFile, "");
    const salt = /^encryptionsalt:.*$/m.exec(await readFile(configFile, "utf8"))?.[0];

    return {
        async configure(values: Readonly<Record<string, unknown>> = {}): Promise<void> {
            const settings = Object.entries({ operatedStack: stack, ...values });
            const own = Object.fromEntries(
                settings.map(([key, value]) => [`movie-recommender-operator:${key}`, value]),
            );
            await writeFile(configFile, `config: ${JSON.stringify({ "aws:region": region, ...own })}\n${salt}\n`);
        },
        engine(command: "up" | "preview" | "refresh" | "destroy", ...args: string[]) {
            const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
            return pulumi(command, "--config-file", configFile, ...yes, ...args);
        },
        outputs: async (): Promise<OperatorOutputs> => JSON.parse((await pulumi("stack", "output", "--json")).stdout),
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
    for (const PolicyArn of policyArns) {
        await iam.attachUserPolicy({ UserName, PolicyArn });
    }
    const { AccessKey } = await iam.createAccessKey({ UserName });
    const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
    return {
        who: { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey },
        async end() {
            for (const PolicyArn of policyArns) {
                await iam.detachUserPolicy({ UserName, PolicyArn });
            }
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
            for (const PolicyArn of policyArns) {
                await iam.deletePolicy({ PolicyArn });
            }
        },
    };
}
