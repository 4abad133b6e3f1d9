import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../packages/local-aws/pulumi.ts";
import { assertExit, type TestAws } from "./local-aws.ts";

interface Step {
    readonly op: string;
    readonly urn: string;
}

/** Type names by operation: `{ update: ["Campaign"] }`. */
export type Plan = Readonly<Record<string, readonly string[]>>;

/** Resources that change with the price and the limit, which test/cost covers. */
const followsPrice = /movie-recommender:(cost|observability):/;

/** The engine's operations that together are one replacement. A preview lists them as `replace`. */
const partOfReplacement = new Set(["create-replacement", "delete-replaced", "remove-pending-replace"]);

/** Returns the plan of a preview, without updates of resources that depend only on the price. */
export async function planned(aws: TestAws): Promise<Plan> {
    return planOf(await previewedSteps(aws));
}

/** Returns the steps of a preview. */
async function previewedSteps(aws: TestAws): Promise<readonly Step[]> {
    const preview = await aws.engine("preview", "--json");
    assertExit(preview, 0);
    return (JSON.parse(preview.stdout) as { steps: Step[] }).steps;
}

/** Runs `up`, asserts that it succeeds, and returns its plan in the form of `planned`, without a preview. */
export async function applied(aws: TestAws): Promise<{ readonly plan: Plan; readonly stdout: string }> {
    const { steps, stdout } = await appliedSteps(aws);
    return { plan: planOf(steps), stdout };
}

/** Returns the changes of a preview and those of the following `up`, as `operation URN`, sorted. */
export async function previewedAndApplied(aws: TestAws) {
    const pairs = (steps: readonly Step[]) =>
        steps
            .filter(({ op, urn }) => op !== "same" && !partOfReplacement.has(op) && !isProvider.test(urn))
            .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join("::")}`)
            .sort();
    const steps = await previewedSteps(aws);
    return { preview: pairs(steps), up: pairs((await appliedSteps(aws)).steps), steps };
}

async function appliedSteps(aws: TestAws) {
    const log = join(aws.instance.dir, "events.json");
    const args = aws.engineArgs("up", "--event-log", log);
    // The Automation API also uses this debug flag of the Pulumi engine.
    const up = await run(aws.instance, "pulumi", args, "captured", { PULUMI_DEBUG_COMMANDS: "true" });
    assertExit(up, 0);
    const steps = (await readFile(log, "utf8"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as { resourcePreEvent?: { metadata: Step } })
        .flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
    return { steps, stdout: up.stdout };
}

function planOf(steps: readonly Step[]): Plan {
    const plan: Record<string, string[]> = {};
    for (const { op, urn } of steps.filter(isListed)) {
        const type = urn.split("::")[2]?.split(/[:/$]/).at(-1) ?? urn;
        plan[op] = [...(plan[op] ?? []), type].sort();
    }
    return plan;
}

/** The engine records providers as resources, which a preview does not list. */
const isProvider = /::pulumi:providers:/;

const isListed = ({ op, urn }: Step) =>
    op !== "same" &&
    !partOfReplacement.has(op) &&
    !isProvider.test(urn) &&
    !(op === "update" && followsPrice.test(urn));
