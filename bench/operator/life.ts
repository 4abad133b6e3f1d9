import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CommandResult } from "../../local/pulumi.ts";
import type { Who, World } from "./world.ts";

/** One thing that an operator does. */
export interface Step {
    readonly name: string;
    /** What must be there before: nothing, or the stack as its usual configuration makes it. */
    readonly from: "nothing" | "usual";
    /** The steps that must have been done after that, in their order. */
    readonly after?: readonly string[];
    /** The exit code that it has when all is well. */
    readonly exitCode?: number;
    /** The runbook that it is about. */
    readonly runbook?: string;
    /** What is made ready before it, without a call to AWS. */
    ready?(world: World): Promise<void>;
    run(world: World, who: Who): Promise<CommandResult>;
}

/** A runbook with the arguments behind `--stack`; `configured` for those that read the stack's configuration. */
function runbook(name: string, more: Partial<Step> & { args?: readonly string[]; configured?: boolean } = {}): Step {
    const { args = [], configured = false, ...step } = more;
    return {
        name,
        from: "usual",
        runbook: name,
        run: (world, who) =>
            world.runbook(who, name, ...(configured ? ["--config-file", world.configFile] : []), ...args),
        ...step,
    };
}

const configured = true;
let seed = 100;

/**
 * The whole life of a recommender by its operator, in order: every command of Pulumi's, every runbook, and every kind
 * of change that calls something else.
 */
export const life: readonly Step[] = [
    runbook("doctor", { from: "nothing", configured }),
    {
        name: "up",
        from: "nothing",
        ready: (world) => world.configure("usual"),
        run: (world, who) => world.engine(who, "up"),
    },
    { name: "preview", from: "usual", run: (world, who) => world.engine(who, "preview", "--expect-no-changes") },
    { name: "refresh", from: "usual", run: (world, who) => world.engine(who, "refresh", "--expect-no-changes") },
    runbook("doctor", { name: "doctor of a stack", configured }),
    runbook("watch-status"),
    runbook("versions"),
    runbook("recommend", { args: ["1", "2", "--filter", "unseen"] }),
    runbook("adopt", { configured }),
    runbook("audit-leftovers"),
    {
        ...runbook("audit-leftovers"),
        name: "audit-leftovers without a state",
        exitCode: 1,
        async run(world, who) {
            const empty = join(world.aws.instance.dir, "no-stacks");
            await mkdir(empty, { recursive: true });
            const region = ["--region", "eu-central-1"];
            return world.runbookAnywhere(
                { ...who, PULUMI_BACKEND_URL: `file://${empty}` },
                "audit-leftovers",
                ...region,
            );
        },
    },
    runbook("park", { configured, args: ["--yes"] }),
    runbook("resume", { configured, after: ["park"] }),
    runbook("retrain", { configured, ready: ({ aws }) => aws.writeInteractions(seed++) }),
    runbook("rollback", { configured, args: ["--yes"], after: ["retrain"] }),
    runbook("rollback", {
        name: "rollback --release",
        configured,
        args: ["--release"],
        after: ["retrain", "rollback"],
    }),
    {
        name: "up with changes",
        from: "usual",
        ready: (world) => world.configure("changed"),
        run: (world, who) => world.engine(who, "up"),
    },
    { name: "destroy", from: "usual", run: (world, who) => world.engine(who, "destroy") },
];
