import { DeleteServiceLinkedRoleCommand, type IAM } from "@aws-sdk/client-iam";
import { seededRandom } from "../../../bench/lib/random.ts";
import type { OperatorScope } from "../../../iam/operator.ts";
import { administrator, type OperatorHarness } from "./harness.ts";
import { life, type Step } from "./life.ts";
import { operatorWithout } from "./operators.ts";

export interface Removal {
    readonly action: string;
    /** The shortest step that uses the action. */
    readonly step: Step;
}

/** Duration in seconds and used actions of each step, by the step's name. */
export type Lived = ReadonlyMap<string, { readonly seconds: number; readonly used: ReadonlySet<string> }>;

/**
 * Chooses granted actions to remove, each with the shortest step that uses the action. Equal seeds give equal choices.
 */
export function chooseRemovals(lived: Lived, granted: readonly string[], count: number, seed: number): Removal[] {
    const secondsOf = ({ name, after = [] }: Step) =>
        [name, ...after].reduce((sum, each) => sum + (lived.get(each)?.seconds ?? 0), 0);
    const shortest = (action: string) =>
        life
            .filter(({ name }) => lived.get(name)?.used.has(action))
            .toSorted(
                (a, b) => Number(a.tolerant ?? false) - Number(b.tolerant ?? false) || secondsOf(a) - secondsOf(b),
            )[0];
    const random = seededRandom(seed);
    return [...new Set(granted)]
        .sort()
        .map((action) => ({ action, order: random() }))
        .toSorted((a, b) => a.order - b.order)
        .flatMap(({ action }) => {
            const step = shortest(action);
            return step ? [{ action, step }] : [];
        })
        .slice(0, count);
}

/** Returns functions that prepare the stack for a step as administrator, and that keep track of the stack's state. */
export function createStage(harness: OperatorHarness) {
    let at: Step["from"] | "elsewhere" = "elsewhere";
    const must = async (what: string, work: ReturnType<OperatorHarness["engine"]>) => {
        const { exitCode, stdout, stderr } = await work;
        if (exitCode !== 0) {
            throw new Error(`${what} failed as administrator:\n${stdout}\n${stderr}`);
        }
    };
    return {
        async prepare(step: Pick<Step, "from" | "after" | "ready">): Promise<void> {
            if (at !== step.from) {
                await harness.configure("usual");
                await must("destroy", harness.engine(administrator, "destroy"));
                if (step.from === "nothing") {
                    await forgetTracingRole(harness);
                }
                if (step.from === "usual") {
                    await must("up", harness.engine(administrator, "up"));
                }
                at = step.from;
            }
            for (const name of step.after ?? []) {
                const earlier = life.find((one) => one.name === name) as Step;
                await earlier.ready?.(harness);
                await must(name, earlier.run(harness, administrator));
                at = "elsewhere";
            }
            await step.ready?.(harness);
        },
        /** Records that a step may have changed the stack. */
        left(changes: boolean): void {
            at = changes ? "elsewhere" : at;
        },
    };
}

/** Deletes API Gateway's service-linked role, which a new account does not have and which destroy keeps. */
async function forgetTracingRole({ aws }: OperatorHarness): Promise<void> {
    const role = new DeleteServiceLinkedRoleCommand({ RoleName: "AWSServiceRoleForAPIGateway" });
    await aws.iam.send(role).catch((error: Error) => {
        if (error.name !== "NoSuchEntityException") throw error;
    });
}

/** Runs a step without one action in the policies. Returns whether the step failed or reported the denial. */
export async function isNoticed(
    harness: OperatorHarness,
    stage: ReturnType<typeof createStage>,
    iam: IAM,
    scope: OperatorScope,
    { action, step }: Removal,
    number: number,
): Promise<{ readonly noticed: boolean; readonly how: string }> {
    await stage.prepare(step);
    const user = await operatorWithout(iam, scope, action, `drill-${number}`);
    try {
        const { exitCode, stdout, stderr } = await step.run(harness, user.who);
        const denied = `${stdout}${stderr}`
            .split("\n")
            .find((line) => line.includes(`not authorized to perform: ${action}`));
        const failed = exitCode !== (step.exitCode ?? 0);
        return {
            noticed: failed || denied !== undefined,
            how: `${failed ? `exit ${exitCode}` : "continues"}${denied ? ", and names the action" : ""}`,
        };
    } finally {
        stage.left(step.changes ?? false);
        await user.end();
    }
}
