import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertExit, type TestAws } from "./local-aws.ts";

interface Step {
    readonly op: string;
    readonly urn: string;
}

/** Names of resource types by operation of the engine, such as `{ update: ["Campaign"] }`. */
export type Plan = Readonly<Record<string, readonly string[]>>;

/** Pattern of resources that change with every change of the estimated cost. test/cost tests them. */
const followsPrice = /movie-recommender:(cost|observability):/;

/** Operations of the engine that are parts of a replacement, which is also listed as `replace`. */
const partOfReplacement = new Set(["create-replacement", "delete-replaced", "remove-pending-replace"]);

/** Runs preview and returns its steps. The lines for people have no fixed form: the engine prints dots between them. */
export async function previewedSteps(aws: TestAws): Promise<readonly Step[]> {
    const preview = await aws.engine("preview", "--json");
    assertExit(preview, 0);
    return (JSON.parse(preview.stdout) as { steps: Step[] }).steps;
}

/** Runs `up` without a preview, and returns the changes that it made, without updates that only the estimated cost causes. */
export async function applied(aws: TestAws): Promise<{ readonly plan: Plan; readonly stdout: string }> {
    const { steps, stdout } = await appliedSteps(aws);
    return { plan: createPlan(steps), stdout };
}

/** Runs preview and `up`. Returns the changes of both as sorted texts of operation and URN. */
export async function previewedAndApplied(aws: TestAws) {
    const pairs = (steps: readonly Step[]) =>
        steps
            .filter(({ op, urn }) => op !== "same" && !partOfReplacement.has(op) && !isProvider.test(urn))
            .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join("::")}`)
            .sort();
    const steps = await previewedSteps(aws);
    return { preview: pairs(steps), up: pairs((await appliedSteps(aws)).steps) };
}

async function appliedSteps(aws: TestAws) {
    const log = join(aws.instance.dir, "events.json");
    const args = aws.engineArgs("up", "--event-log", log);
    // Set PULUMI_DEBUG_COMMANDS, because Pulumi accepts `--event-log` only with it. Pulumi's Automation API does the
    // same.
    const up = await aws.run("pulumi", args, { PULUMI_DEBUG_COMMANDS: "true" });
    assertExit(up, 0);
    const steps = (await readFile(log, "utf8"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as { resourcePreEvent?: { metadata: Step } })
        .flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
    return { steps, stdout: up.stdout };
}

function createPlan(steps: readonly Step[]): Plan {
    const plan: Record<string, string[]> = {};
    for (const { op, urn } of steps.filter(isListed)) {
        const type = urn.split("::")[2]?.split(/[:/$]/).at(-1) ?? urn;
        plan[op] = [...(plan[op] ?? []), type].sort();
    }
    return plan;
}

/** Pattern of providers, which the engine treats as resources and which a preview does not list. */
const isProvider = /::pulumi:providers:/;

const isListed = ({ op, urn }: Step) =>
    op !== "same" &&
    !partOfReplacement.has(op) &&
    !isProvider.test(urn) &&
    !(op === "update" && followsPrice.test(urn));
