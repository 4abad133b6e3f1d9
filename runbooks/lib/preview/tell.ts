import { readFileSync } from "node:fs";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import { guardOutput } from "../cli/output.ts";
import { explainCascade, explainChanges, type Step } from "./meaning.ts";

// The launchers start this program after `pulumi preview`. It reads the engine's events and prints on stderr what the
// changes mean.
guardOutput();

interface EngineEvent {
    readonly resourcePreEvent?: {
        readonly metadata: Step & {
            readonly type: string;
            readonly new?: { readonly inputs?: { readonly priced?: { readonly plan: PlannedStack } } };
        };
    };
    /** The last event of a run. The engine also writes it after the program has refused the configuration. */
    readonly summaryEvent?: object;
    readonly diagnosticEvent?: { readonly severity: string };
}

const [file = "", ...targets] = process.argv.slice(2);
const events = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
// The main program declares a resource of the type StateFlags, whose inputs contain the plan. Other programs in this
// folder, such as the operator's, do not declare it, and their previews need no explanation.
const plan = steps.find(({ type }) => type.endsWith("personalize:StateFlags"))?.new?.inputs?.priced?.plan;
const isComplete =
    events.some(({ summaryEvent }) => summaryEvent !== undefined) &&
    !events.some(({ diagnosticEvent }) => diagnosticEvent?.severity === "error");
if (plan !== undefined && isComplete) {
    const lines = [...explainChanges(steps, plan), ...explainCascade(steps, targets)];
    if (lines.length > 0) console.error(`\nWhat this update means:\n${lines.map((line) => `  - ${line}`).join("\n")}`);
}
