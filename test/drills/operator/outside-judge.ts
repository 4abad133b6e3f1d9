import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { IAM } from "@aws-sdk/client-iam";
import { root } from "../../../packages/local-aws/instance.ts";
import { installEvaluator, judgeTools } from "../access/judge-tools.ts";
import type { Trespass } from "./fences.ts";

/** A policy's name and text. */
export interface PolicyText {
    readonly name: string;
    readonly policy: unknown;
}

const evaluator = join(root, "test", "drills", "access", "real-cases", "simulate.mjs");
const reference = join(root, "test", "drills", "operator", "reference.mjs");

/**
 * Evaluates requests of one principal with a third-party IAM evaluator.
 * @returns for each request `Allowed`, `ImplicitlyDenied`, `ExplicitlyDenied`, or `Error` for a request that AWS does
 * not have
 */
export function judgeOutside(
    principal: string,
    accountId: string,
    identityPolicies: readonly PolicyText[],
    requests: readonly Trespass[],
): readonly string[] {
    const simulations = requests.map(({ action, resource, context }) => ({
        request: {
            principal,
            action,
            contextVariables: context,
            resource: { resource, accountId: resource.split(":")[4] || accountId },
        },
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
    }));
    return run(evaluator, simulations) as string[];
}

/** Reads the default versions of managed policies from IAM. */
export async function fetchPolicies(iam: IAM, arns: Readonly<Record<string, string>>): Promise<PolicyText[]> {
    const read = Object.entries(arns).map(async ([name, PolicyArn]) => {
        const { Policy } = await iam.getPolicy({ PolicyArn });
        const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId });
        return { name, policy: JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "")) as unknown };
    });
    return Promise.all(read);
}

/**
 * Returns for each action the ARN patterns of the resource types that it requires, by the Service Authorization
 * Reference.
 */
export const requiredResources = (actions: readonly string[]) =>
    run(reference, actions) as Readonly<Record<string, readonly string[]>>;

function run(script: string, input: unknown): unknown {
    installEvaluator();
    const done = spawnSync(process.execPath, [script, judgeTools], {
        input: `${JSON.stringify(input)}\n`,
        encoding: "utf8",
        maxBuffer: 1 << 28,
    });
    if (done.status !== 0) throw new Error(`${script} failed: ${done.stderr}`);
    return JSON.parse(done.stdout);
}
