import { assertExit, type TestAws } from "./local-aws.ts";

interface Step {
    readonly op: string;
    readonly urn: string;
}

/** Last words of the types of what a preview would do, by operation. */
export async function planned(aws: TestAws): Promise<Record<string, string[]>> {
    const preview = await aws.engine("preview", "--json");
    assertExit(preview, 0);
    const { steps } = JSON.parse(preview.stdout) as { steps: Step[] };
    const plan: Record<string, string[]> = {};
    for (const { op, urn } of steps.filter(({ op }) => op !== "same")) {
        const type = urn.split("::")[2]?.split(/[:/$]/).at(-1) ?? urn;
        plan[op] = [...(plan[op] ?? []), type].sort();
    }
    return plan;
}
